package io.kiss.learner.ppo;

import io.kiss.actors.protocol.UpdateStatistics;
import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.env.KisimEnvironment;
import io.kiss.kisim.env.VectorEnvironment;
import io.kiss.learner.PolicyOptimizer;
import io.kiss.learner.SingleWorkerTraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Trains and watches resident memory and live native arrays. To be run with a heap of fixed size
 * that is touched from the start ({@code -Xms512m -Xmx512m -XX:+AlwaysPreTouch}), so that what
 * moves is not the heap. Arguments: engine, environment steps, environments, minibatch, and {@code
 * kisim} or {@code null}, which costs nothing. Linux only.
 *
 * <p>The last line is {@code slope B bytes/step ± S, arrays A..Z, undone N}: least squares over the
 * samples after the first fifth, in which the JVM still compiles.
 */
public final class MemoryRun {
  private static final int STEPS = 64;
  private static final int SAMPLES = 60;

  private MemoryRun() {}

  public static void main(String[] arguments) throws IOException {
    String engine = arguments[0];
    long steps = (long) Double.parseDouble(arguments[1]);
    int environments = Integer.parseInt(arguments[2]);
    boolean kisim = arguments[4].equals("kisim");
    VectorEnvironment environment =
        kisim
            ? new KisimEnvironment(environments, 1, EnvironmentSettings.DEFAULT)
            : new NullEnvironment(environments, 16);
    PpoOptimizerFactory factory =
        new PpoOptimizerFactory(
            Engines.settings(engine, Map.of("minibatch", Integer.parseInt(arguments[3]))),
            kisim ? NetworkShape.ofScaler() : NullEnvironment.SHAPE);
    PpoOptimizer[] made = new PpoOptimizer[1];
    PolicyOptimizer.Factory remembering =
        new PolicyOptimizer.Factory() {
          @Override
          public PolicyOptimizer create(long seed) {
            made[0] = (PpoOptimizer) factory.create(seed);
            return made[0];
          }

          @Override
          public PolicyOptimizer restore(byte[] checkpoint) {
            return factory.restore(checkpoint);
          }
        };
    long begin = System.nanoTime();
    try (SingleWorkerTraining training =
        SingleWorkerTraining.start(remembering, Rollouts.of(environment, STEPS, 1), true, 1)) {
      Slope slope = new Slope();
      long next = 0;
      int fewest = Integer.MAX_VALUE;
      int most = 0;
      while (training.environmentSteps() < steps) {
        training.progress((double) training.environmentSteps() / steps);
        UpdateStatistics statistics = training.iterate(false).statistics();
        int arrays = made[0].liveArrays();
        fewest = Math.min(fewest, arrays);
        most = Math.max(most, arrays);
        if (training.environmentSteps() >= next) {
          next += steps / SAMPLES;
          long resident = residentBytes();
          if (training.environmentSteps() > steps / 5) {
            slope.add(training.environmentSteps(), resident);
          }
          System.out.printf(
              "%,12d steps  %7.1f MiB  %d arrays  entropy %.3f  %.0f s%n",
              training.environmentSteps(),
              resident / 1048576.0,
              arrays,
              statistics.entropy(),
              (System.nanoTime() - begin) / 1e9);
        }
      }
      System.out.printf(
          "slope %.4f bytes/step ± %.4f, arrays %d..%d, undone %d%n",
          slope.slope(), slope.standardError(), fewest, most, made[0].rollbacks());
    }
  }

  private static long residentBytes() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(l -> l.startsWith("VmRSS"))
            .findFirst()
            .orElseThrow();
    return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
  }

  /** Least squares through points. */
  private static final class Slope {
    private double n;
    private double meanX;
    private double meanY;
    private double xx;
    private double xy;
    private double yy;

    void add(double x, double y) {
      n++;
      double dx = x - meanX;
      double dy = y - meanY;
      meanX += dx / n;
      meanY += dy / n;
      xx += dx * (x - meanX);
      xy += dx * (y - meanY);
      yy += dy * (y - meanY);
    }

    double slope() {
      return xy / xx;
    }

    double standardError() {
      return Math.sqrt(Math.max(0, yy - slope() * xy) / (n - 2) / xx);
    }
  }
}
