package io.kiss.actors.protocol;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.delivery.ProducerController;
import akka.pattern.StatusReply;
import java.util.List;

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

  /**
   * Starts a run, or sets the budget of the run that is there, which goes on with it, after a pause
   * too. A budget that is spent already is refused.
   */
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

  /** Replies with {@link Workers}. */
  public record GetWorkers(ActorRef<Workers> replyTo) implements Command, ControlMessage {}

  /**
   * Who delivers segments, and what waits here.
   *
   * @param iteration whose weights workers are to collect with
   * @param batchSegments counted into the next update
   * @param batchTarget segments that make it go ahead
   * @param waitingSegments delivered while an update is under way, at most one a worker
   * @param oldestSeconds age of the oldest of all those, since it came; 0 where there is none
   */
  public record Workers(
      Iteration iteration,
      int batchSegments,
      int batchTarget,
      int waitingSegments,
      double oldestSeconds,
      List<WorkerStatus> workers)
      implements ControlMessage {}

  /**
   * A worker that joined, by what it delivered.
   *
   * @param node where it runs, {@code host:port}; empty: in the learner's own JVM
   * @param iteration of the weights its last counted segment was collected with; -1 before it
   * @param lag updates that segment was behind when it was counted
   * @param segments counted
   * @param environmentSteps counted
   * @param stepsPerSecond over the last few seconds
   * @param dropped segments that were too old, counted already, or torn
   * @param silentSeconds since its last segment, or since it joined
   */
  public record WorkerStatus(
      int worker,
      long incarnation,
      String node,
      long iteration,
      long lag,
      long segments,
      long environmentSteps,
      double stepsPerSecond,
      long dropped,
      double silentSeconds)
      implements ControlMessage {}

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
