package io.kiss.kisim.fluid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
  @Test
  void everyLatencyFallsBetweenTheEdgesOfItsBucketWhichAreAtMostAThirtySecondApart() {
    for (double latency = 0.07; latency < 2e5; latency *= 1.00137) {
      int bucket = LatencyHistogram.bucketOf(latency);
      double low = LatencyHistogram.edge(bucket - 1);
      double high = LatencyHistogram.edge(bucket);
      assertThat(latency).isBetween(low, high);
      assertThat(high / low).isLessThanOrEqualTo(1 + 1 / 32.0);
    }
    assertThat(LatencyHistogram.bucketOf(0)).isZero();
    assertThat(LatencyHistogram.bucketOf(1e9)).isEqualTo(LatencyHistogram.SIZE - 1);
  }

  @Test
  void quantilesAreInterpolatedInsideABucket() {
    LatencyHistogram histogram = new LatencyHistogram();
    assertThat(histogram.quantile(0.5)).isNaN();
    histogram.add(10, 30);
    histogram.add(20, 70);
    double low = LatencyHistogram.edge(19);
    double high = LatencyHistogram.edge(20);
    // 0.65 of 100 is the 65th: 30 lie below the bucket, 35 of its 70 are needed.
    assertThat(histogram.quantile(0.65)).isCloseTo(low + 0.5 * (high - low), within(1e-12));
    histogram.add(LatencyHistogram.SIZE - 1, 900);
    assertThat(histogram.quantile(0.99))
        .isEqualTo(LatencyHistogram.edge(LatencyHistogram.SIZE - 2));
    histogram.reset();
    histogram.addSpread(15, new float[] {0.5f, 0.25f, 0.25f}, 8);
    assertThat(histogram.quantile(0.5)).isEqualTo(LatencyHistogram.edge(15));
    assertThat(histogram.count(20)).isZero();
  }
}
