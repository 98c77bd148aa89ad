package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.QueueingRule;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.Telemetry;

/**
 * What the queueing formula misses, learnt from the measured 95th percentile: service that slows
 * down under load, above all in batches. It is taken to grow in proportion to the load of a
 * replica, so that enough replicas always bring it down to nothing; each steady minute's figure
 * counts a fifth.
 */
final class LatencyCorrection {
  /** Replicas must have been the same for as long as latencies are measured over. */
  private static final double STEADY_SECONDS = 60;

  /** Loads that say something: beyond them there is little to see, or a backlog. */
  private static final double LEAST_LOAD = 0.2;

  private static final double MOST_LOAD = 0.95;

  private static final double WEIGHT = 0.2;

  /** One overload must not be remembered for longer than some minutes. */
  private static final double MOST_SLOS = 3;

  private final WorkloadSpec workload;
  private final double variability;
  private int replicas;
  private double since;
  private double secondsPerLoad;

  LatencyCorrection(WorkloadSpec workload, double variability) {
    this.workload = workload;
    this.variability = variability;
  }

  /** Compares what is measured with what the formula says of the same replicas and rate. */
  void observe(Telemetry telemetry) {
    double now = telemetry.timeSeconds();
    if (telemetry.readyReplicas() != replicas || telemetry.pendingReplicas() > 0) {
      replicas = telemetry.readyReplicas();
      since = now;
      return;
    }
    double rate = telemetry.arrivalRate();
    double load = rate / (replicas * workload.replicaCapacity());
    double measured = telemetry.p95LatencySeconds();
    boolean tells = load >= LEAST_LOAD && load <= MOST_LOAD && !Double.isNaN(measured);
    if (!tells || now - since < STEADY_SECONDS) {
      return;
    }
    double expected = QueueingRule.latencyQuantile(workload, replicas, rate, variability);
    double missed = Math.max(0, measured - expected) / load;
    double bounded = Math.min(missed, MOST_SLOS * workload.sloSeconds());
    secondsPerLoad += WEIGHT * (bounded - secondsPerLoad);
  }

  /** Latency to add for each unit of a replica's load, seconds. */
  double secondsPerLoad() {
    return secondsPerLoad;
  }
}
