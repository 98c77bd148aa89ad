package io.kiss.kisim.env;

import io.kiss.kisim.autoscale.ActionSpace;
import java.util.Arrays;

/** Heap that environments take once they have come to their working size. */
final class Footprint {
  private static final int SEED = 3;

  private Footprint() {}

  /**
   * Prints what so many environments take.
   *
   * @param arguments environments, environments of a worker, steps taken before measuring
   */
  public static void main(String[] arguments) {
    int environments = Integer.parseInt(arguments[0]);
    int perWorker = Integer.parseInt(arguments[1]);
    int steps = Integer.parseInt(arguments[2]);
    double bytes = bytes(EnvironmentSettings.DEFAULT, environments / perWorker, perWorker, steps);
    System.out.printf(
        "%,d environments in %,d workers: %.2f GiB of heap, %.1f KB each%n",
        environments, environments / perWorker, bytes / (1 << 30), bytes / environments / 1000);
  }

  /** Heap in use by environments after some steps that grow and shrink their fleets. */
  static double bytes(EnvironmentSettings settings, int workers, int perWorker, int steps) {
    new ScenarioGenerator(settings).prepare();
    warmTables(settings, perWorker);
    long before = used();
    KisimEnvironment[] environments = new KisimEnvironment[workers];
    int[] actions = new int[perWorker];
    for (int w = 0; w < workers; w++) {
      environments[w] = new KisimEnvironment(perWorker, SEED + 1000L * w, settings);
      go(environments[w], actions, steps);
    }
    double bytes = used() - before;
    // Keeps them reachable until here.
    return environments[workers - 1] == null ? Double.NaN : bytes;
  }

  /** The measured tables belong to the JVM, not to an environment. */
  private static void warmTables(EnvironmentSettings settings, int perWorker) {
    go(new KisimEnvironment(perWorker, 1, settings), new int[perWorker], 2 * settings.mostSteps());
  }

  private static void go(KisimEnvironment environment, int[] actions, int steps) {
    VectorStep step = environment.reset();
    for (int t = 0; t < steps; t++) {
      int wish = t % 20 < 8 ? ActionSpace.SIZE - 1 : ActionSpace.STAY - 1;
      Arrays.fill(actions, ActionSpace.STAY);
      for (int e = 0; e < actions.length; e++) {
        if (step.masks[e * ActionSpace.SIZE + wish] == 1) {
          actions[e] = wish;
        }
      }
      step = environment.step(actions);
    }
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
