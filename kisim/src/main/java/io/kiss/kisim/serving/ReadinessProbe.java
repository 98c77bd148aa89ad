package io.kiss.kisim.serving;

/**
 * The kubelet's readiness probe: it asks first {@code initialDelaySeconds} after the container
 * started, then every {@code periodSeconds}; the pod is Ready with the first probe that finds the
 * model loaded.
 *
 * @param initialDelaySeconds before the first probe
 * @param periodSeconds between two probes; 0: Ready the moment the model is loaded
 */
public record ReadinessProbe(double initialDelaySeconds, double periodSeconds) {

  /** Ready the moment the model is loaded. */
  public static final ReadinessProbe IMMEDIATE = new ReadinessProbe(0, 0);

  public ReadinessProbe {
    if (!(initialDelaySeconds >= 0 && initialDelaySeconds < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the probe's initial delay must not be negative, and is " + initialDelaySeconds + " s");
    }
    if (!(periodSeconds >= 0 && periodSeconds < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the probe's period must not be negative, and is " + periodSeconds + " s");
    }
  }

  /**
   * Time from the container's start until the pod is Ready.
   *
   * @param loadedSeconds time from the container's start until it would answer a probe
   */
  public double readyAfter(double loadedSeconds) {
    if (periodSeconds == 0) {
      return Math.max(initialDelaySeconds, loadedSeconds);
    }
    double probes = Math.max(0, Math.ceil((loadedSeconds - initialDelaySeconds) / periodSeconds));
    return initialDelaySeconds + probes * periodSeconds;
  }

  /** Mean of {@link #readyAfter} over containers that load in this time, give or take a period. */
  double meanReadyAfter(double loadedSeconds) {
    return Math.max(initialDelaySeconds, loadedSeconds + periodSeconds / 2);
  }
}
