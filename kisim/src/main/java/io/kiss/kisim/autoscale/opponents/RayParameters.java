package io.kiss.kisim.autoscale.opponents;

/**
 * A Ray Serve deployment's {@code autoscaling_config}.
 *
 * @param target ongoing requests a replica should have
 * @param upDelaySeconds more replicas must have been wanted for longer than this
 * @param downDelaySeconds fewer replicas must have been wanted for longer than this
 * @param lookBackSeconds ongoing requests are a mean over this window
 * @param upFactor share of the way up that is gone at once
 * @param downFactor share of the way down
 * @param tickSeconds time between two decisions
 */
public record RayParameters(
    double target,
    double upDelaySeconds,
    double downDelaySeconds,
    double lookBackSeconds,
    double upFactor,
    double downFactor,
    double tickSeconds) {

  /** Ray's defaults, looking once a second instead of ten times. */
  public static final RayParameters DEFAULT = new RayParameters(2, 30, 600, 30, 1, 1, 1);

  /** The same with so many times the target. */
  RayParameters times(double factor) {
    return new RayParameters(
        target * factor,
        upDelaySeconds,
        downDelaySeconds,
        lookBackSeconds,
        upFactor,
        downFactor,
        tickSeconds);
  }

  public RayParameters {
    if (!(target > 0) || Double.isInfinite(target)) {
      throw new IllegalArgumentException("target must be a positive number, not " + target);
    }
    if (!(upDelaySeconds >= 0 && downDelaySeconds >= 0 && lookBackSeconds >= 0)) {
      throw new IllegalArgumentException("delays and the look-back must not be negative");
    }
    if (!(upFactor > 0 && downFactor > 0 && tickSeconds > 0)) {
      throw new IllegalArgumentException("factors and the tick must be positive");
    }
  }
}
