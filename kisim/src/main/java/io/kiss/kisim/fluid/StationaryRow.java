package io.kiss.kisim.fluid;

/**
 * What was measured of a number of pods in the steady state of each load in {@link #LOADS}. Times
 * are in units of the shape's.
 *
 * @param pods that served
 * @param capacity requests per unit of time that they sustain
 * @param fullService mean time in service while every pod is full: with the largest batches
 * @param content mean number of requests in the system, per load
 * @param waits mean time a request waits before its batch begins, per load
 * @param busy share of time that work ran on a device, per load
 * @param latencies quantiles of the latency at {@link #SHARES} {@code [loads × shares]}
 * @param queues quantiles of the number waiting, at the middles of equal shares {@code [loads ×
 *     QUEUE_SHARES]}
 */
record StationaryRow(
    int pods,
    double capacity,
    double fullService,
    double[] content,
    double[] waits,
    double[] busy,
    double[] latencies,
    double[] queues) {

  /** Loads measured, as shares of the capacity. */
  static final double[] LOADS = {0.02, 0.06, 0.12, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.86, 0.91};

  /** Shares at which latency quantiles are kept: the least, ..., as good as the most. */
  static final double[] SHARES = {
    0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.965,
    0.98, 0.99, 0.995, 0.998, 0.9995
  };

  /** Equal shares at whose middles quantiles of the number waiting are kept. */
  static final int QUEUE_SHARES = 16;

  /** Doubles of a row. */
  static final int DOUBLES = 2 + LOADS.length * (3 + SHARES.length + QUEUE_SHARES);
}
