package io.kiss.cluster.train;

import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.learner.SingleWorkerTraining.Rollout;
import io.kiss.rollout.EnvironmentFactory;
import io.kiss.rollout.SegmentCollector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** A collector a thread, which together collect one segment: all see the same policy. */
final class Collectors implements Rollout, AutoCloseable {
  private static final int CLOSE_SECONDS = 10;

  private final TrainingPlan plan;
  private final EnvironmentFactory environments;
  private final long iteration;
  private final ExecutorService threads;
  private List<SegmentCollector> collectors;
  private long episodesSince;
  private boolean anew;

  /**
   * Starts episodes.
   *
   * @param episodesSince iteration at which they started, from which their randomness comes: a run
   *     that starts episodes anew does not see those again that it began with
   * @param iteration at which the run is
   */
  Collectors(
      TrainingPlan plan, EnvironmentFactory environments, long episodesSince, long iteration) {
    this.plan = plan;
    this.environments = environments;
    this.episodesSince = episodesSince;
    this.iteration = iteration;
    threads = Executors.newFixedThreadPool(plan.workers(), Collectors::daemon);
    collectors = start();
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "collector");
    thread.setDaemon(true);
    return thread;
  }

  private List<SegmentCollector> start() {
    return onAll(
        worker ->
            new SegmentCollector(
                environments.create(
                    plan.environments(),
                    plan.seedOf(worker, TrainingPlan.Purpose.EPISODES, episodesSince)),
                plan.stepsPerSegment(),
                plan.seedOf(worker, TrainingPlan.Purpose.ACTIONS, episodesSince)));
  }

  /**
   * Has something done by each worker, on a thread. The first failure is thrown once none is at
   * work any more.
   */
  private <T> List<T> onAll(IntFunction<T> work) {
    List<Future<T>> futures = new ArrayList<>();
    for (int w = 0; w < plan.workers(); w++) {
      int worker = w;
      Callable<T> task = () -> work.apply(worker);
      futures.add(threads.submit(task));
    }
    List<T> results = new ArrayList<>();
    RuntimeException failure = null;
    for (Future<T> future : futures) {
      try {
        results.add(future.get());
      } catch (ExecutionException e) {
        failure =
            e.getCause() instanceof RuntimeException unchecked
                ? unchecked
                : new IllegalStateException("a collector failed: " + e.getCause(), e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while collecting", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
    return results;
  }

  @Override
  public TrajectorySegment collect(Iteration iteration, PolicyNetwork policy) {
    return WideSegment.of(
        onAll(
            worker ->
                collectors
                    .get(worker)
                    .collect(worker, 0, iteration.number(), iteration, policy.fork())));
  }

  @Override
  public byte[] saveState() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(collectors.size());
      for (SegmentCollector collector : collectors) {
        byte[] state = collector.saveState();
        out.writeInt(state.length);
        out.write(state);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Where the state is of no use to these environments, episodes start anew: see {@link #anew}. */
  @Override
  public void restoreState(byte[] state) {
    try {
      List<byte[]> states = states(state);
      onAll(
          worker -> {
            collectors.get(worker).restoreState(states.get(worker));
            return worker;
          });
    } catch (IllegalArgumentException e) {
      anew = true;
      episodesSince = iteration;
      collectors = start();
    }
  }

  private List<byte[]> states(byte[] state) {
    List<byte[]> states = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state))) {
      for (int left = Checkpoint.count(in); left > 0; left--) {
        states.add(in.readNBytes(Checkpoint.count(in)));
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("the collectors' state ends too early", e);
    }
    if (states.size() != plan.workers()) {
      throw new IllegalArgumentException("the state is of " + states.size() + " collectors");
    }
    return states;
  }

  /** Whether episodes had to be started anew. */
  boolean anew() {
    return anew;
  }

  long episodesSince() {
    return episodesSince;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      // A segment under way still uses the environments; it is done in less than a second.
      threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
