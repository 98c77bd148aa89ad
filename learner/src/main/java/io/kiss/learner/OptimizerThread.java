package io.kiss.learner;

import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.actors.protocol.UpdateStatistics;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the optimiser on its one thread; everybody else gets promises. */
final class OptimizerThread {
  private static final Logger log = LoggerFactory.getLogger(OptimizerThread.class);

  private final PolicyOptimizer.Factory factory;
  private final Executor thread;

  /** Touched by the thread alone. */
  private PolicyOptimizer optimizer;

  OptimizerThread(PolicyOptimizer.Factory factory, Executor thread) {
    this.factory = factory;
    this.thread = thread;
  }

  /**
   * Weights at one moment.
   *
   * @param policy a {@code PolicySnapshot}'s bytes
   * @param features length of an observation
   * @param heads number of each head's actions
   */
  record Weights(byte[] policy, int features, int[] heads) {}

  /**
   * What an update made.
   *
   * @param checkpoint where one was asked for
   */
  record Update(UpdateStatistics statistics, Weights weights, Optional<byte[]> checkpoint) {}

  /** Starts from random weights. */
  CompletionStage<Weights> create(long seed) {
    return call(() -> replace(() -> factory.create(seed)));
  }

  /** Goes on from a checkpoint; fails with IllegalArgumentException where it is of no use. */
  CompletionStage<Weights> restore(byte[] checkpoint) {
    return call(() -> replace(() -> factory.restore(checkpoint)));
  }

  /**
   * One update, and a checkpoint right after it where wanted.
   *
   * @param progress share of the run's budget that is used up, 0..1
   */
  CompletionStage<Update> update(
      List<TrajectorySegment> segments, double progress, boolean withCheckpoint) {
    return call(
        () -> {
          optimizer.progress(progress);
          UpdateStatistics statistics = optimizer.update(segments);
          Optional<byte[]> checkpoint =
              withCheckpoint ? Optional.of(optimizer.checkpoint()) : Optional.empty();
          return new Update(statistics, weights(), checkpoint);
        });
  }

  /** The optimiser as it is now. */
  CompletionStage<byte[]> checkpoint() {
    return call(() -> optimizer.checkpoint());
  }

  /** Gives native memory back, after what is still in the queue. */
  void close() {
    try {
      thread.execute(this::closeNow);
    } catch (RejectedExecutionException e) {
      log.debug("The optimiser's thread is gone with its actor system");
    }
  }

  private Weights replace(Supplier<PolicyOptimizer> next) {
    closeNow();
    optimizer = next.get();
    return weights();
  }

  private void closeNow() {
    PolicyOptimizer old = optimizer;
    optimizer = null;
    if (old != null) {
      try {
        old.close();
      } catch (RuntimeException e) {
        log.warn("The optimiser could not be closed cleanly", e);
      }
    }
  }

  private Weights weights() {
    var snapshot = optimizer.snapshot();
    return new Weights(snapshot.toBytes(), snapshot.layers()[0], snapshot.heads());
  }

  private <T> CompletionStage<T> call(Supplier<T> task) {
    return CompletableFuture.supplyAsync(task, thread);
  }
}
