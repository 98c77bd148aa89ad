package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.Telemetry;

/**
 * Ray Serve's default policy (serve/autoscaling_policy.py): {@code n · ongoing / (target · n)}
 * replicas, ongoing requests being those served or waiting, once that has been wanted in one
 * direction at every look for longer than the delay of that direction; the newest wish then counts.
 *
 * <p>Figures nobody reported are no requests to Ray: a look-back without any reads as 0, and after
 * the delay the deployment shrinks to its minimum.
 */
public final class RayServe implements Autoscaler {
  private final RayParameters parameters;
  private final WorkloadSpec workload;
  private final SampleWindow ongoing;
  private int looks;

  /** Starts without memory. */
  public RayServe(WorkloadSpec workload, RayParameters parameters) {
    this.workload = workload;
    this.parameters = parameters;
    ongoing = new SampleWindow(parameters.lookBackSeconds());
  }

  @Override
  public String name() {
    return "ray";
  }

  @Override
  public double tickSeconds() {
    return parameters.tickSeconds();
  }

  @Override
  public int decide(Telemetry telemetry) {
    ongoing.record(telemetry.timeSeconds(), Signal.CONCURRENCY.total(telemetry, workload));
    int target = telemetry.desiredReplicas();
    int running = telemetry.readyReplicas();
    if (running == 0) {
      return target;
    }
    double requests = ongoing.mean();
    double desired = (Double.isNaN(requests) ? 0 : requests) / parameters.target();
    return delayed(target, workload.clamp(smoothed(running, desired)));
  }

  private int smoothed(int running, double desired) {
    double factor = desired > running ? parameters.upFactor() : parameters.downFactor();
    int replicas = HpaFormula.ceil(running + factor * (desired - running));
    boolean stuck = HpaFormula.ceil(desired) < running && replicas == running;
    return stuck ? replicas - 1 : replicas;
  }

  /** Counts looks that want the same direction, up above 0 and down below. */
  private int delayed(int target, int wanted) {
    int direction = Integer.signum(wanted - target);
    looks = direction == Integer.signum(looks) ? looks + direction : direction;
    double delay = direction > 0 ? parameters.upDelaySeconds() : parameters.downDelaySeconds();
    boolean longEnough = Math.abs(looks) > (int) (delay / parameters.tickSeconds() + 1e-9);
    if (direction != 0 && longEnough) {
      looks = 0;
      return wanted;
    }
    return target;
  }
}
