package io.kiss.kisim.engine;

import io.kiss.kisim.serving.ServiceProfile;

/**
 * All that decides how a simulated Deployment fares, but for the decisions and the seed.
 *
 * @param name for tables
 * @param profile what a replica does
 * @param rates requests per second in each second; kept, not copied, since training draws into the
 *     same array again and again
 * @param seconds length of the scenario; the rates beyond do not count
 * @param startupMeanSeconds mean time from asking for a pod until it is ready
 * @param startupVariation coefficient of variation of that time, which is lognormal
 * @param sloSeconds latency a request should not exceed
 * @param timeoutSeconds a request that has waited this long leaves, lost; infinity: never
 * @param initialReplicas ready at the start
 * @param maxReplicas most replicas that may be asked for
 * @param telemetry how it is watched
 */
public record Scenario(
    String name,
    ServiceProfile profile,
    float[] rates,
    int seconds,
    double startupMeanSeconds,
    double startupVariation,
    double sloSeconds,
    double timeoutSeconds,
    int initialReplicas,
    int maxReplicas,
    TelemetrySettings telemetry) {

  public Scenario {
    require(seconds >= 1 && seconds <= rates.length, name, "seconds must be in 1..rates.length");
    require(startupMeanSeconds > 0, name, "startupMeanSeconds must be positive");
    require(startupVariation >= 0, name, "startupVariation must not be negative");
    require(sloSeconds > 0, name, "sloSeconds must be positive");
    require(timeoutSeconds > 0, name, "timeoutSeconds must be positive");
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

  /** Replicas that the offered load keeps busy, on average over the scenario. */
  public double meanNeededReplicas() {
    double requests = 0;
    for (int t = 0; t < seconds; t++) {
      requests += rates[t];
    }
    return requests / (profile.replicaCapacity() * seconds);
  }
}
