package io.kiss.kisim.autoscale;

import io.kiss.kisim.autoscale.HpaParameters.Metric;
import io.kiss.kisim.telemetry.Telemetry;
import java.util.ArrayDeque;

/**
 * Kubernetes' Horizontal Pod Autoscaler (autoscaling/v2) on one metric, as its controller works
 * (pkg/controller/podautoscaler): {@code ceil(n · current / target)} on n ready pods, nothing
 * inside the tolerance, pending pods as 0 % on the way up, then stabilisation and step policies.
 */
public final class HpaV2 implements Autoscaler {
  private record Wish(double timeSeconds, int replicas) {}

  private final HpaParameters parameters;
  private final WorkloadSpec workload;
  private final ArrayDeque<Wish> wishes = new ArrayDeque<>();

  /** Starts without memory. */
  public HpaV2(WorkloadSpec workload, HpaParameters parameters) {
    this.workload = workload;
    this.parameters = parameters;
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
    int current = telemetry.desiredReplicas();
    double value = value(telemetry);
    if (Double.isNaN(value)) {
      return current;
    }
    int wish = workload.clamp(wish(telemetry, value / parameters.target()));
    int stabilised = stabilise(telemetry.timeSeconds(), current, wish);
    return workload.clamp(limitStep(current, stabilised));
  }

  /** The metric, mean over ready pods; {@code NaN} where it cannot be known. */
  private double value(Telemetry telemetry) {
    int ready = telemetry.readyReplicas();
    if (ready == 0) {
      return Double.NaN;
    }
    return parameters.metric() == Metric.GPU_UTILISATION
        ? telemetry.gpuUtilisation()
        : telemetry.arrivalRate() / (ready * workload.replicaCapacity());
  }

  private int wish(Telemetry telemetry, double ratio) {
    int current = telemetry.desiredReplicas();
    int ready = telemetry.readyReplicas();
    if (Math.abs(ratio - 1) <= parameters.tolerance()) {
      return current;
    }
    if (ratio < 1) {
      return Math.min(current, ceil(ratio * ready));
    }
    int pods = ready + telemetry.pendingReplicas();
    double withPending = ratio * ready / pods;
    if (withPending <= 1 + parameters.tolerance()) {
      return current;
    }
    return Math.max(current, ceil(withPending * pods));
  }

  /** Rounds up; what a product of floating-point numbers has too much does not count as a pod. */
  private static int ceil(double replicas) {
    return (int) Math.ceil(Math.min(replicas, Integer.MAX_VALUE) - 1e-9);
  }

  private int stabilise(double now, int current, int wish) {
    wishes.addLast(new Wish(now, wish));
    while (wishes.getFirst().timeSeconds() < now - parameters.stabilisationSeconds()) {
      wishes.removeFirst();
    }
    if (wish >= current) {
      return wish;
    }
    int highest = wish;
    for (Wish earlier : wishes) {
      highest = Math.max(highest, earlier.replicas());
    }
    return Math.min(current, highest);
  }

  private int limitStep(int current, int wanted) {
    if (wanted > current) {
      int byPercent = (int) Math.ceil(current * (1 + parameters.upPercent() / 100));
      return Math.min(wanted, Math.max(byPercent, current + parameters.upPods()));
    }
    int least = (int) Math.floor(current * (1 - parameters.downPercent() / 100));
    return Math.max(wanted, least);
  }
}
