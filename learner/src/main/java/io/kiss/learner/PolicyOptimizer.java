package io.kiss.learner;

import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.actors.protocol.UpdateStatistics;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.util.List;

/**
 * Turns trajectory segments into better weights. All calls come from one thread: the engine records
 * gradients per thread.
 */
public interface PolicyOptimizer extends AutoCloseable {

  /** The present weights, with normaliser and trained range frozen into them. */
  PolicySnapshot snapshot();

  /**
   * Says how far the run is, which annealing follows from the next update on. Where nobody says it,
   * annealing follows a horizon in the optimiser's settings.
   *
   * @param share of the run's budget that is used up, 0..1
   */
  default void progress(double share) {}

  /** One update from these segments; one that came to nothing is undone and has 0 epochs. */
  UpdateStatistics update(List<TrajectorySegment> segments);

  /** Weights, optimiser state, normalisers, counters and random state, to go on from exactly. */
  byte[] checkpoint();

  @Override
  void close();

  /** Makes optimisers. */
  interface Factory {
    /** Starts from random weights. */
    PolicyOptimizer create(long seed);

    /**
     * Goes on from a checkpoint.
     *
     * @throws IllegalArgumentException if it is torn, or made by another network or version
     */
    PolicyOptimizer restore(byte[] checkpoint);
  }
}
