package io.kiss.kisim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.time.Delay;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Faults by rate are the Poisson processes they are said to be. */
class FaultClocksTest {
  private static final double HOUR_NANOS = 3600e9;

  private static FaultSettings crashes(double rate) {
    return FaultSettings.NONE.withRates(rate, 0, 0, 0);
  }

  @Test
  void timesBetweenFaultsAreExponentialWhileNothingChanges() {
    int faults = 20_000;
    double rate = 3.5;
    Draws draws = new Draws();
    draws.reset(11);
    FaultClocks clocks = new FaultClocks(draws);
    clocks.reset(crashes(rate), 0);
    clocks.refresh(4, 0, 0, 0, 0);
    double[] uniform = new double[faults];
    long last = 0;
    int[] victims = new int[4];
    for (int i = 0; i < faults; i++) {
      long at = clocks.next();
      uniform[i] = -Math.expm1(-rate * 4 * (at - last) / HOUR_NANOS);
      victims[clocks.fire(clocks.nextKind(), at)]++;
      last = at;
    }
    Arrays.sort(uniform);
    double distance = 0;
    for (int i = 0; i < faults; i++) {
      distance = Math.max(distance, Math.abs(uniform[i] - (i + 0.5) / faults));
    }
    // Kolmogorov-Smirnov at 0.1 %.
    assertThat(distance).isLessThan(1.95 / Math.sqrt(faults));
    for (int each : victims) {
      assertThat(each).isBetween(faults / 4 - 250, faults / 4 + 250);
    }
  }

  @Test
  void theirNumberFollowsTheThingsThereAreWhenTheseChange() {
    // 2 pods for 1 h, none for 1 h, 10 pods for 1 h, again and again: 12 pod-hours a round.
    double rate = 0.7;
    int rounds = 5_000;
    Draws draws = new Draws();
    draws.reset(12);
    FaultClocks clocks = new FaultClocks(draws);
    clocks.reset(crashes(rate), 0);
    int[] pods = {2, 0, 10};
    long[] faults = new long[3];
    long now = 0;
    for (int i = 0; i < 3 * rounds; i++) {
      clocks.refresh(pods[i % 3], 0, 0, 0, now);
      now += (long) HOUR_NANOS;
      while (clocks.next() < now) {
        faults[i % 3]++;
        clocks.fire(clocks.nextKind(), clocks.next());
      }
    }
    assertThat(faults[1]).isZero();
    for (int i = 0; i < 3; i += 2) {
      double expected = rate * pods[i] * rounds;
      assertThat((double) faults[i])
          .isBetween(expected - 4 * Math.sqrt(expected), expected + 4 * Math.sqrt(expected));
    }
  }

  @Test
  void everyKindStrikesAtItsRate() {
    // Ready, in use and up again at once, so that the numbers of things stay what they are.
    double hours = 4_000;
    NodePool spot = new NodePool("spot", 4, 3, 3, Delay.NONE, Double.POSITIVE_INFINITY, true, true);
    FaultSettings faults =
        new FaultSettings(0.5, 0.2, 0.3, 0.4, List.of(), Delay.NONE, Delay.NONE, 40, 300, 0, 0);
    for (FaultKind kind : FaultKind.values()) {
      int k = kind.ordinal();
      FaultSettings one =
          faults.withRates(k == 0 ? 0.5 : 0, k == 1 ? 0.2 : 0, k == 2 ? 0.3 : 0, k == 3 ? 0.4 : 0);
      ClusterSpec spec = new ClusterSpec(List.of(spot), Delay.NONE, Delay.NONE, one);
      ClusterRun run = ClusterRun.of(spec, StartUp.INSTANT, 12).finishingAfter(ClusterRun.FOREVER);
      run.until(hours * 3600);
      long kills = run.news().stream().filter(line -> line.contains("killed")).count();
      // 12 pods and GPUs on 3 nodes; a node takes four pods with it.
      double expected = hours * new double[] {0.5 * 12, 0.2 * 12, 0.3 * 3, 0.4 * 3}[k];
      double perFault = k < 2 ? 1 : 4;
      assertThat(kills / perFault)
          .as(kind.name())
          .isBetween(expected - 4 * Math.sqrt(expected), expected + 4 * Math.sqrt(expected));
    }
  }
}
