package io.kiss.cluster.reproduce;

import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.paper.PaperEnvironment;
import io.kiss.kisim.paper.PaperSetup;
import io.kiss.learner.PolicyOptimizer;
import io.kiss.learner.ppo.NetworkShape;
import io.kiss.learner.ppo.PpoOptimizerFactory;
import io.kiss.learner.ppo.PpoSettings;
import io.kiss.rollout.SegmentCollector;
import java.util.ArrayList;
import java.util.List;

/**
 * The paper's agent after training.
 *
 * @param returns of its training episodes, in their order
 * @param updates that its weights went through
 * @param policy its weights at the end
 */
record PaperAgent(double[] returns, int updates, PolicySnapshot policy) {

  /**
   * How an agent is trained.
   *
   * @param environments whose episodes are played side by side
   * @param updateSteps an update happens after the episode that brings this many steps together
   * @param episodes at least, a whole number in each environment
   */
  record Plan(int environments, int updateSteps, int episodes) {
    /** Episodes that are truly played. */
    int played() {
      return rounds() * environments;
    }

    private int rounds() {
      return (episodes + environments - 1) / environments;
    }
  }

  /** The paper's settings of PPO; what it has no word for keeps out of the way. */
  static PpoSettings settings(String engine, String device) {
    return new PpoSettings(
        engine,
        device,
        List.of(256, 256, 256),
        3e-4,
        3e-4,
        1,
        0.99,
        0.95,
        0.2,
        0.01,
        0.01,
        0.5,
        0.5,
        4,
        64,
        0,
        Double.MAX_VALUE,
        0.05);
  }

  /** The network's ends. */
  static NetworkShape shape() {
    return new NetworkShape(
        PaperEnvironment.OBSERVATION_ID,
        PaperEnvironment.OBSERVATION.size(),
        PaperEnvironment.ACTION_ID,
        PaperEnvironment.HEADS);
  }

  /**
   * Trains one; the same seed gives the same agent. What is collected after the last update is in
   * the returns and not learned from.
   *
   * @param played is told of the episodes that each round added
   * @throws InterruptedException if interrupted, between two episodes
   */
  static PaperAgent train(
      PaperSetup setup,
      PpoSettings ppo,
      Plan plan,
      long seed,
      java.util.function.IntConsumer played)
      throws InterruptedException {
    PaperEnvironment environment = new PaperEnvironment(plan.environments(), seed, setup);
    SegmentCollector collector = new SegmentCollector(environment, PaperSetup.STEPS, seed);
    double[] returns = new double[plan.played()];
    List<TrajectorySegment> waiting = new ArrayList<>();
    int updates = 0;
    try (PolicyOptimizer optimizer = new PpoOptimizerFactory(ppo, shape()).create(seed)) {
      PolicyNetwork network = new PolicyNetwork(optimizer.snapshot());
      for (int round = 0; round < plan.rounds(); round++) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        TrajectorySegment segment =
            collector.collect(0, 0, round, new Iteration("paper", 0, updates), network);
        waiting.add(segment);
        addReturns(segment, returns, round);
        int steps = waiting.stream().mapToInt(TrajectorySegment::environmentSteps).sum();
        if (steps >= plan.updateSteps()) {
          optimizer.update(waiting);
          waiting.clear();
          updates++;
          network = new PolicyNetwork(optimizer.snapshot());
        }
        played.accept(plan.environments());
      }
      return new PaperAgent(returns, updates, optimizer.snapshot());
    }
  }

  /** A segment is exactly one episode of each environment. */
  private static void addReturns(TrajectorySegment segment, double[] returns, int round) {
    int environments = segment.environments();
    for (int row = 0; row < segment.rewards().length; row++) {
      returns[round * environments + row % environments] += segment.rewards()[row];
    }
  }

  /** Mean return of the first so many episodes. */
  double first(int window) {
    return mean(0, window);
  }

  /** Mean return of the last so many episodes. */
  double last(int window) {
    return mean(returns.length - window, returns.length);
  }

  private double mean(int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += returns[i];
    }
    return sum / (to - from);
  }
}
