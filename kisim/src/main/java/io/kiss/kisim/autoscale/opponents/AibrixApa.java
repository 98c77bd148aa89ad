package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.Telemetry;
import java.util.ArrayDeque;

/**
 * AIBrix' application-specific Pod Autoscaler (pkg/controller/podautoscaler): outside the tolerance
 * {@code ceil(n · mean / target)}, the mean taken over the stable window, at most twice or half the
 * replicas at a time. {@code n} is {@code spec.replicas}, pending pods included, so that a load
 * which stays high while pods start is answered again each time. Where the metric is missing now,
 * nothing changes.
 *
 * <p>Its panic window only matters to its KPA strategy, which is {@link KnativeKpa}'s.
 */
public final class AibrixApa implements Autoscaler {
  private record Recommendation(double timeSeconds, int replicas) {}

  private final ApaParameters parameters;
  private final WorkloadSpec workload;
  private final SampleWindow window;
  private final ArrayDeque<Recommendation> recommendations = new ArrayDeque<>();

  /** Starts without memory. */
  public AibrixApa(WorkloadSpec workload, ApaParameters parameters) {
    this.workload = workload;
    this.parameters = parameters;
    window = new SampleWindow(parameters.windowSeconds());
  }

  @Override
  public String name() {
    return "apa";
  }

  @Override
  public double tickSeconds() {
    return parameters.resyncSeconds();
  }

  @Override
  public int decide(Telemetry telemetry) {
    int current = telemetry.desiredReplicas();
    int inside = workload.clamp(current);
    if (inside != current) {
      return inside;
    }
    int ready = telemetry.readyReplicas();
    double value = parameters.signal().total(telemetry, workload) / ready;
    if (ready == 0 || Double.isNaN(value)) {
      return current;
    }
    window.record(telemetry.timeSeconds(), value);
    int wish = workload.clamp(wish(current, window.mean() / parameters.target()));
    return workload.clamp(stabilise(telemetry.timeSeconds(), current, wish));
  }

  private int wish(int current, double ratio) {
    int wish = HpaFormula.ceil(current * ratio);
    if (ratio > 1 + parameters.upTolerance() + 1e-9) {
      return Math.min(wish, HpaFormula.ceil(current * parameters.maxUpRate()));
    }
    if (ratio < 1 - parameters.downTolerance() - 1e-9) {
      return Math.max(wish, (int) Math.floor(current / parameters.maxDownRate()));
    }
    return current;
  }

  private int stabilise(double now, int current, int wish) {
    recommendations.addLast(new Recommendation(now, wish));
    double longest = Math.max(parameters.upCooldownSeconds(), parameters.downCooldownSeconds());
    while (recommendations.size() > 1
        && recommendations.getFirst().timeSeconds() <= now - longest) {
      recommendations.removeFirst();
    }
    if (wish == current) {
      return current;
    }
    boolean up = wish > current;
    boolean highest = up || parameters.downPick() == ApaParameters.Pick.HIGHEST;
    double from = now - (up ? parameters.upCooldownSeconds() : parameters.downCooldownSeconds());
    int chosen = wish;
    for (Recommendation earlier : recommendations) {
      if (earlier.timeSeconds() > from) {
        chosen =
            highest ? Math.max(chosen, earlier.replicas()) : Math.min(chosen, earlier.replicas());
      }
    }
    return !up && highest ? Math.min(current, chosen) : chosen;
  }
}
