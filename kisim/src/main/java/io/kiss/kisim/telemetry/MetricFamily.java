package io.kiss.kisim.telemetry;

/** The metrics that {@link Telemetry} is asked from, as far as one of them can be missing. */
public enum MetricFamily {
  /** Nothing. */
  NONE,
  /** The counter of requests that reached a pod. */
  ARRIVALS,
  /** The latency histogram, its {@code _count} included. */
  LATENCY,
  /** The gauge of waiting requests. */
  QUEUED,
  /** The gauge of requests in service. */
  RUNNING,
  /** DCGM's gauge of GPU utilisation. */
  GPU
}
