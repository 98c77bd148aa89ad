package io.kiss.kisim.autoscale.opponents;

import java.util.List;

/**
 * What an operator sets on a Horizontal Pod Autoscaler, and what its controller is started with.
 *
 * @param metrics that have targets; the largest wish wins
 * @param tolerance relative deviation from a target that changes nothing
 * @param syncSeconds time between two decisions
 * @param readinessSeconds how long a pod must have been ready to count with a resource metric
 * @param up how fast it may grow
 * @param down how fast it may shrink
 */
public record HpaParameters(
    List<HpaMetric> metrics,
    double tolerance,
    double syncSeconds,
    double readinessSeconds,
    ScalingRules up,
    ScalingRules down) {

  /** Kubernetes' defaults, following the load at a target of 70 %. */
  public static final HpaParameters DEFAULT = ofTarget(0.7);

  public HpaParameters {
    if (metrics.isEmpty()) {
      throw new IllegalArgumentException("an HPA needs a metric");
    }
    if (!(syncSeconds > 0)) {
      throw new IllegalArgumentException("sync must be positive, not " + syncSeconds);
    }
    if (!(tolerance >= 0)) {
      throw new IllegalArgumentException("tolerance must not be negative, and is " + tolerance);
    }
    if (!(readinessSeconds >= 0)) {
      throw new IllegalArgumentException(
          "readiness delay must not be negative, and is " + readinessSeconds);
    }
    metrics = List.copyOf(metrics);
  }

  /** Kubernetes' defaults, following the load at another target. */
  public static HpaParameters ofTarget(double target) {
    return of(HpaMetric.of(Signal.LOAD, target));
  }

  /** Kubernetes' defaults, following these metrics. */
  public static HpaParameters of(HpaMetric... metrics) {
    return new HpaParameters(List.of(metrics), 0.1, 15, 30, ScalingRules.UP, ScalingRules.DOWN);
  }

  /** The same with other behaviour. */
  public HpaParameters withRules(ScalingRules scaleUp, ScalingRules scaleDown) {
    return new HpaParameters(metrics, tolerance, syncSeconds, readinessSeconds, scaleUp, scaleDown);
  }
}
