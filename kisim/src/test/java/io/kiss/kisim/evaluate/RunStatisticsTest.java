package io.kiss.kisim.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;

class RunStatisticsTest {
  private static final long SEED = 20240607;

  private final RunStatistics statistics = new RunStatistics(SEED);

  /** Scores on traces t0, t1, ... */
  private static Scores scores(String name, double[]... traces) {
    Map<String, double[]> runs = new LinkedHashMap<>();
    for (int t = 0; t < traces.length; t++) {
      runs.put("t" + t, traces[t]);
    }
    return Scores.of(name, runs);
  }

  private static double[] drawn(int count, DoubleSupplier value) {
    double[] values = new double[count];
    Arrays.setAll(values, i -> value.getAsDouble());
    return values;
  }

  private static DoubleSupplier normal(long seed) {
    UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(seed);
    ZigguratSampler.NormalizedGaussian gaussian = ZigguratSampler.NormalizedGaussian.of(random);
    return gaussian::sample;
  }

  @Test
  void theInterquartileMeanLeavesOutAQuarterAtEitherEnd() {
    // Of 8, two at either end: (3 + 4 + 5 + 6) / 4. Of 6, one: (2 + 3 + 4 + 5) / 4. Of 3, none.
    assertThat(RunStatistics.interquartileMean(new double[] {8, 1, 3, 2, 7, 5, 6, 4}))
        .isEqualTo(4.5);
    assertThat(RunStatistics.interquartileMean(new double[] {1, 2, 3, 4, 5, 1e9})).isEqualTo(3.5);
    assertThat(RunStatistics.interquartileMean(new double[] {1, 2, 6})).isEqualTo(3);
    assertThatThrownBy(() -> RunStatistics.interquartileMean(new double[0]))
        .hasMessageContaining("no values");
  }

  @Test
  void theBootstrapResamplesInsideEachTraceOnly() {
    // {0, 1} and {10, 11}: of two draws each, the mean of the middle two is (the larger of the low
    // trace + the smaller of the high one) / 2. Both 0 and both 10 have 1/16 or more: 5 .. 6.
    Interval mean =
        statistics.interquartileMean(scores("a", new double[] {0, 1}, new double[] {10, 11}));
    assertThat(mean).isEqualTo(new Interval(5.5, 5, 6));
    // Drawn over all four values instead, it would reach from near 0 to near 11.
  }

  @Test
  void theIntervalOfTheMeanOfOneTraceHasTheWidthOfTheory() {
    // The mean of the middle half of n normal values has variance 1.195 / n: the reciprocal of its
    // efficiency of 0.837 (Tukey). 400 values: 1.96 * sqrt(1.195 / 400) = 0.107 either side.
    Interval mean = statistics.interquartileMean(scores("a", drawn(400, normal(SEED))));
    assertThat((mean.high() - mean.low()) / 2).isCloseTo(0.107, within(0.025));
    assertThat(mean.low()).isLessThan(mean.estimate());
    assertThat(mean.high()).isGreaterThan(mean.estimate());
  }

  @Test
  void intervalsHoldTheTruthAboutAsOftenAsTheyClaim() {
    DoubleSupplier normal = normal(SEED);
    int held = 0;
    int trials = 300;
    for (int i = 0; i < trials; i++) {
      double[][] traces = new double[5][];
      for (int t = 0; t < traces.length; t++) {
        traces[t] = drawn(20, normal);
      }
      held += new RunStatistics(i).interquartileMean(scores("a", traces)).contains(0) ? 1 : 0;
    }
    // Percentile intervals of 20 runs are a little narrow; 3 deviations of 95 % of 300 are 11.
    assertThat(held).as("seed %d", SEED).isBetween(264, 297);
  }

  @Test
  void pairsAreComparedRunByRun() {
    // Traces scatter by hundreds, the difference is always 1: a comparison of two separate
    // intervals sees nothing, that of the runs sees it at once.
    DoubleSupplier normal = normal(SEED);
    double[][] one = new double[3][];
    double[][] other = new double[3][];
    for (int t = 0; t < 3; t++) {
      one[t] = drawn(10, () -> 100 * normal.getAsDouble());
      other[t] = Arrays.stream(one[t]).map(v -> v + 1).toArray();
    }
    Scores low = scores("low", one);
    Scores high = scores("high", other);
    assertThat(statistics.difference(low, high).estimate()).isCloseTo(-1, within(1e-9));
    assertThat(statistics.difference(low, high).high()).isCloseTo(-1, within(1e-9));
    assertThat(statistics.compare(low, high)).isEqualTo(Verdict.BETTER);
    assertThat(statistics.compare(high, low)).isEqualTo(Verdict.WORSE);
    assertThat(statistics.compare(low, low)).isEqualTo(Verdict.TIE);
    assertThat(statistics.interquartileMean(low).contains(statistics.interquartileMean(high).low()))
        .isTrue();
  }

  @Test
  void whatChanceExplainsIsATie() {
    // Both from the same law: 95 % of such pairs tie.
    DoubleSupplier normal = normal(SEED);
    int ties = 0;
    for (int i = 0; i < 200; i++) {
      Scores one = scores("a", drawn(10, normal), drawn(10, normal), drawn(10, normal));
      Scores other = scores("b", drawn(10, normal), drawn(10, normal), drawn(10, normal));
      ties += new RunStatistics(i).compare(one, other) == Verdict.TIE ? 1 : 0;
    }
    assertThat(ties).as("seed %d", SEED).isBetween(172, 199);
  }

