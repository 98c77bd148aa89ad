package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.Telemetry;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/** Telemetry by hand, and what an autoscaler makes of a series of it. */
final class Tick {
  private Tick() {}

  /** 1..40 replicas of 10 requests/s each, service 0.1 s, SLO 0.5 s, start-up 60 s, tick 15 s. */
  static WorkloadSpec workload() {
    return new WorkloadSpec("test", 1, 40, 0.5, 0.1, 10, 60, 10, 15);
  }

  /** The same without a limit that matters. */
  static WorkloadSpec wide() {
    return new WorkloadSpec("test", 1, 500, 0.5, 0.1, 10, 60, 10, 15);
  }

  /** All replicas ready, samples of 5 s ago, nothing to do. */
  static TelemetryBuffer at(double time, int replicas) {
    TelemetryBuffer t = new TelemetryBuffer(512);
    t.timeSeconds = time;
    t.sampleAgeSeconds = 5;
    t.p50LatencySeconds = 0.1;
    t.p95LatencySeconds = 0.25;
    t.desiredReplicas = replicas;
    t.readyReplicas = replicas;
    return t;
  }

  static TelemetryBuffer rate(double time, int replicas, double arrivalRate) {
    TelemetryBuffer t = at(time, replicas);
    t.arrivalRate = arrivalRate;
    t.completionRate = arrivalRate;
    return t;
  }

  /** So many requests served or waiting. */
  static TelemetryBuffer present(double time, int replicas, double requests) {
    TelemetryBuffer t = at(time, replicas);
    t.runningRequests = Math.min(requests, replicas);
    t.queuedRequests = requests - t.runningRequests;
    return t;
  }

  /** Some of the replicas do not serve yet. */
  static TelemetryBuffer pending(TelemetryBuffer t, int pending) {
    t.readyReplicas -= pending;
    t.pendingReplicas = pending;
    return t;
  }

  /** Nothing can be measured. */
  static TelemetryBuffer blind(double time, int replicas) {
    TelemetryBuffer t = at(time, replicas);
    t.sampleAgeSeconds = Double.NaN;
    t.arrivalRate = Double.NaN;
    t.completionRate = Double.NaN;
    t.p50LatencySeconds = Double.NaN;
    t.p95LatencySeconds = Double.NaN;
    t.violatingShare = Double.NaN;
    t.queuedRequests = Double.NaN;
    t.runningRequests = Double.NaN;
    t.gpuUtilisation = Double.NaN;
    return t;
  }

  /** Decisions at each tick from {@code from} to {@code to}, both included, each carried out. */
  static List<Integer> run(
      Autoscaler scaler, double from, double to, int replicas, DoubleFunction<TelemetryBuffer> at) {
    List<Integer> decisions = new ArrayList<>();
    int current = replicas;
    for (double time = from; time <= to + 1e-9; time += scaler.tickSeconds()) {
      TelemetryBuffer telemetry = at.apply(time);
      telemetry.timeSeconds = time;
      telemetry.desiredReplicas = current;
      telemetry.readyReplicas = current - telemetry.pendingReplicas;
      current = scaler.decide((Telemetry) telemetry);
      decisions.add(current);
    }
    return decisions;
  }
}
