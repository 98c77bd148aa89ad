package io.kiss.kisim.fluid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
  @Test
  void everyLatencyFallsIntoTheFirstBucketWhoseEdgeIsNotBelowIt() {
    for (double latency = 1e-4; latency < 1e5; latency *= 1.0137) {
      int bucket = LatencyHistogram.bucketOf(latency);
      assertThat(LatencyHistogram.edge(bucket)).isGreaterThanOrEqualTo(latency);
      assertThat(bucket == 0 || LatencyHistogram.edge(bucket - 1) < latency).isTrue();
    }
    for (int b = 0; b < LatencyHistogram.SIZE; b++) {
      assertThat(LatencyHistogram.bucketOf(LatencyHistogram.edge(b))).isEqualTo(b);
    }
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
  }
}