  @Test
  void oneRunATraceLeavesNoIntervalAndEverythingTied() {
    Scores one = scores("a", new double[] {1}, new double[] {2});
    Scores other = scores("b", new double[] {5}, new double[] {6});
    Interval mean = statistics.interquartileMean(one);
    assertThat(mean.estimate()).isEqualTo(1.5);
    assertThat(mean.known()).isFalse();
    assertThat(statistics.compare(one, other)).isEqualTo(Verdict.TIE);
  }

  @Test
  void theProbabilityOfImprovementCountsPairsOfATraceAndHalvesTies() {
    // t0: of 1, 2 against 2, 3 three pairs are lower and one is equal: 3.5 / 4. t1: none: 0.
    Scores one = scores("a", new double[] {1, 2}, new double[] {9, 9});
    Scores other = scores("b", new double[] {2, 3}, new double[] {1, 2});
    Interval improvement = statistics.probabilityOfImprovement(one, other);
    assertThat(improvement.estimate()).isEqualTo((3.5 / 4 + 0) / 2);
    assertThat(improvement.low()).isBetween(0.2, 0.4);
    assertThat(improvement.high()).isEqualTo(0.5);
    assertThat(statistics.probabilityOfImprovement(other, one).estimate())
        .isEqualTo(1 - improvement.estimate());
  }

  @Test
  void theProbabilityOfImprovementOfShiftedNormalsIsTheNormalDistributionFunction() {
    // P(X < Y) for X ~ N(0, 1), Y ~ N(1, 1) is Φ(1 / √2) = 0.7602.
    DoubleSupplier normal = normal(SEED);
    Scores one = scores("a", drawn(200, normal));
    Scores other = scores("b", drawn(200, () -> 1 + normal.getAsDouble()));
    Interval improvement = statistics.probabilityOfImprovement(one, other);
    assertThat(improvement.estimate()).as("seed %d", SEED).isCloseTo(0.7602, within(0.07));
    assertThat(improvement.contains(0.7602)).isTrue();
  }

  @Test
  void aPerformanceProfileIsTheShareOfRunsAtMostSoExpensiveEachTraceCountingAlike() {
    Scores scores = scores("a", new double[] {1, 2, 3, 4}, new double[] {2, 10});
    PerformanceProfile profile =
        statistics.performanceProfile(scores, new double[] {0.5, 1, 2, 9.9, 10});
    assertThat(Arrays.stream(profile.shares()).mapToDouble(Interval::estimate).toArray())
        .containsExactly(0, 1 / 8.0, (2 / 4.0 + 1 / 2.0) / 2, (1 + 1 / 2.0) / 2, 1);
    assertThat(profile.shares()[0]).isEqualTo(new Interval(0, 0, 0));
    assertThat(profile.shares()[4]).isEqualTo(new Interval(1, 1, 1));
    assertThat(profile.shares()[2].low()).isLessThan(0.5);
  }

  @Test
  void theIntervalOfAShareIsThatOfTheBinomialLaw() {
    // 50 of 100 runs: 0.5 -+ 1.96 * sqrt(0.25 / 100) = 0.402 .. 0.598.
    double[] runs = new double[100];
    Arrays.setAll(runs, i -> i);
    Interval share =
        statistics.performanceProfile(scores("a", runs), new double[] {49}).shares()[0];
    assertThat(share.low()).isCloseTo(0.402, within(0.02));
    assertThat(share.high()).isCloseTo(0.598, within(0.02));
  }

  @Test
  void aRankingNamesTiesAsTies() {
    Scores best = scores("best", new double[] {1, 1.1, 0.9, 1}, new double[] {2, 2.1, 1.9, 2});
    Scores near = scores("near", new double[] {1.1, 1, 1, 0.9}, new double[] {2, 1.9, 2.1, 2.01});
    Scores far = scores("far", new double[] {5, 5.1, 4.9, 5}, new double[] {6, 6.1, 5.9, 6});
    List<RunStatistics.Place> places = statistics.rank(List.of(far, near, best));
    assertThat(places).extracting(RunStatistics.Place::autoscaler).last().isEqualTo("far");
    assertThat(places.get(0).tiedWith()).containsExactly(places.get(1).autoscaler());
    assertThat(places.get(1).tiedWith()).containsExactly(places.get(0).autoscaler());
    assertThat(places.get(2).tiedWith()).isEmpty();
  }

  @Test
  void theSameSeedGivesTheSameIntervals() {
    Scores scores = scores("a", drawn(30, normal(3)), drawn(30, normal(4)));
    assertThat(new RunStatistics(7).interquartileMean(scores))
        .isEqualTo(new RunStatistics(7).interquartileMean(scores))
        .isNotEqualTo(new RunStatistics(8).interquartileMean(scores));
  }

  @Test
  void runsThatDoNotMatchAreRefused() {
    Scores two = scores("a", new double[] {1, 2});
    assertThatThrownBy(() -> statistics.compare(two, scores("b", new double[] {1})))
        .hasMessageContaining("a and b did not run the same traces and seeds");
    assertThatThrownBy(() -> scores("c")).hasMessageContaining("c has no runs");
    assertThatThrownBy(() -> scores("d", new double[0])).hasMessageContaining("no runs of t0");
    assertThatThrownBy(() -> scores("e", new double[] {Double.NaN}))
        .hasMessageContaining("a run of t0 has no score");
  }
}
