package io.kiss.learner;

import akka.actor.typed.ActorRef;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.LearnerProtocol.WorkerStatus;
import io.kiss.actors.protocol.TrajectorySegment;

/** What one incarnation of a worker has delivered. Times are {@code System.nanoTime}'s. */
final class Tally {
  private final long incarnation;
  private final Figures figures;
  private long lastSequence = -1;
  private long iteration = -1;
  private long lag;
  private long segments;
  private long environmentSteps;
  private long dropped;
  private long heardAt;

  Tally(long incarnation, LearnerSettings settings, long now) {
    this.incarnation = incarnation;
    figures = new Figures(settings);
    figures.startRate(now);
    heardAt = now;
  }

  long incarnation() {
    return incarnation;
  }

  /** Whether a segment of this number has not been counted. They come in order. */
  boolean isNew(long sequence) {
    return sequence > lastSequence;
  }

  /** When its last segment came. */
  long heardAt() {
    return heardAt;
  }

  void heard(long now) {
    heardAt = now;
  }

  void dropped(long now) {
    dropped++;
    heardAt = now;
  }

  void counted(TrajectorySegment segment, Iteration present, long now) {
    lastSequence = segment.sequence();
    iteration = segment.iteration().number();
    lag = present.number() - iteration;
    segments++;
    environmentSteps += segment.environmentSteps();
    figures.addSteps(now, segment.environmentSteps());
    heardAt = now;
  }

  WorkerStatus status(Intake.Worker worker, long now) {
    return new WorkerStatus(
        worker.index,
        incarnation,
        node(worker.ref),
        iteration,
        lag,
        segments,
        environmentSteps,
        figures.stepsPerSecond(now),
        dropped,
        (now - heardAt) / 1e9);
  }

  private static String node(ActorRef<?> ref) {
    var address = ref.path().address();
    return address.hasGlobalScope() ? address.getHost().get() + ":" + address.getPort().get() : "";
  }
}
