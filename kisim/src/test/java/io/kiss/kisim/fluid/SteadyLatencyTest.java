package io.kiss.kisim.fluid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.StartUp;
import org.junit.jupiter.api.Test;

class SteadyLatencyTest {
  private static final double SECONDS = 0.2;

  /** One pod with one server and service times of cv 0.1. */
  private static ServiceModel service() {
    return ShapePool.service(0, SECONDS, StartUp.INSTANT);
  }

  private static double quantile(double load, double share) {
    ServiceModel service = service();
    double rate = load * service.podCapacity();
    return SteadyLatency.of(service, Routing.LEAST_OUTSTANDING, 1).quantile(1, rate, share);
  }

  /**
   * Lindley's recursion, a million requests: an independent way to the same M/G/1. Service times
   * are lognormal with mean 0.2 s and cv 0.1.
   */
  private static double simulated(double load, double share) {
    java.util.Random random = new java.util.Random(1);
    int count = 1_000_000;
    double[] latencies = new double[count];
    double sigma = Math.sqrt(Math.log(1.01));
    double wait = 0;
    for (int i = 0; i < count; i++) {
      double time = SECONDS * Math.exp(sigma * random.nextGaussian() - sigma * sigma / 2);
      latencies[i] = wait + time;
      double gap = -SECONDS / load * Math.log1p(-random.nextDouble());
      wait = Math.max(0, wait + time - gap);
    }
    java.util.Arrays.sort(latencies);
    return latencies[(int) (share * count)];
  }

  @Test
  void ofOneServerItIsWhatLindleysRecursionSays() {
    for (double load : new double[] {0.3, 0.55, 0.8}) {
      for (double share : new double[] {0.5, 0.95, 0.99}) {
        assertThat(quantile(load, share) / simulated(load, share))
            .as("load %s, share %s", load, share)
            .isCloseTo(1, within(0.1));
      }
    }
  }

  @Test
  void itGrowsWithTheLoadAndIsInfiniteBeyondTheCapacity() {
    double before = 0;
    for (double load = 0.01; load < 0.99; load += 0.01) {
      double latency = quantile(load, 0.99);
      assertThat(latency).as("load %s", load).isGreaterThanOrEqualTo(0.98 * before);
      before = latency;
    }
    assertThat(quantile(1.2, 0.99)).isInfinite();
  }
}
