package io.kiss.kisim.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** PromQL's arithmetic by worked numbers. */
class PromqlTest {
  private static final HistogramBounds BOUNDS = HistogramBounds.of(0.1, 0.5, 1);

  private static SampleRing ring(PromqlRules rules, double... secondsAndValues) {
    SampleRing ring = new SampleRing(rules, 64, 1);
    for (int i = 0; i < secondsAndValues.length; i += 2) {
      long millis = Math.round(1000 * secondsAndValues[i]);
      ring.append(millis, millis);
      ring.set(0, secondsAndValues[i + 1]);
    }
    return ring;
  }

  @Test
  void rateGoesOnToTheWindowsEdgesWhereSamplesComeCloseToThem() {
    SampleRing ring = ring(PromqlRules.V3, 5, 1000, 20, 1030, 35, 1060, 50, 1090);
    // 90 in 45 s, 5 s to the start and 10 to the end, both less than 16.5: 90 * 60/45 = 120.
    assertThat(ring.increase(0, 60_000, 60_000)).isCloseTo(120, within(1e-9));
    assertThat(ring.rate(0, 60_000, 60_000)).isCloseTo(2, within(1e-9));
  }

  @Test
  void rateGoesOnByHalfAnIntervalWhereTheSeriesBeginsOrEnds() {
    SampleRing ring = ring(PromqlRules.V3, 25, 1000, 40, 1030);
    // 30 in 15 s; 25 s before and 20 after are more than 16.5: half an interval each, 30 * 30/15.
    assertThat(ring.increase(0, 60_000, 60_000)).isCloseTo(60, within(1e-9));
  }

  @Test
  void rateNeverGoesBackBeyondWhereTheCounterWasZero() {
    SampleRing ring = ring(PromqlRules.V3, 25, 6, 40, 36, 55, 66);
    // 60 in 30 s: zero was 3 s before the first sample, less than half an interval.
    assertThat(ring.increase(0, 60_000, 60_000)).isCloseTo(60 * (3 + 30 + 5) / 30.0, within(1e-9));
  }

  @Test
  void olderReleasesGoBackToTheZeroPointFartherThanHalfAnInterval() {
    double[] samples = {25, 24, 40, 54, 55, 84};
    // Zero was 12 s before: less than 1.1 intervals, more than half of one.
    assertThat(ring(PromqlRules.V2_42, samples).increase(0, 60_000, 60_000))
        .isCloseTo(60 * (12 + 30 + 5) / 30.0, within(1e-9));
    assertThat(ring(PromqlRules.V2_51, samples).increase(0, 60_000, 60_000))
        .isCloseTo(60 * (7.5 + 30 + 5) / 30.0, within(1e-9));
    assertThat(ring(PromqlRules.V3, samples).increase(0, 60_000, 60_000))
        .isCloseTo(60 * (7.5 + 30 + 5) / 30.0, within(1e-9));
  }

  @Test
  void aCounterThatFellBeganAnew() {
    SampleRing ring = ring(PromqlRules.V3, 0.5, 500, 15, 560, 30, 10, 45, 40, 59.5, 70);
    // 60 to the reset, then 70 since: (70 - 500) + 560 = 130 in 59 s, half a second at each edge.
    assertThat(ring.increase(0, 60_000, 60_000)).isCloseTo(130 * 60 / 59.0, within(1e-9));
  }

  @Test
  void aSampleAtTheWindowsStartIsInsideUpToRelease2() {
    double[] samples = {0, 1000, 30, 1030, 60, 1060};
    assertThat(ring(PromqlRules.V2_51, samples).increase(0, 60_000, 60_000))
        .isCloseTo(60, within(1e-9));
    // 30 in 30 s, the start 30 s away is nearer than 33.
    assertThat(ring(PromqlRules.V3, samples).increase(0, 60_000, 60_000))
        .isCloseTo(60, within(1e-9));
    assertThat(ring(PromqlRules.V2_51, samples).increase(0, 60_000, 30_000))
        .isCloseTo(30, within(1e-9));
    assertThat(ring(PromqlRules.V3, samples).increase(0, 60_000, 30_000))
        .as("one sample has no rate")
        .isNaN();
  }

  @Test
  void aStalenessMarkerEndsASeriesAtOnceButNotItsWindow() {
    SampleRing ring = ring(PromqlRules.V3, 10, 100, 25, 115, 40, Double.NaN);
    assertThat(ring.instant(0, 39_999)).isEqualTo(115);
    assertThat(ring.instant(0, 40_000)).isNaN();
    assertThat(ring.timestampMillis(0, 40_000)).isNaN();
    // 15 in 15 s, 10 s to the start, the end 35 s away: half an interval.
    assertThat(ring.increase(0, 60_000, 60_000)).isCloseTo(10 + 15 + 7.5, within(1e-9));
    assertThat(ring.avgOverTime(0, 60_000, 60_000)).isEqualTo(107.5);
  }

