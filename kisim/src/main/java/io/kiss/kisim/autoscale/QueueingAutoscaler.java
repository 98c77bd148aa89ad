package io.kiss.kisim.autoscale;

import io.kiss.kisim.telemetry.Telemetry;

/** The {@link QueueingRule} behind the guardrails: what decides live where no policy may. */
public final class QueueingAutoscaler implements Autoscaler {
  private final ScalerCore core;
  private final float[] observation = new float[ScalerCore.OBSERVATION_SIZE];

  /** Starts without memory. */
  public QueueingAutoscaler(WorkloadSpec workload, GuardSettings guards) {
    core = new ScalerCore(workload, guards);
  }

  @Override
  public String name() {
    return "queueing";
  }

  @Override
  public double tickSeconds() {
    return core.workload().tickSeconds();
  }

  @Override
  public int decide(Telemetry telemetry) {
    DecisionSource source = core.observe(telemetry, observation, 0);
    return core.act(
        source == DecisionSource.HOLD ? DecisionSource.HOLD : DecisionSource.QUEUEING_RULE, -1);
  }
}
