package io.kiss.learner;

import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.actors.protocol.UpdateStatistics;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Training with one worker in this process, without actors: the same seed gives the same weights,
 * bit for bit, and a run resumed from a checkpoint those of the run that was never stopped.
 *
 * <p>Overlapped, the next segment is collected on a thread of its own while the update of the last
 * one runs, with weights that are one update old: the same as {@code kiss.learner.max-lag = 1}, and
 * as deterministic, since which weights collect which segment is fixed. Not for two threads at
 * once.
 */
public final class SingleWorkerTraining implements AutoCloseable {

  /** Where segments come from. */
  public interface Rollout {

    /** Collects the next segment; called on one thread after the other, never on two at once. */
    TrajectorySegment collect(Iteration iteration, PolicyNetwork policy);

    /** Everything that decides what the next segments bring. */
    byte[] saveState();

    /**
     * Takes up what {@link #saveState} kept.
     *
     * @throws IllegalArgumentException if it is of another worker
     */
    void restoreState(byte[] state);
  }

  /**
   * What one iteration brought.
   *
   * @param environmentSteps that the update learned from
   * @param episodes that ended in them
   * @param checkpoint where one was asked for
   */
  public record Outcome(
      UpdateStatistics statistics,
      int environmentSteps,
      EpisodeSummary episodes,
      Optional<byte[]> checkpoint) {}

  private static final String RUN = "single";

  private final PolicyOptimizer optimizer;
  private final Rollout rollout;
  private final boolean overlapped;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "kiss-single-rollout");
            made.setDaemon(true);
            return made;
          });

  private long number;
  private long environmentSteps;

  /** Collected, but not learned from yet; only while overlapped. */
  private TrajectorySegment pending;

  private SingleWorkerTraining(PolicyOptimizer optimizer, Rollout rollout, boolean overlapped) {
    this.optimizer = optimizer;
    this.rollout = rollout;
    this.overlapped = overlapped;
  }

  /**
   * Starts from random weights.
   *
   * @param overlapped whether the next segment is collected during the update
   */
  public static SingleWorkerTraining start(
      PolicyOptimizer.Factory optimizers, Rollout rollout, boolean overlapped, long seed) {
    return new SingleWorkerTraining(optimizers.create(seed), rollout, overlapped);
  }

  /**
   * Goes on from a checkpoint, overlapped or not as the run was.
   *
   * @param rollout made as the run's was
   * @throws IllegalArgumentException if the checkpoint is torn or foreign
   */
  public static SingleWorkerTraining resume(
      PolicyOptimizer.Factory optimizers, Rollout rollout, byte[] checkpoint) {
    TrainingCheckpoint saved = TrainingCheckpoint.fromBytes(checkpoint);
    PolicyOptimizer optimizer = optimizers.restore(saved.optimizer());
    try {
      rollout.restoreState(saved.rollout());
      boolean overlapped = saved.pendingPolicy().isPresent();
      SingleWorkerTraining training = new SingleWorkerTraining(optimizer, rollout, overlapped);
      training.number = saved.iteration();
      training.environmentSteps = saved.environmentSteps();
      if (overlapped) {
        PolicySnapshot policy = PolicySnapshot.fromBytes(saved.pendingPolicy().get());
        training.pending = training.collect(saved.iteration() - 1, policy);
      }
      return training;
    } catch (RuntimeException e) {
      optimizer.close();
      throw e;
    }
  }

  /** Updates so far. */
  public long iteration() {
    return number;
  }

  /** Environment steps learned from so far. */
  public long environmentSteps() {
    return environmentSteps;
  }

  /** The present weights. */
  public PolicySnapshot policy() {
    return optimizer.snapshot();
  }

  /** See {@link PolicyOptimizer#progress}. */
  public void progress(double share) {
    optimizer.progress(share);
  }

  /**
   * Collects a segment and learns from one.
   *
   * @param withCheckpoint whether to make a checkpoint of what is there afterwards
   */
  public Outcome iterate(boolean withCheckpoint) {
    PolicySnapshot policy = optimizer.snapshot();
    if (!overlapped) {
      TrajectorySegment segment = collect(number, policy);
      UpdateStatistics statistics = learnFrom(segment);
      Optional<byte[]> checkpoint =
          withCheckpoint ? Optional.of(checkpoint(rollout.saveState(), null)) : Optional.empty();
      return outcome(statistics, segment, checkpoint);
    }
    if (pending == null) {
      pending = collect(number, policy);
    }
    TrajectorySegment segment = pending;
    byte[] before = withCheckpoint ? rollout.saveState() : null;
    long with = number;
    Future<TrajectorySegment> next = thread.submit(() -> collect(with, policy));
    try {
      UpdateStatistics statistics = learnFrom(segment);
      Optional<byte[]> checkpoint =
          withCheckpoint ? Optional.of(checkpoint(before, policy.toBytes())) : Optional.empty();
      return outcome(statistics, segment, checkpoint);
    } finally {
      pending = await(next);
    }
  }

  private TrajectorySegment collect(long with, PolicySnapshot policy) {
    return rollout.collect(new Iteration(RUN, 0, with), new PolicyNetwork(policy));
  }

  private UpdateStatistics learnFrom(TrajectorySegment segment) {
    UpdateStatistics statistics = optimizer.update(List.of(segment));
    number++;
    environmentSteps += segment.environmentSteps();
    return statistics;
  }

  private byte[] checkpoint(byte[] rolloutState, byte[] pendingPolicy) {
    return new TrainingCheckpoint(
            number,
            environmentSteps,
            optimizer.checkpoint(),
            rolloutState,
            Optional.ofNullable(pendingPolicy))
        .toBytes();
  }

  private static Outcome outcome(
      UpdateStatistics statistics, TrajectorySegment segment, Optional<byte[]> checkpoint) {
    return new Outcome(statistics, segment.environmentSteps(), segment.episodes(), checkpoint);
  }

  private static TrajectorySegment await(Future<TrajectorySegment> next) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return next.get();
        } catch (InterruptedException e) {
          interrupted = true; // the rollout must not be left half way
        } catch (ExecutionException e) {
          throw new IllegalStateException("rollout failed: " + e.getCause(), e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Gives native memory and the thread back. */
  @Override
  public void close() {
    thread.shutdownNow();
    optimizer.close();
  }
}
