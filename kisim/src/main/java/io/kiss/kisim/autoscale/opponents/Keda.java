package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.Telemetry;

/**
 * KEDA: it creates an HPA on an external metric with an {@code AverageValue}, and itself only
 * decides between none and some (pkg/scaling/executor, pkg/fallback). The HPA asks for the metric
 * at each of its syncs; KEDA polls the trigger at its own interval, goes from none to the minimum
 * when it is active, and to none when it has been inactive for longer than the cool-down.
 */
public final class Keda implements Autoscaler {
  private final KedaParameters parameters;
  private final WorkloadSpec workload;
  private final HpaBehaviour behaviour;
  private final int most;

  private int failed;
  private double nextPoll = Double.NEGATIVE_INFINITY;
  private boolean active;
  private double lastActive = Double.NEGATIVE_INFINITY;

  /** Starts without memory. */
  public Keda(WorkloadSpec workload, KedaParameters parameters) {
    this.workload = workload;
    this.parameters = parameters;
    behaviour = new HpaBehaviour(parameters.hpa().up(), parameters.hpa().down());
    most =
        Math.max(
            workload.minReplicas(), Math.min(workload.maxReplicas(), parameters.maxReplicas()));
  }

  @Override
  public String name() {
    return "keda";
  }

  @Override
  public double tickSeconds() {
    return parameters.hpa().syncSeconds();
  }

  @Override
  public int decide(Telemetry telemetry) {
    double now = telemetry.timeSeconds();
    int current = telemetry.desiredReplicas();
    double value = query(telemetry);
    if (parameters.toZero()) {
      poll(now, value);
      if (current == 0) {
        return active ? workload.minReplicas() : 0;
      }
      boolean cooledDown = now - lastActive > parameters.cooldownSeconds();
      if (!active && cooledDown && !Double.isNaN(value)) {
        return 0;
      }
    }
    return hpa(telemetry, orFallback(value));
  }

  private double query(Telemetry telemetry) {
    double value = parameters.signal().total(telemetry, workload);
    return Double.isNaN(value) && parameters.ignoreNull() ? 0 : value;
  }

  private void poll(double now, double value) {
    if (now < nextPoll) {
      return;
    }
    nextPoll = now + parameters.pollingSeconds();
    active = value > parameters.activation();
    if (active) {
      lastActive = now;
    }
  }

  private double orFallback(double value) {
    if (!Double.isNaN(value)) {
      failed = 0;
      return value;
    }
    failed++;
    boolean fallBack = failed > parameters.failures() && parameters.fallbackReplicas() > 0;
    return fallBack ? parameters.threshold() * parameters.fallbackReplicas() : Double.NaN;
  }

  private int hpa(Telemetry telemetry, double value) {
    double now = telemetry.timeSeconds();
    int current = telemetry.desiredReplicas();
    behaviour.sees(now, current);
    int inside = Math.max(workload.minReplicas(), Math.min(most, current));
    if (inside != current) {
      behaviour.changed(now, current, inside);
      return inside;
    }
    int pods = telemetry.readyReplicas() + telemetry.pendingReplicas();
    int wish =
        HpaFormula.averageValue(value / parameters.threshold(), parameters.hpa().tolerance(), pods);
    return wish == HpaFormula.NO_WISH
        ? current
        : behaviour.apply(now, current, wish, workload.minReplicas(), most);
  }
}
