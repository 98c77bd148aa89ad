package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.QueueingRule;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.Telemetry;
import java.util.ArrayDeque;

/**
 * The strongest classical rule: {@link QueueingRule} at the present rate with a {@link
 * LatencyCorrection} for what it misses, enough to work off the queue that is there now, and a
 * stabilisation window on the way down, since a measured rate scatters. A missing rate leaves the
 * replicas as they are.
 */
public final class Queueing implements Autoscaler {
  private record Wish(double timeSeconds, int replicas) {}

  private final QueueingParameters parameters;
  private final WorkloadSpec workload;
  private final LatencyCorrection correction;
  private final ArrayDeque<Wish> wishes = new ArrayDeque<>();

  /** Starts without memory. */
  public Queueing(WorkloadSpec workload, QueueingParameters parameters) {
    this.workload = workload;
    this.parameters = parameters;
    correction = new LatencyCorrection(workload, parameters.variability());
  }

  @Override
  public String name() {
    return "queueing";
  }

  @Override
  public double tickSeconds() {
    return workload.tickSeconds();
  }

  @Override
  public int decide(Telemetry telemetry) {
    return decide(telemetry, telemetry.arrivalRate());
  }

  /**
   * Decides for a rate expected instead of the present one; the queue is still worked off at the
   * present rate.
   */
  int decide(Telemetry telemetry, double expectedRate) {
    if (Double.isNaN(expectedRate)) {
      return workload.clamp(telemetry.desiredReplicas());
    }
    if (parameters.correct()) {
      correction.observe(telemetry);
    }
    int wish =
        Math.max(
            QueueingRule.replicas(
                workload, expectedRate, parameters.variability(), correction.secondsPerLoad()),
            QueueingRule.replicasToDrain(
                workload,
                telemetry.arrivalRate(),
                telemetry.queuedRequests(),
                parameters.drainSeconds()));
    return stabilised(telemetry.timeSeconds(), telemetry.desiredReplicas(), wish);
  }

  private int stabilised(double now, int current, int wish) {
    wishes.addLast(new Wish(now, wish));
    while (wishes.getFirst().timeSeconds() <= now - parameters.stabilisationSeconds()
        && wishes.size() > 1) {
      wishes.removeFirst();
    }
    int highest = wish;
    for (Wish earlier : wishes) {
      highest = Math.max(highest, earlier.replicas());
    }
    return workload.clamp(wish >= current ? wish : Math.min(current, highest));
  }
}
