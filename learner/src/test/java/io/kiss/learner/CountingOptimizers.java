package io.kiss.learner;

import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.actors.protocol.UpdateStatistics;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/** Optimisers whose only weight that moves is the number of updates done. */
final class CountingOptimizers implements PolicyOptimizer.Factory {
  static final int FEATURES = 2;
  static final int ACTIONS = 3;

  /** Batches of all updates, in order. */
  final List<List<TrajectorySegment>> batches = new CopyOnWriteArrayList<>();

  /** The share of the budget that each update was told, in order. */
  final List<Double> shares = new CopyOnWriteArrayList<>();

  final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  /** An update takes one; tests that slow the learner down drain them first. */
  final Semaphore permits = new Semaphore(1_000_000);

  volatile int failuresToCome;

  @Override
  public PolicyOptimizer create(long seed) {
    return new Counting(0);
  }

  @Override
  public PolicyOptimizer restore(byte[] checkpoint) {
    String text = new String(checkpoint, StandardCharsets.UTF_8);
    if (!text.startsWith("updates=")) {
      throw new IllegalArgumentException("not a checkpoint of this optimiser");
    }
    return new Counting(Integer.parseInt(text.substring("updates=".length())));
  }

  /** The number of updates in a snapshot made here. */
  static int updatesIn(byte[] policy) {
    return (int) PolicySnapshot.fromBytes(policy).weights()[0];
  }

  private final class Counting implements PolicyOptimizer {
    private int updates;
    private double share = Double.NaN;

    Counting(int updates) {
      this.updates = updates;
    }

    @Override
    public PolicySnapshot snapshot() {
      threads.add(Thread.currentThread());
      float[] weights = new float[ACTIONS * (FEATURES + 1)];
      weights[0] = updates;
      float[] zeros = new float[FEATURES];
      return new PolicySnapshot(
          "test", "test", new int[] {FEATURES, ACTIONS}, weights, zeros, zeros, zeros, zeros);
    }

    @Override
    public void progress(double share) {
      threads.add(Thread.currentThread());
      this.share = share;
    }

    @Override
    public UpdateStatistics update(List<TrajectorySegment> segments) {
      threads.add(Thread.currentThread());
      permits.acquireUninterruptibly();
      batches.add(segments);
      shares.add(share);
      if (failuresToCome > 0) {
        failuresToCome--;
        throw new IllegalStateException("this update was meant to fail");
      }
      updates++;
      return new UpdateStatistics(0, 0, 0, 0, 0, 0, 0, updates);
    }

    @Override
    public byte[] checkpoint() {
      threads.add(Thread.currentThread());
      return ("updates=" + updates).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
      threads.add(Thread.currentThread());
    }
  }
}
