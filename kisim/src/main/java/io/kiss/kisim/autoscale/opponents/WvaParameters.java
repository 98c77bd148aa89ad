package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.opponents.ScalingRules.Policy;
import io.kiss.kisim.autoscale.opponents.ScalingRules.Select;
import java.util.List;

/**
 * llm-d's workload variant autoscaler with its saturation analyser.
 *
 * @param kvThreshold a replica is saturated from this share of its KV cache on
 * @param queueThreshold or from so many waiting requests on
 * @param kvSpare scale up when the mean spare share is below this
 * @param queueSpare or the mean spare queue is below this
 * @param intervalSeconds time between two analyses
 * @param peakSeconds each replica's figures are the highest of this window
 * @param hpa of the HPA that carries out {@code wva_desired_replicas}; its metrics are not read
 */
public record WvaParameters(
    double kvThreshold,
    double queueThreshold,
    double kvSpare,
    double queueSpare,
    double intervalSeconds,
    double peakSeconds,
    HpaParameters hpa) {

  private static final ScalingRules TEN_PODS =
      new ScalingRules(240, Select.MAX, List.of(Policy.pods(10, 150)));

  /** The project's defaults, its chart's HPA included. */
  public static final WvaParameters DEFAULT =
      new WvaParameters(
          0.8, 5, 0.1, 3, 60, 60, HpaParameters.DEFAULT.withRules(TEN_PODS, TEN_PODS));

  public WvaParameters {
    if (!(kvThreshold > 0 && kvThreshold <= 1 && kvSpare >= 0 && kvSpare <= kvThreshold)) {
      throw new IllegalArgumentException(
          "KV figures must be 0 <= spare <= threshold <= 1, not "
              + kvSpare
              + " and "
              + kvThreshold);
    }
    if (!(queueThreshold > 0 && queueSpare >= 0 && queueSpare <= queueThreshold)) {
      throw new IllegalArgumentException(
          "queue figures must be 0 <= spare <= threshold, not "
              + queueSpare
              + " and "
              + queueThreshold);
    }
    if (!(intervalSeconds > 0 && peakSeconds >= 0)) {
      throw new IllegalArgumentException("interval must be positive, and peak not negative");
    }
  }
}
