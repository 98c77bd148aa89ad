package io.kiss.learner.ppo;

import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.env.KisimEnvironment;
import io.kiss.kisim.env.VectorEnvironment;
import io.kiss.learner.SingleWorkerTraining;
import java.util.Map;

/**
 * Environment steps a second of training, rollout and all. Arguments: engine, {@code null} or
 * {@code kisim}, environments, minibatch, seconds. 128 steps a segment, 64×64, 4 epochs, rollout
 * overlapped with the update; {@code null} has 16 features and 5 actions, as the peers'
 * environment.
 */
public final class EndToEndBenchmark {
  private static final int STEPS = 128;

  private EndToEndBenchmark() {}

  public static void main(String[] arguments) {
    String engine = arguments[0];
    boolean kisim = arguments[1].equals("kisim");
    int environments = Integer.parseInt(arguments[2]);
    int minibatch = Integer.parseInt(arguments[3]);
    double seconds = Double.parseDouble(arguments[4]);
    VectorEnvironment environment =
        kisim
            ? new KisimEnvironment(environments, 1, EnvironmentSettings.DEFAULT)
            : new NullEnvironment(environments, 16);
    NetworkShape shape = kisim ? NetworkShape.ofScaler() : NullEnvironment.SHAPE;
    // A peer has no KL stop: nor has this, so that all four epochs are run.
    PpoSettings settings =
        Engines.settings(
            engine,
            Map.of(
                "minibatch", minibatch, "target-kl", 0, "learning-rate", 3e-4, "rollback-kl", 100));
    try (SingleWorkerTraining training =
        SingleWorkerTraining.start(
            new PpoOptimizerFactory(settings, shape),
            Rollouts.of(environment, STEPS, 1),
            true,
            1)) {
      run(training, Math.min(5, seconds / 3));
      long before = training.environmentSteps();
      BenchmarkClock clock = new BenchmarkClock();
      run(training, seconds);
      double steps = training.environmentSteps() - before;
      System.out.printf(
          "%s, %s, %d environments, minibatch %d: %.0f steps/s, %.0f per CPU second, %.2f cores%n",
          engine,
          arguments[1],
          environments,
          minibatch,
          steps / clock.wallSeconds(),
          steps / clock.cpuSeconds(),
          clock.cpuSeconds() / clock.wallSeconds());
    }
  }

  private static void run(SingleWorkerTraining training, double seconds) {
    BenchmarkClock clock = new BenchmarkClock();
    while (clock.wallSeconds() < seconds) {
      training.iterate(false);
    }
  }
}
