package io.kiss.kisim.evaluate;

/**
 * How often an autoscaler does at least so well: share of runs with a score of at most τ, each
 * trace counting alike.
 *
 * @param autoscaler whose it is
 * @param thresholds τ, ascending
 * @param shares one a threshold, 0..1, with its interval
 */
public record PerformanceProfile(String autoscaler, double[] thresholds, Interval[] shares) {
  public PerformanceProfile {
    thresholds = thresholds.clone();
    shares = shares.clone();
  }

  @Override
  public double[] thresholds() {
    return thresholds.clone();
  }

  @Override
  public Interval[] shares() {
    return shares.clone();
  }
}
