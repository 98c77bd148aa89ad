package io.kiss.kisim.autoscale.shadow;

import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.Telemetry;
import io.kiss.kisim.telemetry.TelemetryBuffer;

/**
 * What a shadow would have been shown had it acted: what was measured, changed by as much as the
 * sketch says that the shadow's replicas differ from those that ran. A shadow that asks for what
 * runs therefore sees what was measured, to the same bits; where the sketch errs about what runs,
 * the same error is assumed of the shadow. What was not measured stays unknown.
 */
final class ImaginedTelemetry {
  private TelemetryBuffer shown = new TelemetryBuffer(16);

  Telemetry of(Telemetry seen, WorkloadSpec workload, Course shadow, Course running) {
    double now = seen.timeSeconds();
    double startup = workload.startupSeconds();
    int desired = shadow.pods().desired();
    int pods = Math.max(desired, seen.pendingReplicas());
    if (pods > shown.pendingAgesSeconds.length) {
      shown = new TelemetryBuffer(2 * pods);
    }
    double busy = ratio(shadow.busy(), running.busy());
    shown.timeSeconds = now;
    shown.sampleAgeSeconds = seen.sampleAgeSeconds();
    shown.arrivalRate = seen.arrivalRate();
    shown.completionRate = seen.completionRate() * busy;
    shown.p50LatencySeconds =
        latency(
            seen.p50LatencySeconds(), shadow.p50WaitSeconds() - running.p50WaitSeconds(), workload);
    shown.p95LatencySeconds =
        latency(
            seen.p95LatencySeconds(), shadow.p95WaitSeconds() - running.p95WaitSeconds(), workload);
    shown.violatingShare =
        share(seen.violatingShare() + (shadow.violating() - running.violating()));
    shown.queuedRequests =
        Math.max(
            0,
            seen.queuedRequests()
                + (shadow.backlog() - running.backlog()) * workload.replicaCapacity());
    shown.runningRequests = seen.runningRequests() * busy;
    shown.gpuUtilisation =
        share(seen.gpuUtilisation() * ratio(shadow.busyShare(), running.busyShare()));
    shown.desiredReplicas = desired;
    int ready = shadow.pods().ready(now, startup);
    int readyOfRunning = running.pods().ready(now, startup);
    int pendingOfRunning = running.pods().desired() - readyOfRunning;
    boolean same = desired == seen.desiredReplicas() && ready == readyOfRunning;
    shown.readyReplicas =
        same
            ? seen.readyReplicas()
            : within(seen.readyReplicas() + ready - readyOfRunning, desired);
    shown.pendingReplicas =
        same
            ? seen.pendingReplicas()
            : within(seen.pendingReplicas() + desired - ready - pendingOfRunning, desired);
    shown.unschedulableReplicas = Math.min(seen.unschedulableReplicas(), shown.pendingReplicas);
    for (int i = 0; i < shown.pendingReplicas; i++) {
      shown.pendingAgesSeconds[i] =
          same
              ? seen.pendingAgeSeconds(i)
              : shadow.pods().age(desired - shown.pendingReplicas + i, now, startup);
    }
    shown.rolloutInProgress = seen.rolloutInProgress();
    return shown;
  }

  private static double ratio(double shadow, double running) {
    return running > 0 ? shadow / running : 1;
  }

  private static double latency(double seen, double longer, WorkloadSpec workload) {
    return Math.max(Math.min(seen, workload.serviceTimeSeconds()), seen + longer);
  }

  /** Inside 0..1; what is not known stays so. */
  private static double share(double value) {
    return Math.max(0, Math.min(1, value));
  }

  private static int within(int replicas, int desired) {
    return Math.max(0, Math.min(desired, replicas));
  }
}
