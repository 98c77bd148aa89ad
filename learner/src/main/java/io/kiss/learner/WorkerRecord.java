package io.kiss.learner;

import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.RolloutProgress.WorkerProgress;
import io.kiss.actors.protocol.TrajectorySegment;

/** What a worker has delivered since it joined. Times are {@code System.nanoTime}'s. */
final class WorkerRecord {
  private final Figures figures;
  private long iteration = -1;
  private long lag = -1;
  private long segments;
  private long heardAt;

  WorkerRecord(LearnerSettings settings, long now) {
    figures = new Figures(settings);
    figures.startRate(now);
    heardAt = now;
  }

  /** A segment went into a batch for the iteration after {@code now}. */
  void counted(TrajectorySegment segment, Iteration now, long nanos) {
    iteration = segment.iteration().number();
    lag = now.number() - iteration;
    segments++;
    heardAt = nanos;
    figures.addSteps(nanos, segment.environmentSteps());
  }

  WorkerProgress view(int worker, long incarnation, String node, boolean late, long nanos) {
    return new WorkerProgress(
        worker,
        incarnation,
        node,
        iteration,
        lag,
        segments,
        figures.stepsPerSecond(nanos),
        (nanos - heardAt) / 1e9,
        late);
  }
}
