package io.kiss.kisim.autoscale.budget;

import io.kiss.kisim.autoscale.WorkloadSpec;

/**
 * What one Deployment asks of a budget.
 *
 * @param workload its limits, SLO and price; its name tells it from the others
 * @param priority those of higher priority are served first
 * @param gpusPerReplica GPUs one replica takes; 0: none, so that no budget limits it
 * @param current {@code spec.replicas}; pods that wait for a node are among them
 * @param wished replicas asked for, after the guardrails
 * @param lowest fewest replicas that the guardrails allow now
 * @param arrivalRate requests per second, those to be worked off included; {@code NaN}: not known,
 *     so nothing is taken from it
 */
public record Wish(
    WorkloadSpec workload,
    int priority,
    int gpusPerReplica,
    int current,
    int wished,
    int lowest,
    double arrivalRate) {

  public Wish {
    if (gpusPerReplica < 0 || current < 0 || wished < 0 || lowest < 0) {
      throw new IllegalArgumentException(
          "%s: GPUs and replicas must not be negative: %d GPUs each, %d replicas, %d wished, %d at"
                  .formatted(workload.name(), gpusPerReplica, current, wished, lowest)
              + " least");
    }
  }

  /** The Deployment it is of. */
  public String name() {
    return workload.name();
  }

  /** Fewest replicas it may be given in the long run. */
  int least() {
    return Math.min(wished, Double.isNaN(arrivalRate) ? current : workload.minReplicas());
  }
}
