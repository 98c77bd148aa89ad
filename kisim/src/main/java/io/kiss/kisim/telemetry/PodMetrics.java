package io.kiss.kisim.telemetry;

import java.util.Arrays;

/** What the endpoints of one pod show at the moment of a scrape; counters since container start. */
public final class PodMetrics {
  /** Requests that reached the pod. */
  public double arrived;

  /** Requests answered, by latency bucket: not cumulative. */
  public final double[] answered;

  /** Requests waiting now. */
  public double queued;

  /** Requests in service now. */
  public double running;

  /** Seconds in which a kernel ran on the pod's GPU, mean over its GPUs. */
  public double busySeconds;

  PodMetrics(int buckets) {
    answered = new double[buckets];
  }

  void clear() {
    arrived = 0;
    Arrays.fill(answered, 0);
    queued = 0;
    running = 0;
    busySeconds = 0;
  }
}
