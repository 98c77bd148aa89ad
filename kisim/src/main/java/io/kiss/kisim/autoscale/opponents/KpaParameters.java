package io.kiss.kisim.autoscale.opponents;

/**
 * A Knative Pod Autoscaler.
 *
 * @param signal {@link Signal#CONCURRENCY} or {@link Signal#RPS}
 * @param target of it per pod, the utilisation already applied
 * @param tickSeconds time between two decisions
 * @param stableSeconds length of the stable window
 * @param panicSeconds length of the panic window
 * @param panicThreshold panic from this share of pods wanted to pods ready on
 * @param maxUpRate pods at most multiply by this in one decision
 * @param maxDownRate and at most divide by this
 * @param downDelaySeconds a scale-down waits until nothing higher was wanted for this long
 */
public record KpaParameters(
    Signal signal,
    double target,
    double tickSeconds,
    double stableSeconds,
    double panicSeconds,
    double panicThreshold,
    double maxUpRate,
    double maxDownRate,
    double downDelaySeconds) {

  /** Knative's defaults: 70 % of 100 concurrent requests. */
  public static final KpaParameters DEFAULT = ofTarget(Signal.CONCURRENCY, 100 * 0.7);

  public KpaParameters {
    if (signal != Signal.CONCURRENCY && signal != Signal.RPS) {
      throw new IllegalArgumentException("metric must be concurrency or rps, not " + signal);
    }
    if (!(target > 0) || Double.isInfinite(target)) {
      throw new IllegalArgumentException("target must be a positive number, not " + target);
    }
    if (!(tickSeconds > 0 && panicSeconds >= tickSeconds && stableSeconds >= panicSeconds)) {
      throw new IllegalArgumentException(
          "windows must be tick <= panic <= stable, not "
              + tickSeconds
              + ", "
              + panicSeconds
              + ", "
              + stableSeconds);
    }
    if (!(panicThreshold > 1 && maxUpRate > 1 && maxDownRate > 1 && downDelaySeconds >= 0)) {
      throw new IllegalArgumentException(
          "panic threshold and rates must be above 1, the delay not negative");
    }
  }

  /** The same with so many times the target. */
  KpaParameters times(double factor) {
    return new KpaParameters(
        signal,
        target * factor,
        tickSeconds,
        stableSeconds,
        panicSeconds,
        panicThreshold,
        maxUpRate,
        maxDownRate,
        downDelaySeconds);
  }

  /** Knative's defaults with another metric and target. */
  public static KpaParameters ofTarget(Signal signal, double target) {
    return new KpaParameters(signal, target, 2, 60, 6, 2, 1000, 2, 0);
  }
}
