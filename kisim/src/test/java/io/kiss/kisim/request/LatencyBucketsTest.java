package io.kiss.kisim.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.telemetry.HistogramBounds;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyBucketsTest {

  @Test
  void theTableAgreesWithASearchAtEveryBoundAndBetween() {
    HistogramBounds bounds = HistogramBounds.ENVOY.with(0.3).with(0.30001).with(1e-6);
    LatencyBuckets buckets = new LatencyBuckets(bounds);
    assertThat(buckets.size()).isEqualTo(bounds.buckets());
    for (int b = 0; b < bounds.buckets() - 1; b++) {
      long bound = Math.round(bounds.bound(b) * 1e9);
      assertThat(buckets.of(bound)).as("at %s s", bounds.bound(b)).isEqualTo(b);
      assertThat(buckets.of(bound - 1)).isEqualTo(b);
      assertThat(buckets.of(bound + 1)).isEqualTo(b + 1);
    }
    Random random = new Random(4);
    for (int i = 0; i < 100_000; i++) {
      long nanos = (long) Math.exp(random.nextDouble() * Math.log(1e15));
      assertThat(buckets.of(nanos)).isEqualTo(bounds.bucketOf(nanos / 1e9));
    }
    assertThat(buckets.of(0)).isZero();
    assertThat(buckets.of(Long.MAX_VALUE)).isEqualTo(bounds.buckets() - 1);
  }
}
