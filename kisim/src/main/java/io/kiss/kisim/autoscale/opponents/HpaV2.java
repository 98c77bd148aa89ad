package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.Telemetry;

/**
 * Kubernetes' Horizontal Pod Autoscaler (autoscaling/v2), as its controller works
 * (pkg/controller/podautoscaler): every metric asks for {@code ceil(n · current / target)}, the
 * largest wish wins, and {@link HpaBehaviour} says how much of it happens now. A missing metric
 * asks for nothing and forbids scaling down; with all of them missing nothing changes.
 *
 * <p>Telemetry has sums and means, no figures by pod. So a pod is unready while it does not serve,
 * and missing from a metric of kind pods as long as it became ready after the newest sample was
 * taken; that is known to the nearest sync period.
 */
public final class HpaV2 implements Autoscaler {
  private final HpaParameters parameters;
  private final WorkloadSpec workload;
  private final HpaBehaviour behaviour;
  private final ReadinessLog readiness = new ReadinessLog();

  /** Starts without memory. */
  public HpaV2(WorkloadSpec workload, HpaParameters parameters) {
    this.workload = workload;
    this.parameters = parameters;
    behaviour = new HpaBehaviour(parameters.up(), parameters.down());
  }

  @Override
  public String name() {
    return "hpa";
  }

  @Override
  public double tickSeconds() {
    return parameters.syncSeconds();
  }

  @Override
  public int decide(Telemetry telemetry) {
    double now = telemetry.timeSeconds();
    int current = telemetry.desiredReplicas();
    readiness.tick(now, telemetry.readyReplicas());
    behaviour.sees(now, current);
    int inside = workload.clamp(current);
    if (inside != current) {
      behaviour.changed(now, current, inside);
      return inside;
    }
    int wish = wish(telemetry);
    return wish == HpaFormula.NO_WISH
        ? current
        : behaviour.apply(now, current, wish, workload.minReplicas(), workload.maxReplicas());
  }

  private int wish(Telemetry telemetry) {
    double now = telemetry.timeSeconds();
    double age = telemetry.sampleAgeSeconds();
    int notScraped = Double.isNaN(age) ? 0 : readiness.readySince(now - age);
    int justReady = readiness.readySince(now - parameters.readinessSeconds());
    int largest = HpaFormula.NO_WISH;
    boolean someMissing = false;
    for (HpaMetric metric : parameters.metrics()) {
      int wish = metric.wish(telemetry, workload, parameters.tolerance(), notScraped, justReady);
      someMissing |= wish == HpaFormula.NO_WISH;
      largest = Math.max(largest, wish);
    }
    return someMissing && largest < telemetry.desiredReplicas() ? HpaFormula.NO_WISH : largest;
  }
}
