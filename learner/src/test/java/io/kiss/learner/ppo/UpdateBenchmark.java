package io.kiss.learner.ppo;

import io.kiss.actors.protocol.TrajectorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Whole updates (values, advantages, epochs, Adam, normalisers) of 32 768 made-up steps in the
 * scaler's shape, beside the bare DJL loop over the same network and minibatches. Arguments:
 * engine, minibatch, seconds. The two take turns, so that whatever else the machine does disturbs
 * both alike. Prints rows × epochs a second, and what the whole update costs over the bare loop.
 */
public final class UpdateBenchmark {
  private static final int STEPS = 128;
  private static final int ENVIRONMENTS = 256;
  private static final int ROWS = STEPS * ENVIRONMENTS;

  private UpdateBenchmark() {}

  public static void main(String[] arguments) {
    String engine = arguments[0];
    int minibatch = Integer.parseInt(arguments[1]);
    double seconds = Double.parseDouble(arguments[2]);
    NetworkShape shape = NetworkShape.ofScaler();
    PpoSettings settings =
        Engines.settings(
            engine,
            Map.of("device", "cpu", "minibatch", minibatch, "target-kl", 0, "rollback-kl", 1000));
    List<TrajectorySegment> batch = List.of(Segments.random(shape, STEPS, ENVIRONMENTS, 1));
    try (PpoOptimizer optimizer =
            (PpoOptimizer) new PpoOptimizerFactory(settings, shape).create(1);
        BareLoop bare = new BareLoop(settings, shape, ROWS)) {
      Turns ours = new Turns(() -> optimizer.update(batch), ROWS * settings.epochs());
      Turns bares = new Turns(bare::update, ROWS * settings.epochs());
      BenchmarkClock warmUp = new BenchmarkClock();
      while (warmUp.wallSeconds() < Math.min(5, seconds / 3)) {
        optimizer.update(batch);
        bare.update();
      }
      BenchmarkClock all = new BenchmarkClock();
      while (all.wallSeconds() < seconds) {
        ours.take();
        bares.take();
      }
      System.out.printf(
          "%s, minibatch %d: update %s; bare loop %s; overhead %.1f %% by median CPU time, %.1f %% by"
              + " least CPU time, %.1f %% by median wall clock; %d undone%n",
          engine,
          minibatch,
          ours,
          bares,
          100 * (ours.medianCpu() / bares.medianCpu() - 1),
          100 * (ours.leastCpu() / bares.leastCpu() - 1),
          100 * (ours.medianWall() / bares.medianWall() - 1),
          optimizer.rollbacks());
    }
  }

  /** The times of one of the two. */
  private static final class Turns {
    private final Runnable update;
    private final double rows;
    private double[] wall = new double[0];
    private double[] cpu = new double[0];

    Turns(Runnable update, double rows) {
      this.update = update;
      this.rows = rows;
    }

    void take() {
      BenchmarkClock clock = new BenchmarkClock();
      update.run();
      wall = append(wall, clock.wallSeconds());
      cpu = append(cpu, clock.cpuSeconds());
    }

    private static double[] append(double[] values, double value) {
      double[] longer = Arrays.copyOf(values, values.length + 1);
      longer[values.length] = value;
      return longer;
    }

    private static double median(double[] values) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      return sorted[sorted.length / 2];
    }

    double leastCpu() {
      return Arrays.stream(cpu).min().orElseThrow();
    }

    double medianWall() {
      return median(wall);
    }

    double medianCpu() {
      return median(cpu);
    }

    @Override
    public String toString() {
      return String.format(
          "%d turns, %.0f rows/s, %.0f per CPU second, at best %.0f",
          cpu.length, rows / medianWall(), rows / medianCpu(), rows / leastCpu());
    }
  }
}
