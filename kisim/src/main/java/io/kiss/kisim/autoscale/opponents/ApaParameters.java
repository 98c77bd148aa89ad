package io.kiss.kisim.autoscale.opponents;

/**
 * An AIBrix PodAutoscaler of strategy APA.
 *
 * @param signal of the pods; the project's own examples use {@link Signal#KV}
 * @param target of it per pod
 * @param upTolerance above the target by more than this share before it scales up
 * @param downTolerance below the target by more than this share before it scales down
 * @param maxUpRate replicas at most multiply by this in one decision
 * @param maxDownRate and at most divide by this
 * @param resyncSeconds time between two decisions
 * @param windowSeconds the metric is a mean over this window
 * @param upCooldownSeconds a scale-up takes the highest recommendation of this window
 * @param downCooldownSeconds window of the recommendations a scale-down chooses from
 * @param downPick which of them
 */
public record ApaParameters(
    Signal signal,
    double target,
    double upTolerance,
    double downTolerance,
    double maxUpRate,
    double maxDownRate,
    double resyncSeconds,
    double windowSeconds,
    double upCooldownSeconds,
    double downCooldownSeconds,
    Pick downPick) {

  /** Which recommendation of the cool-down window a scale-down takes. */
  public enum Pick {
    /** The lowest, as the project's source does. */
    LOWEST,
    /** The highest, as its documentation describes: a stabilisation window. */
    HIGHEST
  }

  /** AIBrix's defaults, following the load at 70 %. */
  public static final ApaParameters DEFAULT = ofTarget(Signal.LOAD, 0.7);

  public ApaParameters {
    if (signal == Signal.LATENCY) {
      throw new IllegalArgumentException("latency is no metric of single pods");
    }
    if (!(target > 0) || Double.isInfinite(target)) {
      throw new IllegalArgumentException("target must be a positive number, not " + target);
    }
    if (!(upTolerance >= 0 && downTolerance >= 0 && maxUpRate > 1 && maxDownRate > 1)) {
      throw new IllegalArgumentException(
          "tolerances must not be negative, and rates must be above 1");
    }
    if (!(resyncSeconds > 0
        && windowSeconds >= 0
        && upCooldownSeconds >= 0
        && downCooldownSeconds >= 0)) {
      throw new IllegalArgumentException("resync must be positive, and no window negative");
    }
  }

  /** AIBrix's defaults with another metric and target. */
  public static ApaParameters ofTarget(Signal signal, double target) {
    return new ApaParameters(signal, target, 0.1, 0.1, 2, 2, 10, 180, 0, 300, Pick.LOWEST);
  }
}
