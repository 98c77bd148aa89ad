package io.kiss.kisim.serving;

/**
 * What one replica of a service does, as far as scaling cares.
 *
 * @param name of the service
 * @param serviceTimeSeconds latency of a lone request on an idle replica
 * @param replicaCapacity requests per second one replica sustains
 * @param serviceVariability squared coefficient of variation of the service time; 0: constant, 1:
 *     exponential
 * @param gpusPerReplica GPUs a replica holds, from the moment it is asked for
 * @param gpuHourPrice price of one GPU for an hour, in the operator's currency
 */
public record ServiceProfile(
    String name,
    double serviceTimeSeconds,
    double replicaCapacity,
    double serviceVariability,
    double gpusPerReplica,
    double gpuHourPrice) {

  public ServiceProfile {
    requirePositive(name, "serviceTimeSeconds", serviceTimeSeconds);
    requirePositive(name, "replicaCapacity", replicaCapacity);
    requirePositive(name, "gpusPerReplica", gpusPerReplica);
    requireNotNegative(name, "serviceVariability", serviceVariability);
    requireNotNegative(name, "gpuHourPrice", gpuHourPrice);
  }

  private static void requirePositive(String name, String field, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          name + ": " + field + " must be a positive number, not " + value);
    }
  }

  private static void requireNotNegative(String name, String field, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          name + ": " + field + " must not be negative, but is " + value);
    }
  }

  /** Requests one replica serves at the same time, by Little's law at full load; at least 1. */
  public int concurrency() {
    return Math.max(1, (int) Math.round(replicaCapacity * serviceTimeSeconds));
  }
}
