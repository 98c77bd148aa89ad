package io.kiss.cluster.train;

import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.cluster.train.TrainingPlan.Purpose;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.rollout.EnvironmentFactory;
import io.kiss.rollout.SegmentCollector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The workers' environments, and the threads that step them. Used by one thread. */
final class Collectors implements AutoCloseable {
  private static final int CLOSE_SECONDS = 10;

  private final TrainingPlan plan;
  private final String run;
  private final ExecutorService threads;
  private final List<OngoingEnvironment> environments = new ArrayList<>();

  /**
   * Starts episodes.
   *
   * @param startedAt iteration at which these episodes start: a run that starts episodes anew does
   *     not see those again that it began with
   */
  Collectors(TrainingPlan plan, String run, EnvironmentFactory factory, long startedAt) {
    this.plan = plan;
    this.run = run;
    threads = Executors.newFixedThreadPool(plan.workers(), Collectors::daemon);
    environments.addAll(
        onAllWorkers(
                worker ->
                    new OngoingEnvironment(
                        factory.create(
                            plan.environments(), plan.seedOf(worker, Purpose.EPISODES, startedAt))))
            .await());
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "collector");
    thread.setDaemon(true);
    return thread;
  }

  /** Something each worker does, on its thread. */
  private interface Work<T> {
    T of(int worker);
  }

  /**
   * A segment of each worker, under way.
   *
   * @param policy that acts
   * @param before the environments' states when it began
   */
  record Batch(PolicySnapshot policy, List<byte[]> before, Results<TrajectorySegment> segments) {}

  /** What each worker's work came to. */
  record Results<T>(List<Future<T>> futures) {

    /** Waits for all of them; the first failure is thrown once none is at work any more. */
    List<T> await() {
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
  }

  private <T> Results<T> onAllWorkers(Work<T> work) {
    List<Future<T>> futures = new ArrayList<>();
    for (int w = 0; w < plan.workers(); w++) {
      int worker = w;
      Callable<T> task = () -> work.of(worker);
      futures.add(threads.submit(task));
    }
    return new Results<>(futures);
  }

  /**
   * Has a batch collected.
   *
   * @param number of the batch in the run, from which the actions' randomness comes
   * @param policyNumber updates behind the policy
   */
  Batch begin(long number, long policyNumber, PolicySnapshot policy) {
    List<byte[]> before = states();
    Iteration iteration = new Iteration(run, 0, policyNumber);
    return new Batch(
        policy,
        before,
        onAllWorkers(
            worker ->
                new SegmentCollector(
                        environments.get(worker),
                        plan.stepsPerSegment(),
                        plan.seedOf(worker, Purpose.ACTIONS, number))
                    .collect(worker, 0, number, iteration, new PolicyNetwork(policy))));
  }

  /** Where the environments stand; no batch may be under way. */
  List<byte[]> states() {
    return environments.stream().map(OngoingEnvironment::saveState).toList();
  }

  /**
   * Takes up where the environments stood.
   *
   * @throws IllegalArgumentException if these are other environments' states
   */
  void restore(List<byte[]> states) {
    if (states.size() != environments.size()) {
      throw new IllegalArgumentException(
          "they are of " + states.size() + " workers, not " + environments.size());
    }
    onAllWorkers(worker -> environments.get(worker).restoreState(states.get(worker))).await();
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      // A batch under way still uses the environments; it is over in less than a second.
      threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
