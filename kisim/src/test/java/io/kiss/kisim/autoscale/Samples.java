package io.kiss.kisim.autoscale;

import io.kiss.kisim.telemetry.TelemetryBuffer;

/** Telemetry and workloads for tests. */
final class Samples {
  private Samples() {}

  /** 1..40 replicas of 10 requests/s each, service 0.1 s, SLO 0.5 s, start-up 60 s, tick 15 s. */
  static WorkloadSpec workload() {
    return new WorkloadSpec("test", 1, 40, 0.5, 0.1, 10, 60, 10, 15);
  }

  /** All replicas ready, fresh samples, this arrival rate. */
  static TelemetryBuffer telemetry(double time, int desired, double arrivalRate) {
    TelemetryBuffer t = new TelemetryBuffer(64);
    t.timeSeconds = time;
    t.sampleAgeSeconds = 5;
    t.arrivalRate = arrivalRate;
    t.completionRate = arrivalRate;
    t.p50LatencySeconds = 0.1;
    t.p95LatencySeconds = 0.25;
    t.violatingShare = 0.01;
    t.queuedRequests = 0;
    t.gpuUtilisation = 0.5;
    t.desiredReplicas = desired;
    t.readyReplicas = desired;
    return t;
  }
}
