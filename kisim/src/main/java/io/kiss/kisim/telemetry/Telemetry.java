package io.kiss.kisim.telemetry;

/**
 * What an autoscaler may know of one Deployment at one tick: the answers of Prometheus and of the
 * Kubernetes API, never the simulator's truth.
 *
 * <p>A rate, latency, queue or utilisation whose series is missing is {@code NaN}. Replica counts
 * come from the API server and are always present; a caller that cannot read them has no telemetry
 * to hand on.
 */
public interface Telemetry {

  /** Time of the tick, seconds since the episode's start or since the Unix epoch. */
  double timeSeconds();

  /** Age at the tick of the newest sample behind the rates, seconds; {@code NaN}: no sample. */
  double sampleAgeSeconds();

  /** Requests arriving per second over the rate window, all pods together. */
  double arrivalRate();

  /** Requests completed per second over the rate window, all pods together. */
  double completionRate();

  /** Median latency over the rate window, seconds. */
  double p50LatencySeconds();

  /** 95th percentile of latency over the rate window, seconds. */
  double p95LatencySeconds();

  /** Share of completed requests slower than the SLO over the rate window, 0..1. */
  double violatingShare();

  /** Requests waiting for a server, all pods together. */
  double queuedRequests();

  /** Requests being served, all pods together. */
  double runningRequests();

  /** Share of time a kernel ran on the pods' GPUs (DCGM's meaning), mean over ready pods, 0..1. */
  double gpuUtilisation();

  /** {@code spec.replicas} as read at the tick. */
  int desiredReplicas();

  /** Pods that serve. */
  int readyReplicas();

  /** Pods that were asked for and do not serve yet, unschedulable ones included. */
  int pendingReplicas();

  /** Pending pods the scheduler found no node for. */
  int unschedulableReplicas();

  /**
   * Age of a pending pod, seconds.
   *
   * @param index 0 is the oldest; below {@link #pendingReplicas()}
   */
  double pendingAgeSeconds(int index);

  /** Whether the workload is in the middle of a rollout of another kind than scaling. */
  boolean rolloutInProgress();
}
