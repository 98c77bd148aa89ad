package io.kiss.kisim.autoscale;

/**
 * What an operator states about one Deployment, and what its service profile adds.
 *
 * @param name the Deployment's name
 * @param minReplicas lower limit, at least 1: scaling to zero needs an activation source
 * @param maxReplicas upper limit
 * @param sloSeconds latency a request should not exceed
 * @param serviceTimeSeconds latency of a lone request on an idle pod
 * @param replicaCapacity requests per second one ready pod sustains
 * @param startupSeconds expected time from asking for a pod until it is ready
 * @param violationPrice cost of all requests violating the SLO, in units of the GPUs the offered
 *     load needs: at 10, one percent of violations costs as much as ten percent more GPUs
 * @param tickSeconds time between two decisions
 */
public record WorkloadSpec(
    String name,
    int minReplicas,
    int maxReplicas,
    double sloSeconds,
    double serviceTimeSeconds,
    double replicaCapacity,
    double startupSeconds,
    double violationPrice,
    double tickSeconds) {

  /** Decisions every 15 s, as the Horizontal Pod Autoscaler does by default. */
  public static final double DEFAULT_TICK_SECONDS = 15;

  public WorkloadSpec {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be blank");
    }
    if (minReplicas < 1) {
      throw new IllegalArgumentException(
          name
              + ": minReplicas is "
              + minReplicas
              + ", but scaling to zero needs an activation source; use at least 1");
    }
    if (maxReplicas < minReplicas) {
      throw new IllegalArgumentException(
          name + ": maxReplicas " + maxReplicas + " is below minReplicas " + minReplicas);
    }
    requirePositive(name, "sloSeconds", sloSeconds);
    requirePositive(name, "serviceTimeSeconds", serviceTimeSeconds);
    requirePositive(name, "replicaCapacity", replicaCapacity);
    requirePositive(name, "startupSeconds", startupSeconds);
    requirePositive(name, "violationPrice", violationPrice);
    requirePositive(name, "tickSeconds", tickSeconds);
  }

  private static void requirePositive(String name, String field, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          name + ": " + field + " must be a positive number, not " + value);
    }
  }

  /** The same workload, decided upon at another period. */
  public WorkloadSpec withTickSeconds(double seconds) {
    return new WorkloadSpec(
        name,
        minReplicas,
        maxReplicas,
        sloSeconds,
        serviceTimeSeconds,
        replicaCapacity,
        startupSeconds,
        violationPrice,
        seconds);
  }

  /** Puts {@code replicas} inside the limits. */
  public int clamp(int replicas) {
    return Math.max(minReplicas, Math.min(maxReplicas, replicas));
  }
}
