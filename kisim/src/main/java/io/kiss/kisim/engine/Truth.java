package io.kiss.kisim.engine;

import io.kiss.kisim.cluster.FaultKind;

/**
 * Running totals of what truly happened since a scenario's start, whatever telemetry shows of it.
 * Of every request that arrived exactly one holds: served, rejected, timed out, lost, or present.
 */
public interface Truth {
  /** Requests that reached the Service. */
  double requests();

  /** Requests answered. */
  double served();

  /** Requests answered after the SLO, and those that were not answered. */
  double violating();

  /** Requests refused at once: no ready pod, or a full queue. */
  double rejected();

  /** Requests that left a queue unanswered. */
  double timedOut();

  /** Requests that a pod held when it was killed. */
  double lost();

  /** Requests that are in the system now. */
  double present();

  /** Time all answered requests together waited for a server, seconds. */
  double waitingSeconds();

  /** GPU-seconds (CPU pods: pod-seconds) held by pods, from being bound to a node until gone. */
  double gpuSeconds();

  /** Part of those in which work ran. */
  double busyGpuSeconds();

  /** GPU-seconds of all nodes, from being asked for until given back, used or not. */
  double nodeGpuSeconds();

  /** GPU-seconds that the offered load would keep busy at full capacity. */
  double neededGpuSeconds();

  /** Price of {@link #gpuSeconds}, in the currency of the service's device. */
  double cost();

  /** Energy of {@link #gpuSeconds}, joules. */
  double joules();

  /** Changes of {@code spec.replicas}. */
  int scalingActions();

  /** Changes of {@code spec.replicas} against the direction of one less than ten minutes before. */
  int flaps();

  /** Faults of a kind that struck a pod or a node. */
  int faults(FaultKind kind);

  /** Requests that left the system, whatever way. */
  default double departed() {
    return served() + rejected() + timedOut() + lost();
  }

  /** Share of {@link #departed} requests that kept the SLO; {@code NaN} where there is none. */
  default double sloAttainment() {
    return Math.max(0, 1 - violating() / departed());
  }

  /**
   * Latency that this share of the answered requests does not exceed, seconds.
   *
   * @param share in (0, 1)
   * @return {@code NaN} where none was answered
   */
  double latencyQuantile(double share);

  /** The same of the requests answered since {@link #startWindow} was called last. */
  double windowLatencyQuantile(double share);

  /** A latency quantile that equals this may be any longer; infinite: none is cut. */
  default double longestLatencySeconds() {
    return Double.POSITIVE_INFINITY;
  }

  /** Begins a new window for {@link #windowLatencyQuantile}. */
  void startWindow();
}
