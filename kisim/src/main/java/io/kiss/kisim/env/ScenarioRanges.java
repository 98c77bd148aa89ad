package io.kiss.kisim.env;

import io.kiss.kisim.fluid.ShapePool;

/**
 * What training draws Deployments from; every range is log-uniform. A Deployment inside is just
 * another draw: it needs no training of its own.
 *
 * @param shapes how many of the {@link ShapePool}'s services are drawn from; the build has measured
 *     them all for the fluid engine
 * @param startupSeconds mean time from the decision until a new pod is Ready on a warm node
 * @param startupVariation coefficient of variation of that time
 * @param sloFactor SLO over service time, where it is not set by what is kept at a utilisation
 * @param serviceSeconds latency of a lone request
 * @param peakReplicas replicas that the highest rate keeps busy
 * @param imagePullSeconds mean time to pull the image, where a node does not have it
 * @param provisioningSeconds mean time until a node that was asked for is there
 * @param faultsEach where there are faults, how many of a kind an episode of full length brings
 *     each thing that can fail, on average
 * @param violationPrice as in {@link io.kiss.kisim.autoscale.WorkloadSpec}
 */
public record ScenarioRanges(
    int shapes,
    Range startupSeconds,
    Range startupVariation,
    Range sloFactor,
    Range serviceSeconds,
    Range peakReplicas,
    Range imagePullSeconds,
    Range provisioningSeconds,
    Range faultsEach,
    Range violationPrice) {

  /** Most replicas that any drawn Deployment may have. */
  public static final int MOST_REPLICAS = 100;

  /** What the shipped policies are trained on. */
  public static final ScenarioRanges DEFAULT =
      new ScenarioRanges(
          ShapePool.size(),
          new Range(15, 300),
          new Range(0.05, 0.5),
          new Range(2, 50),
          new Range(0.005, 4),
          new Range(2, 40),
          new Range(10, 180),
          new Range(40, 300),
          new Range(0.03, 1),
          new Range(3, 30));

  /** What a request-level run of seconds gets through in milliseconds. */
  public static final ScenarioRanges SMALL =
      new ScenarioRanges(
          ShapePool.size(),
          new Range(0.3, 10),
          new Range(0.02, 0.6),
          new Range(2, 10),
          new Range(0.05, 0.5),
          new Range(1, 6),
          new Range(0.5, 5),
          new Range(0.5, 8),
          new Range(0.2, 3),
          new Range(3, 30));

  /** Steps through the pool, so that the first few shapes are of every kind. */
  private static final int SHAPE_STRIDE = 5;

  public ScenarioRanges {
    if (shapes < 1 || shapes > ShapePool.size()) {
      throw new IllegalArgumentException(
          "shapes must be in 1.." + ShapePool.size() + ", not " + shapes);
    }
    if (2 * peakReplicas.high() > MOST_REPLICAS) {
      throw new IllegalArgumentException(
          "peakReplicas must not exceed " + MOST_REPLICAS / 2 + ", but is " + peakReplicas.high());
    }
    if (sloFactor.low() <= 1) {
      throw new IllegalArgumentException("an SLO must be longer than the service time");
    }
  }

  /** Index in the {@link ShapePool} of the n-th shape that is drawn from. */
  int shape(int n) {
    return n * SHAPE_STRIDE % ShapePool.size();
  }

  /** The same with fewer services. */
  public ScenarioRanges withShapes(int fewer) {
    return new ScenarioRanges(
        fewer,
        startupSeconds,
        startupVariation,
        sloFactor,
        serviceSeconds,
        peakReplicas,
        imagePullSeconds,
        provisioningSeconds,
        faultsEach,
        violationPrice);
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
