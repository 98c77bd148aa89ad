package io.kiss.cluster.http;

import akka.NotUsed;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.stream.OverflowStrategy;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.stream.typed.javadsl.ActorSource;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.protocol.LearnerProtocol;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.actors.scaler.DecisionStream;
import java.time.Duration;
import java.util.Optional;

/** What happens now, for any number of listeners on this node. */
public final class EventFeeds {
  private static final int BUFFER = 256;
  private static final Duration SUBSCRIBE_AGAIN = Duration.ofSeconds(5);

  private final ReplayFeed<DecisionRecord> decisions = new ReplayFeed<>(BUFFER, DecisionRecord::id);
  private final ReplayFeed<TrainingProgress> training =
      new ReplayFeed<>(BUFFER, EventFeeds::progressId);
  private final ActorRef<TrainingProgress> trainingSink;

  /** Starts the feeds of a node. */
  public EventFeeds(ActorSystem<?> system) {
    DecisionStream.get(system).subscribe(into(system, decisions));
    trainingSink = into(system, training);
  }

  private static <T> ActorRef<T> into(ActorSystem<?> system, ReplayFeed<T> feed) {
    return ActorSource.<T>actorRef(
            message -> false, message -> Optional.empty(), BUFFER, OverflowStrategy.dropHead())
        .to(Sink.foreach(feed::publish))
        .run(system);
  }

  /** The same progress has the same id wherever it is told. */
  private static String progressId(TrainingProgress progress) {
    return "%s-%d-%d-%d-%s"
        .formatted(
            progress.run(),
            progress.epoch(),
            progress.iteration(),
            progress.environmentSteps(),
            progress.state());
  }

  /** Listens to the learner; again and again, since a learner that moved knows no subscribers. */
  public void follow(ActorSystem<?> system, ActorRef<LearnerProtocol.Command> learner) {
    system
        .scheduler()
        .scheduleWithFixedDelay(
            Duration.ZERO,
            SUBSCRIBE_AGAIN,
            () -> learner.tell(new LearnerProtocol.Subscribe(trainingSink)),
            system.executionContext());
  }

  /** Decisions of all nodes from now on. */
  public Source<DecisionRecord, NotUsed> decisions() {
    return decisions.since(Optional.empty());
  }

  /** Training progress from now on, the latest first where there is one. */
  public Source<TrainingProgress, NotUsed> training() {
    return training.since(Optional.empty()).prepend(Source.from(training.last().stream().toList()));
  }

  ReplayFeed<DecisionRecord> decisionFeed() {
    return decisions;
  }

  ReplayFeed<TrainingProgress> trainingFeed() {
    return training;
  }

  /** The latest progress heard of; empty before the first. */
  public Optional<TrainingProgress> latestTraining() {
    return training.last();
  }
}
