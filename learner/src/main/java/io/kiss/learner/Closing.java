package io.kiss.learner;

import static io.kiss.learner.Answers.no;

import akka.Done;
import akka.actor.Cancellable;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import io.kiss.actors.protocol.LearnerProtocol.Command;
import io.kiss.actors.protocol.LearnerProtocol.GetCandidate;
import io.kiss.actors.protocol.LearnerProtocol.Pause;
import io.kiss.actors.protocol.LearnerProtocol.Resume;
import io.kiss.actors.protocol.LearnerProtocol.Start;
import io.kiss.actors.protocol.LearnerProtocol.Stop;
import io.kiss.learner.LearnerEvents.CheckpointFailed;
import io.kiss.learner.LearnerEvents.CheckpointMade;
import io.kiss.learner.LearnerEvents.Saved;
import io.kiss.learner.LearnerEvents.Shutdown;
import io.kiss.learner.TrainingStore.StaleEpoch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last states: closing, until the run is saved, and fenced, once a newer learner has taken
 * over. The node's coordinated shutdown waits for the former.
 */
final class Closing {
  /** Just below the shutdown phase's own limit. */
  private static final Duration LIMIT = Duration.ofSeconds(19);

  private static final String TAKEN_OVER = "a newer learner has taken over";
  private static final Logger log = LoggerFactory.getLogger(Closing.class);

  private final Training training;
  private final Cancellable shutdownTask;

  Closing(Training training) {
    this.training = training;
    ActorRef<Command> self = training.context.getSelf();
    var system = training.context.getSystem();
    shutdownTask =
        CoordinatedShutdown.get(system)
            .addCancellableTask(
                "kiss-checkpoint",
                "save-training",
                () ->
                    AskPattern.<Command, Done>ask(
                        self, to -> new Shutdown(Optional.of(to)), LIMIT, system.scheduler()));
  }

  // ---- states ----

  private Behavior<Command> closing(Shutdown shutdown) {
    return Behaviors.receive(Command.class)
        .onMessage(CheckpointMade.class, this::onCheckpointMade)
        .onMessage(CheckpointFailed.class, failed -> onCheckpointFailed(failed, shutdown))
        .onMessage(Saved.class, saved -> onSaved(saved, shutdown))
        .onMessage(Command.class, ignored -> Behaviors.same())
        .onSignal(PostStop.class, this::onPostStop)
        .build();
  }

  /** This learner only says that it is not the one any more. */
  private Behavior<Command> fenced() {
    return Behaviors.receive(Command.class)
        .onMessage(Start.class, start -> no(start.replyTo(), TAKEN_OVER))
        .onMessage(Pause.class, pause -> no(pause.replyTo(), TAKEN_OVER))
        .onMessage(Resume.class, resume -> no(resume.replyTo(), TAKEN_OVER))
        .onMessage(Stop.class, stop -> no(stop.replyTo(), TAKEN_OVER))
        .onMessage(GetCandidate.class, get -> no(get.replyTo(), TAKEN_OVER))
        .onMessage(Shutdown.class, this::stopNow)
        .onMessage(Command.class, ignored -> Behaviors.same())
        .onSignal(PostStop.class, this::onPostStop)
        .build();
  }

  // ---- closing ----

  /** Saves what there is, and stops; only while no update is under way. */
  Behavior<Command> close(Shutdown shutdown, List<ActorRef<StatusReply<Done>>> replies) {
    if (training.run == null || training.weights == null) {
      return stopNow(shutdown);
    }
    training.run.tick(false, training.now());
    training.checkpoint(replies);
    return closing(shutdown);
  }

  private Behavior<Command> onCheckpointMade(CheckpointMade made) {
    training.checkpoints.made(made.run(), made.replies());
    return Behaviors.same();
  }

  private Behavior<Command> onCheckpointFailed(CheckpointFailed failed, Shutdown shutdown) {
    training.checkpoints.failed(Answers.unwrap(failed.cause()), failed.replies());
    return stopIfSaved(shutdown);
  }

  private Behavior<Command> onSaved(Saved saved, Shutdown shutdown) {
    Optional<StaleEpoch> stale = training.checkpoints.onSaved(saved);
    return stale.isPresent()
        ? fence(stale.get(), List.of(), Optional.of(shutdown))
        : stopIfSaved(shutdown);
  }

  private Behavior<Command> stopIfSaved(Shutdown shutdown) {
    return training.checkpoints.isIdle() ? stopNow(shutdown) : Behaviors.same();
  }

  private Behavior<Command> stopNow(Shutdown shutdown) {
    shutdown.replyTo().ifPresent(to -> to.tell(Done.getInstance()));
    return Behaviors.stopped();
  }

  // ---- the end of an epoch ----

  /**
   * Leaves everything to the newer learner.
   *
   * @param replies are refused
   * @param shutdown where one was wanted already
   */
  Behavior<Command> fence(
      StaleEpoch stale, List<ActorRef<StatusReply<Done>>> replies, Optional<Shutdown> shutdown) {
    log.error("This learner stops, a newer one has taken over: {}", stale.getMessage());
    training.roster.leaveAll();
    replies.forEach(to -> to.tell(StatusReply.error(TAKEN_OVER)));
    training.optimizer.close();
    return shutdown.map(this::stopNow).orElseGet(this::fenced);
  }

  /** Gives native memory back. */
  Behavior<Command> onPostStop(PostStop signal) {
    shutdownTask.cancel();
    training.optimizer.close();
    return Behaviors.same();
  }
}
