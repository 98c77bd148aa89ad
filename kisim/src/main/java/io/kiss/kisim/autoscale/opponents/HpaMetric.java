package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.Telemetry;

/**
 * A metric of an HPA with its target.
 *
 * @param signal what is measured
 * @param target value it should have: per pod, or as a whole for {@link Kind#VALUE}
 * @param kind how the controller counts pods with it
 */
public record HpaMetric(Signal signal, double target, Kind kind) {

  /** The sources of autoscaling/v2. */
  public enum Kind {
    /** Mean over pods; pods that do not serve yet are unready, those not yet scraped missing. */
    PODS,
    /** As {@link #PODS}, but pods that became ready a moment ago are set aside as unready too. */
    RESOURCE,
    /** One figure for all pods with an {@code AverageValue}: readiness plays no part. */
    EXTERNAL,
    /** One figure with a {@code Value}: the ready pods times its ratio to the target. */
    VALUE
  }

  public HpaMetric {
    if (!(target > 0) || Double.isInfinite(target)) {
      throw new IllegalArgumentException("target must be a positive number, not " + target);
    }
    if (signal == Signal.LATENCY && kind != Kind.VALUE) {
      throw new IllegalArgumentException(
          "latency is one value for the whole service, so its kind must be value");
    }
  }

  /** The signal in the kind that people configure it in. */
  public static HpaMetric of(Signal signal, double target) {
    return new HpaMetric(
        signal,
        target,
        switch (signal) {
          case QUEUE -> Kind.EXTERNAL;
          case LATENCY -> Kind.VALUE;
          default -> Kind.PODS;
        });
  }

  /** The replicas this metric asks for, or {@link HpaFormula#NO_WISH}. */
  int wish(
      Telemetry telemetry, WorkloadSpec workload, double tolerance, int notScraped, int justReady) {
    int current = telemetry.desiredReplicas();
    int ready = telemetry.readyReplicas();
    int pending = telemetry.pendingReplicas();
    double total = signal.total(telemetry, workload);
    return switch (kind) {
      case PODS -> {
        int measured = ready - notScraped;
        // A mean over pods that all have samples, whatever the sum was divided by.
        double mean = total / (signal == Signal.GPU ? ready : measured);
        yield HpaFormula.perPod(current, mean / target, tolerance, measured, pending, notScraped);
      }
      case RESOURCE ->
          HpaFormula.perPod(
              current,
              total / ready / target,
              tolerance,
              ready - justReady,
              pending + justReady,
              0);
      case EXTERNAL -> HpaFormula.averageValue(total / target, tolerance, ready + pending);
      case VALUE -> HpaFormula.value(current, total / target, tolerance, ready);
    };
  }
}
