package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.Telemetry;

/** A fixed number of replicas. */
public final class StaticReplicas implements Autoscaler {
  private final WorkloadSpec workload;
  private int replicas;

  /**
   * Holds this many, inside the workload's limits.
   *
   * @param replicas 0: as many as there are at the first tick
   */
  public StaticReplicas(WorkloadSpec workload, int replicas) {
    if (replicas < 0) {
      throw new IllegalArgumentException("replicas must not be negative, and are " + replicas);
    }
    this.workload = workload;
    this.replicas = replicas;
  }

  @Override
  public String name() {
    return "static";
  }

  @Override
  public double tickSeconds() {
    return workload.tickSeconds();
  }

  @Override
  public int decide(Telemetry telemetry) {
    if (replicas == 0) {
      replicas = telemetry.desiredReplicas();
    }
    return workload.clamp(replicas);
  }
}
