package io.kiss.learner;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.delivery.ConsumerController.Delivery;
import akka.pattern.StatusReply;
import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.LearnerProtocol.Command;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.learner.OptimizerThread.Update;
import io.kiss.learner.OptimizerThread.Weights;
import io.kiss.learner.TrainingStore.SavedRun;
import java.util.List;
import java.util.Optional;

/** What the learner tells itself; nothing of this leaves its JVM. */
final class LearnerEvents {
  private LearnerEvents() {}

  /** Ask the store for an epoch and the saved run. */
  enum Recover implements Command {
    INSTANCE
  }

  record Recovered(long epoch, Optional<SavedRun> run) implements Command {}

  record RecoveryFailed(Throwable cause) implements Command {}

  record Prepared(Weights weights) implements Command {}

  record PreparingFailed(Throwable cause) implements Command {}

  record SegmentArrived(Delivery<TrajectorySegment> delivery) implements Command {}

  record Updated(Update update, long steps, EpisodeSummary episodes) implements Command {}

  record UpdateFailed(Throwable cause) implements Command {}

  record CheckpointMade(SavedRun run, List<ActorRef<StatusReply<Done>>> replies)
      implements Command {}

  record CheckpointFailed(Throwable cause, List<ActorRef<StatusReply<Done>>> replies)
      implements Command {}

  /** The store has kept a checkpoint, or failed to. */
  record Saved(Optional<Throwable> failure, List<ActorRef<StatusReply<Done>>> replies)
      implements Command {}

  record WorkerGone(int worker, long incarnation) implements Command {}

  record SubscriberGone(ActorRef<TrainingProgress> subscriber) implements Command {}

  /** Time to see whether the budget is spent. */
  enum Tick implements Command {
    INSTANCE
  }

  /** The batch has waited long enough for the rest of its segments. */
  enum BatchOverdue implements Command {
    INSTANCE
  }

  /** Save and stop; the run goes on at the next start. */
  record Shutdown(Optional<ActorRef<Done>> replyTo) implements Command {}
}
