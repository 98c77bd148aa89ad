package io.kiss.cluster.demo;

import io.kiss.kisim.traffic.ArrivalTrace;
import java.util.Optional;
import org.apache.commons.rng.simple.RandomSource;

/** Draws or replays the arrivals of the demo's Deployments. */
final class DemoTraffic {
  private DemoTraffic() {}

  /**
   * Rates of one Deployment, requests per second in each second.
   *
   * <p>A trace keeps its shape and is replayed again and again, each Deployment at its own level
   * and a share of the trace apart, so that they do not all peak together.
   *
   * @param index of the Deployment among {@code of}
   * @param seconds how many
   */
  static float[] rates(
      DemoService service,
      Optional<ArrivalTrace> trace,
      int index,
      int of,
      int seconds,
      long seed) {
    return trace
        .map(t -> replayed(t.scaledToPeak(service.peakRate()), index, of, seconds))
        .orElseGet(() -> generated(service, seconds, seed + index));
  }

  private static float[] replayed(ArrivalTrace trace, int index, int of, int seconds) {
    float[] once = trace.ratesPerSecond();
    int offset = (int) ((long) once.length * index / of);
    float[] rates = new float[seconds];
    for (int t = 0; t < seconds; t++) {
      rates[t] = once[(offset + t) % once.length];
    }
    return rates;
  }

  private static float[] generated(DemoService service, int seconds, long seed) {
    float[] rates = new float[seconds];
    service.traffic().fill(rates, seconds, RandomSource.XO_SHI_RO_256_PP.create(seed));
    float peak = (float) service.peakRate();
    for (int t = 0; t < seconds; t++) {
      rates[t] *= peak;
    }
    return rates;
  }
}
