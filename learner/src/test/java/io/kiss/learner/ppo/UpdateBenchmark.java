package io.kiss.learner.ppo;

import io.kiss.actors.protocol.TrajectorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Times whole updates (values, advantages, epochs, Adam) of 16 384 made-up steps in the scaler's
 * shape. Arguments: engine, minibatch, seconds. Prints rows × epochs a second of wall clock and,
 * for busy machines, of CPU time.
 */
final class UpdateBenchmark {
  private static final int STEPS = 128;
  private static final int ENVIRONMENTS = 128;

  private UpdateBenchmark() {}

  public static void main(String[] arguments) {
    String engine = arguments[0];
    int minibatch = Integer.parseInt(arguments[1]);
    double seconds = Double.parseDouble(arguments[2]);
    NetworkShape shape = NetworkShape.ofScaler();
    PpoSettings settings =
        Engines.settings(
            engine, Map.of("minibatch", minibatch, "target-kl", 0, "rollback-kl", 1000));
    List<TrajectorySegment> batch = List.of(Segments.random(shape, STEPS, ENVIRONMENTS, 1));
    try (PpoOptimizer optimizer =
        (PpoOptimizer) new PpoOptimizerFactory(settings, shape).create(1)) {
      run(optimizer, batch, 3);
      long cpu = cpuNanos();
      long start = System.nanoTime();
      int updates = run(optimizer, batch, seconds);
      double wallSeconds = (System.nanoTime() - start) / 1e9;
      double cpuSeconds = (cpuNanos() - cpu) / 1e9;
      double rows = (double) updates * settings.epochs() * STEPS * ENVIRONMENTS;
      System.out.printf(
          "%s, minibatch %d: %.0f rows/s an epoch, %.0f per CPU second, %d undone%n",
          engine, minibatch, rows / wallSeconds, rows / cpuSeconds, optimizer.rollbacks());
    }
  }

  private static int run(PpoOptimizer optimizer, List<TrajectorySegment> batch, double seconds) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    int updates = 0;
    while (System.nanoTime() < end) {
      optimizer.update(batch);
      updates++;
    }
    return updates;
  }

  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }
}
