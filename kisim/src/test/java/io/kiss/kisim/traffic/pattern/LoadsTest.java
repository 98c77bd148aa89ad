package io.kiss.kisim.traffic.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.time.Delay;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;

class LoadsTest {
  private static UniformRandomProvider random(long seed) {
    return RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
  }

  private static double[] counts(Load load, double binSeconds, int bins) {
    double[] counts = new double[bins];
    long before = 0;
    while (load.nextNanos() < binSeconds * bins * 1e9) {
      assertThat(load.nextNanos()).isGreaterThanOrEqualTo(before);
      before = load.nextNanos();
      counts[(int) (before / 1e9 / binSeconds)]++;
      load.take();
    }
    return counts;
  }

  @Test
  void thePapersPatternsHaveItsParameters() {
    LoadPattern ramp = PaperPatterns.named("ramp", 300, 1);
    assertThat(ramp.at(0)).isEqualTo(1);
    assertThat(ramp.at(299)).isEqualTo(100);
    assertThat(ramp.at(14.9)).isEqualTo(1);
    assertThat(ramp.at(15)).isCloseTo(1 + 99.0 / 19, within(1e-9));
    LoadPattern spike = PaperPatterns.named("spike", 300, 1);
    assertThat(new double[] {spike.at(89), spike.at(91), spike.at(209), spike.at(211)})
        .containsExactly(10, 100, 100, 10);
    LoadPattern periodic = PaperPatterns.named("periodic", 300, 1);
    assertThat(periodic.at(25)).isCloseTo(100, within(1e-9));
    assertThat(periodic.at(75)).isCloseTo(10, within(1e-9));
    assertThat(periodic.at(125)).isCloseTo(100, within(1e-9));
    LoadPattern drawn = PaperPatterns.named("random", 300, 1);
    assertThat(drawn.at(29)).isEqualTo(drawn.at(1)).isNotEqualTo(drawn.at(31));
    for (int t = 0; t < 300; t++) {
      assertThat(drawn.at(t)).isBetween(10.0, 100.0);
    }
    assertThatThrownBy(() -> PaperPatterns.named("wave", 300, 1)).hasMessageContaining("wave");
  }

  @Test
  void patternsAddUpAndScale() {
    LoadPattern crowd = LoadPatterns.flashCrowd(10, 110, 100, 20, 50);
    assertThat(crowd.at(99)).isEqualTo(10);
    assertThat(crowd.at(110)).isCloseTo(60, within(1e-9));
    assertThat(crowd.at(120)).isCloseTo(110, within(1e-9));
    assertThat(crowd.at(170)).isCloseTo(10 + 100 / Math.E, within(1e-9));
    LoadPattern day = LoadPatterns.diurnal(5, 50, 43_200, 86_400);
    assertThat(day.at(43_200)).isCloseTo(50, within(1e-9));
    assertThat(day.at(0)).isCloseTo(5, within(1e-9));
    assertThat(crowd.times(2).plus(day).at(43_200)).isCloseTo(20 + 50, within(1e-6));
  }

  @Test
  void openArrivalsHaveTheRateAndTheVariabilityAskedFor() {
    for (double cv : new double[] {0, 0.5, 1, 2}) {
      OpenLoad load =
          new OpenLoad(new PatternRate(LoadPatterns.constant(50), 1, 4000), cv, random(11));
      double before = 0;
      double sum = 0;
      double squares = 0;
      int n = 0;
      while (load.nextNanos() != Long.MAX_VALUE) {
        double gap = load.nextNanos() * 1e-9 - before;
        before = load.nextNanos() * 1e-9;
        sum += gap;
        squares += gap * gap;
        n++;
        load.take();
      }
      double mean = sum / n;
      // 200,000 gaps: three standard errors of the mean are below 2 % up to a cv of 2.
      assertThat(1 / mean).as("rate at cv %s", cv).isCloseTo(50, within(1.0));
      assertThat(Math.sqrt(Math.max(0, squares / n - mean * mean)) / mean)
          .as("cv")
          .isCloseTo(cv, within(0.02 + 0.02 * cv));
    }
  }

  @Test
  void openArrivalsFollowTheirPattern() {
    LoadPattern pattern = LoadPatterns.spike(20, 200, 100, 200);
    double[] counts = counts(new OpenLoad(new PatternRate(pattern, 1, 300), 1, random(3)), 100, 3);
    assertThat(counts[0]).isCloseTo(2_000, within(180.0));
    assertThat(counts[1]).isCloseTo(20_000, within(570.0));
    assertThat(counts[2]).isCloseTo(2_000, within(180.0));
  }

  @Test
  void markovModulationVisitsItsStatesInProportionToTheirTimes() {
    double hours = 100;
    OpenLoad load =
        new OpenLoad(
            new MarkovModulatedRate(new double[] {1, 10}, new double[] {30, 10}, random(5)),
            1,
            random(6));
    double total = counts(load, 3600 * hours, 1)[0];
    // Three quarters of the time at 1, one quarter at 10.
    assertThat(total / (3600 * hours)).isCloseTo(0.75 * 1 + 0.25 * 10, within(0.1));
  }

  @Test
  void aReplayedTraceKeepsTheTotalOfEveryBin() {
    double[] trace = {100, 400, 0, 50, 1000, 10};
    for (boolean interpolate : new boolean[] {true, false}) {
      double[] counts = counts(new TraceLoad(trace, 60, 1, interpolate, random(9)), 60, 6);
      assertThat(counts).containsExactly(trace);
    }
  }

  @Test
  void coarseBinsAreInterpolatedAlongTheLineThroughTheirNeighbours() {
    double[] trace = {0, 100_000, 200_000, 200_000};
    double[] halves = counts(new TraceLoad(trace, 60, 1, true, random(9)), 30, 8);
    // Bin 1 climbs from 50 to 150 % of its mean, by a quarter around each half's middle.
    assertThat(halves[2]).isCloseTo(37_500, within(600.0));
    assertThat(halves[3]).isCloseTo(62_500, within(600.0));
  }

  @Test
  void aScaledTraceKeepsItsMean() {
    double[] trace = new double[10_000];
    java.util.Arrays.fill(trace, 1);
    double[] counts = counts(new TraceLoad(trace, 1, 0.3, false, random(2)), 10_000, 1);
    assertThat(counts[0]).isCloseTo(3_000, within(140.0));
  }

  @Test
  void aClosedLoopFollowsItsPopulation() {
    LoadPattern users = LoadPatterns.spike(5, 40, 10, 20);
    ClosedLoad load =
        new ClosedLoad(users, Delay.constant(0.5), Delay.NONE, ClientSettings.UNLIMITED, random(1));
    int[] seen = new int[40];
    while (load.nextNanos() < 40_000_000_000L) {
      long now = load.nextNanos();
      seen[(int) (now / 1_000_000_000L)] = load.users();
      int tag = load.take();
      if (tag != Load.NOTHING) {
        load.answered(tag, now, true);
      }
    }
    assertThat(seen[9]).isEqualTo(5);
    assertThat(seen[15]).isEqualTo(40);
    assertThat(seen[25]).isEqualTo(5);
  }
}
