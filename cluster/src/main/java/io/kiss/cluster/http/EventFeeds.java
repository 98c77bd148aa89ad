package io.kiss.cluster.http;

import akka.NotUsed;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.japi.Pair;
import akka.stream.OverflowStrategy;
import akka.stream.javadsl.BroadcastHub;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.stream.typed.javadsl.ActorSource;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.protocol.LearnerProtocol;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.actors.scaler.DecisionStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What happens now, for any number of listeners on this node. Each has a buffer of its own; one who
 * is too slow loses the oldest events and holds up nobody.
 */
public final class EventFeeds {
  private static final int BUFFER = 256;
  private static final Duration SUBSCRIBE_AGAIN = Duration.ofSeconds(5);

  private final Source<DecisionRecord, NotUsed> decisions;
  private final ActorRef<TrainingProgress> trainingSink;
  private final Source<TrainingProgress, NotUsed> training;
  private volatile Optional<TrainingProgress> latest = Optional.empty();

  /** Starts the feeds of a node. */
  public EventFeeds(ActorSystem<?> system) {
    Pair<ActorRef<DecisionRecord>, Source<DecisionRecord, NotUsed>> made =
        EventFeeds.<DecisionRecord>source()
            .toMat(BroadcastHub.of(DecisionRecord.class, BUFFER), Keep.both())
            .run(system);
    DecisionStream.get(system).subscribe(made.first());
    decisions = made.second();
    decisions.runWith(Sink.ignore(), system);

    Pair<ActorRef<TrainingProgress>, Source<TrainingProgress, NotUsed>> progress =
        EventFeeds.<TrainingProgress>source()
            .toMat(BroadcastHub.of(TrainingProgress.class, BUFFER), Keep.both())
            .run(system);
    trainingSink = progress.first();
    training = progress.second();
    training.runWith(Sink.foreach(now -> latest = Optional.of(now)), system);
  }

  private static <T> Source<T, ActorRef<T>> source() {
    return ActorSource.actorRef(
        message -> false, message -> Optional.empty(), BUFFER, OverflowStrategy.dropHead());
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
    return decisions.buffer(BUFFER, OverflowStrategy.dropHead());
  }

  /** Training progress from now on, the latest first where there is one. */
  public Source<TrainingProgress, NotUsed> training() {
    return Source.from(latest.map(List::of).orElse(List.of()))
        .concat(training.buffer(BUFFER, OverflowStrategy.dropHead()));
  }

  /** The latest progress heard of; empty before the first. */
  public Optional<TrainingProgress> latestTraining() {
    return latest;
  }
}
