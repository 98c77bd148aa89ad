package io.kiss.kisim.env;

import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.traffic.Demand;

/**
 * A Deployment to scale for a while: what happens to it, and what its autoscaler is told.
 *
 * @param scenario traffic, service and cluster
 * @param workload what the autoscaler knows beforehand
 * @param earlierRates requests per second at the ticks before the first, the newest last: what a
 *     scaler that has been there for a while remembers; not copied
 */
public record Episode(Scenario scenario, WorkloadSpec workload, float[] earlierRates) {
  private static final float[] NOTHING_EARLIER = {};

  /** A block of time and the four that follow it, which are a start-up time together. */
  private static final int BLOCKS_AHEAD = 5;

  /** Of a Deployment that nothing is known of from before. */
  public Episode(Scenario scenario, WorkloadSpec workload) {
    this(scenario, workload, NOTHING_EARLIER);
  }

  /** Tells the autoscaler the truth about service, limits and mean start-up time. */
  public static Episode of(Scenario scenario, double violationPrice, double tickSeconds) {
    ServiceModel service = scenario.service();
    return new Episode(
        scenario,
        new WorkloadSpec(
            scenario.name(),
            1,
            scenario.maxReplicas(),
            scenario.sloSeconds(),
            service.loneLatencySeconds(),
            service.podCapacity(),
            Math.max(1e-3, scenario.meanStartupSeconds()),
            violationPrice,
            tickSeconds));
  }

  /** The same with an earlier load, which is not copied. */
  Episode after(float[] earlier) {
    return new Episode(scenario, workload, earlier);
  }

  /**
   * Replicas, on average, of a scaler that knows the future and is always on the safe side: at any
   * time it holds what the highest rate until a pod asked for now is ready keeps busy, and never
   * less than the minimum. Rewards divided by it weigh episodes alike, however bursty.
   *
   * @param seed of the run
   */
  public double safeReplicas(long seed) {
    Demand demand = scenario.traffic().demand(seed);
    double latency = scenario.service().loneLatencySeconds();
    int block = Math.max(1, (int) (scenario.meanStartupSeconds() / 4));
    int blocks = (scenario.seconds() + block - 1) / block;
    double perRate = 1 / scenario.service().podCapacity();
    // Backwards, so that the blocks ahead are known; those beyond the end count as 0.
    double[] highest = new double[BLOCKS_AHEAD];
    double sum = 0;
    for (int b = blocks - 1; b >= 0; b--) {
      int to = Math.min(scenario.seconds(), (b + 1) * block);
      highest[b % BLOCKS_AHEAD] = demand.highest(b * block, to, latency);
      double ahead = 0;
      for (double each : highest) {
        ahead = Math.max(ahead, each);
      }
      sum += Math.max(workload.minReplicas(), ahead * perRate);
    }
    return sum / blocks;
  }
}
