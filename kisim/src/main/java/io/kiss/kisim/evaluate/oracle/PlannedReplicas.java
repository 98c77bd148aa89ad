package io.kiss.kisim.evaluate.oracle;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.telemetry.Telemetry;

/** Asks for what a plan says at each of its ticks; of telemetry it looks at the clock only. */
public final class PlannedReplicas implements Autoscaler {
  private final OraclePlan plan;

  /** Follows {@code plan}, in the episode and with the seed that it was made for. */
  public PlannedReplicas(OraclePlan plan) {
    if (plan.desired().length == 0) {
      throw new IllegalArgumentException("a plan without any tick cannot be followed");
    }
    this.plan = plan;
  }

  @Override
  public String name() {
    return "oracle";
  }

  @Override
  public double tickSeconds() {
    return plan.tickSeconds();
  }

  /** The plan's; after its end, its last. */
  @Override
  public int decide(Telemetry telemetry) {
    int tick = (int) Math.max(0, Math.round(telemetry.timeSeconds()) / plan.tickSeconds());
    return plan.desired()[Math.min(tick, plan.desired().length - 1)];
  }
}
