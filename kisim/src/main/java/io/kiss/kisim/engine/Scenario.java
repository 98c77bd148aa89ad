package io.kiss.kisim.engine;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.traffic.Demand;
import io.kiss.kisim.traffic.Traffic;

/**
 * All that decides how a simulated Deployment fares, but for the decisions and the seed.
 *
 * @param name for tables
 * @param service what the pods are
 * @param routing how the Service picks one
 * @param traffic where the requests come from
 * @param seconds length of the scenario
 * @param cluster what the pods run on
 * @param sloSeconds latency a request should not exceed
 * @param initialReplicas ready at the start
 * @param maxReplicas most replicas that may be asked for
 * @param telemetry how it is watched
 */
public record Scenario(
    String name,
    ServiceModel service,
    Routing routing,
    Traffic traffic,
    int seconds,
    ClusterSpec cluster,
    double sloSeconds,
    int initialReplicas,
    int maxReplicas,
    TelemetrySettings telemetry) {

  public Scenario {
    require(seconds >= 1, name, "seconds must be at least 1");
    require(sloSeconds > 0, name, "sloSeconds must be positive");
    require(
        initialReplicas >= 1 && initialReplicas <= maxReplicas,
        name,
        "initialReplicas must be in 1..maxReplicas");
  }

  private static void require(boolean holds, String name, String what) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + what);
    }
  }

  /** Mean time from a change of {@code spec.replicas} until a new pod is Ready on a warm node. */
  public double meanStartupSeconds() {
    return cluster.api().meanSeconds()
        + cluster.scheduling().meanSeconds()
        + service.startUp().meanSeconds();
  }

  /**
   * Replicas that the demand of a run keeps busy, on average over the scenario.
   *
   * @param seed of the run
   */
  public double meanNeededReplicas(long seed) {
    Demand demand = traffic.demand(seed);
    double requests = demand.sum(seconds, service.loneLatencySeconds());
    return requests / (service.podCapacity() * seconds);
  }
}
