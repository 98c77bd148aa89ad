package io.kiss.kisim.env;

/**
 * What training draws Deployments from; every range is log-uniform. A Deployment inside is just
 * another draw: it needs no training of its own.
 *
 * @param startupSeconds mean start-up time of a pod
 * @param startupVariation coefficient of variation of that time
 * @param sloFactor SLO over service time
 * @param serviceSeconds latency of a lone request
 * @param concurrency requests a replica serves at once, rounded
 * @param peakReplicas replicas that the highest rate keeps busy
 * @param violationPrice as in {@link io.kiss.kisim.autoscale.WorkloadSpec}
 */
public record ScenarioRanges(
    Range startupSeconds,
    Range startupVariation,
    Range sloFactor,
    Range serviceSeconds,
    Range concurrency,
    Range peakReplicas,
    Range violationPrice) {

  /** Most replicas that any drawn Deployment may have. */
  public static final int MOST_REPLICAS = 100;

  /** What the shipped policies are trained on. */
  public static final ScenarioRanges DEFAULT =
      new ScenarioRanges(
          new Range(15, 300),
          new Range(0.02, 0.3),
          new Range(2, 10),
          new Range(0.05, 4),
          new Range(1, 16),
          new Range(2, 40),
          new Range(3, 30));

  public ScenarioRanges {
    if (2 * peakReplicas.high() > MOST_REPLICAS) {
      throw new IllegalArgumentException(
          "peakReplicas must not exceed " + MOST_REPLICAS / 2 + ", but is " + peakReplicas.high());
    }
    if (sloFactor.low() <= 1) {
      throw new IllegalArgumentException("an SLO must be longer than the service time");
    }
  }

  /**
   * A range above zero.
   *
   * @param low its lower end
   * @param high its upper end
   */
  public record Range(double low, double high) {
    public Range {
      if (!(low > 0 && high >= low) || Double.isInfinite(high)) {
        throw new IllegalArgumentException("no range above zero: " + low + ".." + high);
      }
    }

    double draw(org.apache.commons.rng.UniformRandomProvider random) {
      return low * Math.exp(random.nextDouble() * Math.log(high / low));
    }
  }
}
