package io.kiss.kisim.autoscale;

/**
 * What an operator sets on a Horizontal Pod Autoscaler, and what its controller is started with.
 *
 * @param metric that the target is for
 * @param target value the metric should have per replica, such as 0.7
 * @param tolerance relative deviation from the target that changes nothing
 * @param syncSeconds time between two decisions; also the period of the step policies
 * @param stabilisationSeconds a scale-down goes no lower than the highest wish of this window
 * @param upPercent replicas may grow by this share of themselves each sync
 * @param upPods or by this many, whichever is more
 * @param downPercent replicas may shrink by this share of themselves each sync
 */
public record HpaParameters(
    Metric metric,
    double target,
    double tolerance,
    double syncSeconds,
    double stabilisationSeconds,
    double upPercent,
    int upPods,
    double downPercent) {

  /** The metric an HPA follows. */
  public enum Metric {
    /** Arrival rate over what ready replicas sustain. */
    LOAD,
    /** GPU utilisation as DCGM reports it: a single stream can show 100 %. */
    GPU_UTILISATION
  }

  /** Kubernetes' defaults, following the load at a target of 70 %. */
  public static final HpaParameters DEFAULT = ofTarget(0.7);

  public HpaParameters {
    if (!(target > 0) || !(syncSeconds > 0)) {
      throw new IllegalArgumentException("an HPA's target and sync period must be positive");
    }
    if (!(tolerance >= 0 && stabilisationSeconds >= 0 && upPercent >= 0 && upPods >= 0)
        || !(downPercent > 0 && downPercent <= 100)) {
      throw new IllegalArgumentException("an HPA's tolerance, windows or policies are impossible");
    }
  }

  /** Kubernetes' defaults, following the load at another target. */
  public static HpaParameters ofTarget(double target) {
    return new HpaParameters(Metric.LOAD, target, 0.1, 15, 300, 100, 4, 100);
  }
}
