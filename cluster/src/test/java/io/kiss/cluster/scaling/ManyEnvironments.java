package io.kiss.cluster.scaling;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.kiss.actors.protocol.LearnerProtocol;
import io.kiss.actors.protocol.TrainingBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Holds many environments in many sharded workers in one JVM that trains with them, and says what
 * memory that takes. Arguments: workers, environments of each, steps of a segment, segments of an
 * update, updates.
 */
public final class ManyEnvironments {
  private ManyEnvironments() {}

  public static void main(String[] arguments) throws IOException {
    int workers = Integer.parseInt(arguments[0]);
    int environments = Integer.parseInt(arguments[1]);
    long updates = Long.parseLong(arguments[4]);
    Config config =
        ConfigFactory.parseMap(
                Map.of(
                    "kiss.rollout.workers",
                    workers,
                    "kiss.rollout.environments-per-worker",
                    environments,
                    "kiss.rollout.steps-per-segment",
                    Integer.parseInt(arguments[2]),
                    "kiss.learner.segments-per-update",
                    Integer.parseInt(arguments[3])))
            .withFallback(ConfigFactory.defaultOverrides())
            .withFallback(ActorPath.CLUSTER)
            .withFallback(ConfigFactory.load())
            .resolve();
    long begun = System.nanoTime();
    try (ActorPath path = new ActorPath(config)) {
      path.command(reply -> new LearnerProtocol.Start(TrainingBudget.ofSeconds(1e9), reply));
      path.await(progress -> progress.workers() == workers);
      report("all workers joined", begun, path);
      long step = Math.max(1, updates / 4);
      for (long at = step; at <= updates; at += step) {
        long until = at;
        path.await(progress -> progress.iteration() >= until);
        report("update " + at, begun, path);
      }
      System.gc();
      report("after a collection", begun, path);
    }
    System.exit(0);
  }

  private static void report(String when, long begun, ActorPath path) throws IOException {
    Runtime runtime = Runtime.getRuntime();
    System.out.printf(
        "%-20s %4.0f s: %s, heap used %.2f GiB, resident %.2f GiB, at most %.2f GiB%n",
        when,
        (System.nanoTime() - begun) / 1e9,
        path.progress().environmentSteps() + " steps by " + path.progress().workers() + " workers",
        (runtime.totalMemory() - runtime.freeMemory()) / (double) (1 << 30),
        status("VmRSS"),
        status("VmHWM"));
  }

  /** GiB, as Linux tells. */
  private static double status(String key) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith(key + ":"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / (1 << 20))
        .findFirst()
        .orElse(Double.NaN);
  }
}
