package io.kiss.kisim.autoscale.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.QueueingRule;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.autoscale.shadow.ShadowReport.Standing;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShadowsTest {
  private static final double TICK = 15;
  private static final double STARTUP = 60;
  private static final double PRICE = 10;

  /** 1..40 replicas of 10 requests/s each, two at once, service 0.2 s, SLO 0.6 s. */
  private static final WorkloadSpec WORKLOAD =
      new WorkloadSpec("web", 1, 40, 0.6, 0.2, 10, STARTUP, PRICE, TICK);

  private static Shadows.Entry classical(String name) {
    return new Shadows.Entry(name, Optional.empty(), "");
  }

  private static Shadows shadows(String... names) {
    List<Shadows.Entry> entries = new ArrayList<>();
    for (String name : names) {
      entries.add(classical(name));
    }
    return new Shadows(entries, WORKLOAD, GuardSettings.DEFAULT, new byte[0]);
  }

  private static TelemetrySample seen(double time, double rate, int desired, double violating) {
    return new TelemetrySample(
        time,
        5,
        rate,
        rate,
        0.2,
        0.4,
        violating,
        0,
        0.2 * rate,
        0.5,
        desired,
        desired,
        0,
        false,
        new double[0]);
  }

  private static void tick(Shadows shadows, TelemetrySample seen) {
    shadows.tick(seen, WORKLOAD, GuardSettings.DEFAULT);
  }

  /**
   * What decisions cost, computed in another way: all of them known beforehand, each pod a lifetime
   * of its own, the queue's tail as the textbook has it.
   */
  private static double[] offline(double[] times, double[] rates, int[] wanted, int atFirst) {
    double held = 0;
    double violatingLoad = 0;
    double backlog = 0;
    for (int i = 1; i < times.length; i++) {
      double seconds = times[i] - times[i - 1];
      double middle = times[i - 1] + seconds / 2;
      int ready = 0;
      for (int pod = 0; pod < wanted[i - 1]; pod++) {
        // The pod was asked for when the count last rose above it.
        double since = pod < atFirst ? Double.NEGATIVE_INFINITY : Double.NaN;
        for (int k = 0; k < i; k++) {
          boolean wantedNow = wanted[k] > pod;
          boolean wantedBefore = k == 0 ? atFirst > pod : wanted[k - 1] > pod;
          since = wantedNow && !wantedBefore ? times[k] : wantedNow ? since : Double.NaN;
        }
        ready += middle - since >= STARTUP ? 1 : 0;
      }
      double offered = rates[i] / 10;
      double after = backlog + seconds * (offered - ready);
      double violating;
      if (after > ready * (0.6 - 0.2)) {
        violating = 1;
      } else if (offered >= ready) {
        violating = 1;
      } else {
        int servers = 2 * ready;
        double waits = Math.pow(offered / ready, Math.sqrt(2.0 * (servers + 1)) - 1);
        double exponent = (ready - offered) * 10 * (0.6 - 0.2) / QueueingRule.VARIABILITY;
        violating = exponent >= 8 ? 0 : waits * Math.exp(-exponent);
      }
      backlog = Math.max(0, Math.min(after, ready * 10.0));
      held += wanted[i - 1] * seconds;
      violatingLoad += violating * offered * seconds;
    }
    return new double[] {held, violatingLoad};
  }

  @Test
  void runningRegretIsThatOfAnEvaluationAfterwards() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Shadows shadows = shadows("static:replicas=9", "hpa", "queueing", "static:replicas=20");
    int ticks = 400;
    double[] times = new double[ticks];
    double[] rates = new double[ticks];
    int[][] wanted = new int[5][ticks];
    double rate = 60;
    int running = 8;
    double time = 1_000_000;
    for (int i = 0; i < ticks; i++) {
      times[i] = time;
      rates[i] = rate;
      tick(shadows, seen(time, rate, running, 0.01));
      ShadowReport report = shadows.report().orElseThrow();
      // Whoever runs it changes it now and then, after the tick.
      running = Math.max(1, Math.min(40, running + random.nextInt(5) - 2));
      wanted[0][i] = running;
      for (int s = 0; s < 4; s++) {
        wanted[s + 1][i] = report.shadows().get(s).replicas();
      }
      if (i > 0) {
        double[] costs = new double[5];
        double cheapest = Double.POSITIVE_INFINITY;
        for (int s = 0; s < 5; s++) {
          double[] parts =
              offline(Arrays.copyOf(times, i + 1), Arrays.copyOf(rates, i + 1), wanted[s], 8);
          costs[s] = parts[0] + PRICE * parts[1];
          cheapest = Math.min(cheapest, costs[s]);
        }
        if (i % 37 == 0 || i == ticks - 1) {
          assertRegret(seed, report.running(), costs[0], cheapest, costs[0]);
          for (int s = 0; s < 4; s++) {
            assertRegret(seed, report.shadows().get(s), costs[s + 1], cheapest, costs[0]);
          }
        }
      }
      time += TICK + random.nextInt(7) - 3;
      rate = Math.max(1, rate * Math.exp(0.2 * random.nextGaussian()));
      rate = Math.min(rate, 350);
    }
    ShadowReport last = shadows.report().orElseThrow();
    assertThat(last.countedSeconds()).isEqualTo(times[ticks - 1] - times[0]);
    assertThat(last.sinceSeconds()).isEqualTo(times[0]);
  }

  private static void assertRegret(
      long seed, Standing standing, double cost, double cheapest, double running) {
    assertThat(standing.regretReplicaHours())
        .as("seed %s: %s", seed, standing)
        .isCloseTo((cost - cheapest) / 3600, within(1e-6));
    assertThat(standing.overRunningReplicaHours())
        .as("seed %s: %s", seed, standing)
        .isCloseTo((cost - running) / 3600, within(1e-6));
  }

  @Test
  void theModelsErrorIsMeasuredOnWhatRan() {
    Shadows shadows = shadows("hpa");
    for (int i = 0; i <= 40; i++) {
      // Half of the capacity of 10 replicas: the sketch sees next to nothing, a tenth was late.
      tick(shadows, seen(TICK * i, 50, 10, i % 2 == 0 ? 0.1 : Double.NaN));
    }
    ShadowReport.ModelCheck check = shadows.report().orElseThrow().check();
    assertThat(check.seconds()).isEqualTo(20 * TICK);
    assertThat(check.observed()).isCloseTo(0.1, within(1e-12));
    assertThat(check.modelled()).isLessThan(0.01);
  }

  /** Share of late requests at replicas that never fall behind, as the textbook has it. */
  private static double late(double rate, int ready, double capacity) {
    double offered = rate / capacity;
    double servers = Math.max(1, 0.2 * capacity) * ready;
    double waits = Math.pow(offered / ready, Math.sqrt(2.0 * (servers + 1)) - 1);
    double exponent = (ready - offered) * capacity * (0.6 - 0.2) / QueueingRule.VARIABILITY;
    return exponent >= 8 ? 0 : waits * Math.exp(-exponent);
  }

  @Test
  void aServiceThatIsSlowerThanStatedIsFoundOutByWhatWasMeasuredOfIt() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Shadows shadows = shadows("static:replicas=6");
    double slower = 10 / 1.2;
    double load = 0;
    double real = 0;
    for (int i = 0; i <= 200; i++) {
      double rate = 33 + 6 * random.nextDouble(); // late by more than 1 %, which is worth a fit
      tick(shadows, seen(TICK * i, rate, 5, late(rate, 5, slower)));
      if (i > 0) {
        int ready = TICK * (i - 0.5) >= STARTUP ? 6 : 5;
        load += rate;
        real += rate * late(rate, ready, slower);
      }
    }
    ShadowReport report = shadows.report().orElseThrow();
    ShadowReport.Standing shadow = report.shadows().get(0);
    assertThat(report.check().modelled()).isLessThan(0.8 * report.check().observed());
    assertThat(report.check().fitted()).isCloseTo(report.check().observed(), within(1e-9));
    assertThat(shadow.fittedViolatingShare()).isCloseTo(real / load, within(1e-9));
    assertThat(shadow.violatingShare()).isLessThan(0.8 * shadow.fittedViolatingShare());
  }

  @Test
  void nothingIsFittedToAFewMinutesNorToNothing() {
    Shadows few = shadows("static:replicas=6");
    Shadows none = shadows("static:replicas=6");
    for (int i = 0; i <= 200; i++) {
      if (i <= 40) {
        tick(few, seen(TICK * i, 38, 5, late(38, 5, 10 / 1.2)));
      }
      tick(none, seen(TICK * i, 38, 5, Double.NaN));
    }
    for (Shadows each : List.of(few, none)) {
      ShadowReport.Standing shadow = each.report().orElseThrow().shadows().get(0);
      assertThat(shadow.fittedViolatingShare()).isEqualTo(shadow.violatingShare());
      assertThat(shadow.fittedCost()).isEqualTo(shadow.cost());
    }
  }

  @Test
  void whatIsNotMeasuredCostsNobodyAnything() {
    Shadows shadows = shadows("static:replicas=20");
    tick(shadows, seen(0, 50, 10, 0));
    tick(shadows, seen(15, 50, 10, 0));
    ShadowReport before = shadows.report().orElseThrow();
    tick(shadows, seen(30, Double.NaN, 10, 0));
    tick(shadows, seen(600, 50, 10, 0));
    tick(shadows, seen(590, 50, 10, 0));
    ShadowReport after = shadows.report().orElseThrow();
    assertThat(after.countedSeconds()).isEqualTo(15);
    assertThat(after.running().meanReplicas()).isEqualTo(10);
    assertThat(after.shadows().get(0).regretReplicaHours())
        .isEqualTo(before.shadows().get(0).regretReplicaHours());
  }

  @Test
  void aShadowThatFailsSaysSoAndTheOthersGoOn() {
    Shadows shadows =
        new Shadows(
            List.of(
                classical("static:replicas=5"),
                new Shadows.Entry(
                    "lost", Optional.empty(), "the policy store has no policy 'lost'"),
                classical("hpa")),
            WORKLOAD,
            GuardSettings.DEFAULT,
            new byte[] {1, 2, 3});
    for (int i = 0; i < 5; i++) {
      tick(shadows, seen(TICK * i, 50, 10, 0));
    }
    ShadowReport report = shadows.report().orElseThrow();
    assertThat(report.shadows()).extracting(Standing::decides).containsExactly(true, false, true);
    assertThat(report.shadows().get(1).failure()).contains("no policy 'lost'");
    assertThat(report.shadows().get(1).cost()).isNaN();
    assertThat(report.running().regretReplicaHours()).isNotNaN().isNotNegative();
  }

  @Test
  void anOperatorsPriceCountsForWhatWasBeforeToo() {
    Shadows shadows = shadows("static:replicas=2", "static:replicas=20");
    for (int i = 0; i < 60; i++) {
      tick(shadows, seen(TICK * i, 80, 10, 0));
    }
    assertThat(cheapest(shadows)).isEqualTo("running");
    WorkloadSpec careless = new WorkloadSpec("web", 1, 40, 0.6, 0.2, 10, STARTUP, 0.01, TICK);
    shadows.tick(seen(TICK * 60, 80, 10, 0), careless, GuardSettings.DEFAULT);
    assertThat(cheapest(shadows)).isEqualTo("static:replicas=2");
  }

  private static String cheapest(Shadows shadows) {
    ShadowReport report = shadows.report().orElseThrow();
    List<Standing> all = new ArrayList<>(report.shadows());
    all.add(report.running());
    return all.stream()
        .filter(standing -> standing.regretReplicaHours() == 0)
        .findFirst()
        .orElseThrow()
        .name();
  }
}
