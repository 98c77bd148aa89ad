package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.Telemetry;

/**
 * An autoscaler at ticks that are not its own: one whose period is longer lets ticks pass, one
 * whose period is shorter decides less often than it would.
 */
public final class PacedAutoscaler {
  private final Autoscaler autoscaler;
  private final double toleranceSeconds;

  private double decidedAtSeconds = Double.NEGATIVE_INFINITY;
  private int wish;
  private boolean due;

  /**
   * Makes it without memory.
   *
   * @param workload whose ticks they are
   * @throws IllegalArgumentException if its parameters do not fit the workload
   */
  public PacedAutoscaler(AutoscalerChoice choice, WorkloadSpec workload) {
    autoscaler = choice.create(workload);
    // Ticks come when they come: half of one early is on time.
    toleranceSeconds = workload.tickSeconds() / 2;
  }

  /** Its newest wish, made at this tick where it is due; before the workload's limits. */
  public int decide(Telemetry telemetry) {
    double now = telemetry.timeSeconds();
    due =
        now - decidedAtSeconds >= autoscaler.tickSeconds() - toleranceSeconds
            || now < decidedAtSeconds;
    if (due) {
      wish = autoscaler.decide(telemetry);
      decidedAtSeconds = now;
    }
    return wish;
  }

  /** Whether the newest wish was made at the newest tick. */
  public boolean wasDue() {
    return due;
  }

  /** Its own period. */
  public double tickSeconds() {
    return autoscaler.tickSeconds();
  }
}
