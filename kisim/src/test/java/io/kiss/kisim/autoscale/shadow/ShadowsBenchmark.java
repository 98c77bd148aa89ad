package io.kiss.kisim.autoscale.shadow;

import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.KiScaler;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a tick of shadows takes of a core, beside one of a scaler: CPU time of the thread, so that
 * other load on the machine does not show. Run in {@code kisim/} with the test classpath; no
 * arguments.
 */
public final class ShadowsBenchmark {
  private static final WorkloadSpec WORKLOAD =
      new WorkloadSpec("web", 1, 50, 0.5, 0.1, 10, 60, 10, 15);
  private static final int TICKS = 20_000;
  private static final int ROUNDS = 5;

  private ShadowsBenchmark() {}

  private static TelemetrySample seen(int tick) {
    double rate = 60 + 40 * Math.sin(tick / 20.0);
    int replicas = 8 + tick / 7 % 5;
    return new TelemetrySample(
        15.0 * tick,
        5,
        rate,
        rate,
        0.12,
        0.3,
        0.01,
        0,
        6,
        0.6,
        replicas,
        replicas,
        0,
        false,
        new double[0]);
  }

  private interface Tick {
    void at(TelemetrySample seen);
  }

  /** Microseconds of CPU time a tick, the least of some rounds after one to warm up. */
  private static double micros(Tick tick) {
    double least = Double.POSITIVE_INFINITY;
    int now = 0;
    for (int round = 0; round <= ROUNDS; round++) {
      long begun = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      for (int i = 0; i < TICKS; i++) {
        tick.at(seen(now++));
      }
      long took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begun;
      least = round == 0 ? least : Math.min(least, took / 1e3 / TICKS);
    }
    return least;
  }

  private static Tick shadows(List<Shadows.Entry> entries) {
    Shadows shadows = new Shadows(entries, WORKLOAD, GuardSettings.DEFAULT, new byte[0]);
    return seen -> {
      shadows.tick(seen, WORKLOAD, GuardSettings.DEFAULT);
      if (shadows.report().isEmpty()) {
        throw new IllegalStateException("nothing is reported");
      }
    };
  }

  public static void main(String[] args) {
    PolicyNetwork network =
        new PolicyNetwork(
            PolicyFile.read(Path.of("..", "conf", "policies", "kiscaler.kiss")).policy());
    KiScaler scaler = new KiScaler(WORKLOAD, GuardSettings.DEFAULT, Optional.empty());
    scaler.use(network);
    System.out.printf("one scaler: %.1f us of CPU a tick%n", micros(scaler::decide));
    for (int number : new int[] {1, 4, 8}) {
      List<Shadows.Entry> policies = new ArrayList<>();
      List<Shadows.Entry> classical = new ArrayList<>();
      for (int i = 0; i < number; i++) {
        policies.add(new Shadows.Entry("p" + i, Optional.of(network), ""));
        classical.add(new Shadows.Entry("hpa:target=0." + (i + 1), Optional.empty(), ""));
      }
      System.out.printf(
          "%d shadows: policies %.1f, HPAs %.1f us of CPU a tick, report included%n",
          number, micros(shadows(policies)), micros(shadows(classical)));
    }
  }
}
