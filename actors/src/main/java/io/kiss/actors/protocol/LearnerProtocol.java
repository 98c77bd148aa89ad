package io.kiss.actors.protocol;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.delivery.ProducerController;
import akka.pattern.StatusReply;

/** What the learner singleton understands. */
public final class LearnerProtocol {
  private LearnerProtocol() {}

  /** Sent to the learner. */
  public interface Command {}

  /**
   * A worker is there; said again and again until answered by {@link WorkerProtocol.UseIteration}
   * or {@link WorkerProtocol.Rest}. The learner registers a consumer with {@code producer}.
   */
  public record JoinWorker(
      int worker,
      long incarnation,
      ActorRef<ProducerController.Command<TrajectorySegment>> producer,
      ActorRef<WorkerProtocol.Command> replyTo)
      implements Command, ControlMessage {}

  /** Starts a run, or raises the budget of the run that is there. */
  public record Start(TrainingBudget budget, ActorRef<StatusReply<Done>> replyTo)
      implements Command, ControlMessage {}

  /** Finishes the update in progress, checkpoints, and rests. */
  public record Pause(ActorRef<StatusReply<Done>> replyTo) implements Command, ControlMessage {}

  /** Goes on after {@link Pause}. */
  public record Resume(ActorRef<StatusReply<Done>> replyTo) implements Command, ControlMessage {}

  /** Ends the run as it is; its last weights stay. */
  public record Stop(ActorRef<StatusReply<Done>> replyTo) implements Command, ControlMessage {}

  /** Replies with {@link TrainingProgress}. */
  public record GetProgress(ActorRef<TrainingProgress> replyTo)
      implements Command, ControlMessage {}

  /** Replies with {@link RolloutProgress}. */
  public record GetRollout(ActorRef<RolloutProgress> replyTo) implements Command, ControlMessage {}

  /** Sends {@link TrainingProgress} after each update and change of state, until it stops. */
  public record Subscribe(ActorRef<TrainingProgress> subscriber)
      implements Command, ControlMessage {}

  /** Replies with the newest weights, ready to be evaluated and registered. */
  public record GetCandidate(ActorRef<StatusReply<Candidate>> replyTo)
      implements Command, ControlMessage {}

  /**
   * The weights of a run.
   *
   * @param policy a {@code PolicySnapshot}'s bytes
   */
  public record Candidate(Iteration iteration, byte[] policy, TrainingProgress progress)
      implements BulkMessage {}
}