  @Test
  void withoutAMarkerTheLastValueIsShownForFiveMinutes() {
    assertThat(ring(PromqlRules.V3, 0, 7).instant(0, 299_999)).isEqualTo(7);
    assertThat(ring(PromqlRules.V3, 0, 7).instant(0, 300_000)).isNaN();
    assertThat(ring(PromqlRules.V2_42, 0, 7).instant(0, 300_000)).isEqualTo(7);
    assertThat(ring(PromqlRules.V2_42, 0, 7).instant(0, 300_001)).isNaN();
  }

  @Test
  void aScrapeIsSeenOnceItIsOver() {
    SampleRing ring = new SampleRing(PromqlRules.V3, 4, 1);
    ring.append(1000, 1250);
    ring.set(0, 5);
    assertThat(ring.instant(0, 1249)).isNaN();
    assertThat(ring.instant(0, 1250)).isEqualTo(5);
  }

  @Test
  void aQuantileIsLinearInsideItsBucket() {
    // Ranks 5, 9.5 and 2 of 10: in the second bucket of 6, in the last, in the first of 4.
    double[] cumulative = {4, 8, 9, 10};
    assertThat(Promql.histogramQuantile(0.5, BOUNDS, cumulative))
        .isCloseTo(0.1 + 0.4 * (5 - 4) / 4, within(1e-12));
    assertThat(Promql.histogramQuantile(0.95, BOUNDS, cumulative)).isEqualTo(1);
    assertThat(Promql.histogramQuantile(0.2, BOUNDS, cumulative)).isCloseTo(0.05, within(1e-12));
    assertThat(Promql.histogramQuantile(0.5, BOUNDS, new double[4])).isNaN();
  }

  @Test
  void bucketsThatFallAreRaised() {
    double[] cumulative = {4, 3, 5, 5 - 1e-13};
    Promql.ensureMonotonic(PromqlRules.V3, cumulative);
    assertThat(cumulative).containsExactly(4, 4, 5, 5);
    double[] close = {4, 4 + 1e-13, 5, 5};
    Promql.ensureMonotonic(PromqlRules.V2_42, close);
    assertThat(close[1]).isGreaterThan(4);
    Promql.ensureMonotonic(PromqlRules.V3, close);
    assertThat(close[1]).isEqualTo(4);
  }

  @Test
  void theShareAboveAnSloIsExactAtABound() {
    double[] cumulative = {4, 8, 9, 10};
    assertThat(Promql.shareAbove(0.5, BOUNDS, cumulative)).isCloseTo(0.2, within(1e-12));
    assertThat(Promql.shareAbove(0.1, BOUNDS, cumulative)).isCloseTo(0.6, within(1e-12));
    assertThat(Promql.shareAbove(7, BOUNDS, cumulative)).isCloseTo(0.1, within(1e-12));
    assertThat(Promql.shareAbove(0.5, BOUNDS, new double[] {10, 10, 10, 10})).isZero();
    assertThat(Promql.shareAbove(0.5, BOUNDS, new double[4])).isNaN();
  }

  @Test
  void theShareAboveAnSloInsideABucketIsExactForAnMm1Queue() {
    // Its time in the system is exponential: with mean 0.08 s, exp(-t / 0.08) take longer than t.
    double[] cumulative = new double[4];
    for (int b = 0; b < 3; b++) {
      cumulative[b] = 1000 * (1 - Math.exp(-BOUNDS.bound(b) / 0.08));
    }
    cumulative[3] = 1000;
    for (double slo = 0.01; slo < 0.5; slo += 0.013) {
      assertThat(Promql.shareAbove(slo, BOUNDS, cumulative))
          .as("slower than %.3f s", slo)
          .isCloseTo(Math.exp(-slo / 0.08), within(1e-9));
    }
  }

  @Test
  void theShareAboveFallsWithTheSloAndStaysBetweenThoseAtTheBounds() {
    double[] cumulative = {90, 100, 100, 100};
    double before = 1;
    for (double slo = 0.005; slo < 2; slo += 0.005) {
      double share = Promql.shareAbove(slo, BOUNDS, cumulative);
      assertThat(share).as("slower than %.3f s", slo).isBetween(0.0, before);
      before = share;
    }
    assertThat(Promql.shareAbove(0.3, BOUNDS, cumulative)).isBetween(1e-4, 0.1);
  }

  @Test
  void aLatencyFallsIntoTheFirstBucketThatItDoesNotExceed() {
    double[] latencies = {0, 0.1, 0.100001, 0.5, 0.7, 1, 3};
    int[] buckets = {0, 0, 1, 1, 2, 2, 3};
    for (int i = 0; i < latencies.length; i++) {
      assertThat(BOUNDS.bucketOf(latencies[i])).as("%s s", latencies[i]).isEqualTo(buckets[i]);
    }
    assertThat(BOUNDS.with(0.3)).isEqualTo(HistogramBounds.of(0.1, 0.3, 0.5, 1));
    assertThat(BOUNDS.with(0.5)).isSameAs(BOUNDS);
    assertThatThrownBy(() -> HistogramBounds.of(0.1, 0.1)).hasMessageContaining("rising");
  }
}
