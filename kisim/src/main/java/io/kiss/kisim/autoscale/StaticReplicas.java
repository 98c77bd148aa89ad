package io.kiss.kisim.autoscale;

import io.kiss.kisim.telemetry.Telemetry;

/** A fixed number of replicas. */
public final class StaticReplicas implements Autoscaler {
  private final int replicas;
  private final double tickSeconds;

  /** Holds this many, inside the workload's limits. */
  public StaticReplicas(WorkloadSpec workload, int replicas) {
    this.replicas = workload.clamp(replicas);
    tickSeconds = workload.tickSeconds();
  }

  @Override
  public String name() {
    return "static";
  }

  @Override
  public double tickSeconds() {
    return tickSeconds;
  }

  @Override
  public int decide(Telemetry telemetry) {
    return replicas;
  }
}
