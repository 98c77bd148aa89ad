package io.kiss.kisim.traffic;

import io.kiss.kisim.traffic.pattern.Load;
import io.kiss.kisim.traffic.pattern.TraceLoad;

/**
 * A replayed trace. Every bin gets its total in both views; inside a bin the request-level one
 * follows {@link TraceLoad}, the other {@link ArrivalTrace#ratesPerSecond}.
 *
 * @param trace what to replay
 * @param scale factor on its counts
 * @param interpolate whether the rate runs on inside a bin towards its neighbours'; else it is
 *     constant there
 */
public record ReplayTraffic(ArrivalTrace trace, double scale, boolean interpolate)
    implements Traffic {

  @Override
  public Load load(long seed) {
    return new TraceLoad(
        trace.counts(), trace.binSeconds(), scale, interpolate, TrafficRandom.of(seed));
  }

  @Override
  public Demand demand(long seed) {
    ArrivalTrace scaled = trace.scaledBy(scale);
    float[] rates = interpolate ? scaled.ratesPerSecond() : flat(scaled);
    return new OpenTraffic(rates, rates.length, 1);
  }

  private static float[] flat(ArrivalTrace trace) {
    double[] counts = trace.counts();
    float[] rates = new float[trace.durationSeconds()];
    for (int s = 0; s < rates.length; s++) {
      rates[s] = (float) (counts[s / trace.binSeconds()] / trace.binSeconds());
    }
    return rates;
  }
}
