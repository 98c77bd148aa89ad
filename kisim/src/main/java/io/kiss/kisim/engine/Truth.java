package io.kiss.kisim.engine;

/** Running totals of what truly happened in a scenario, whatever telemetry shows of it. */
public interface Truth {
  /** Requests that arrived. */
  double requests();

  /** Requests answered. */
  double served();

  /** Requests answered after the SLO, or lost. */
  double violating();

  /** Requests that left without an answer. */
  double lost();

  /** Time all answered requests together waited for a server, seconds. */
  double waitingSeconds();

  /** GPU-seconds held by pods: pending, ready and draining ones. */
  double gpuSeconds();

  /** GPU-seconds that the offered load would keep busy at full capacity. */
  double neededGpuSeconds();

  /** Changes of {@code spec.replicas}. */
  int scalingActions();

  /** Changes of {@code spec.replicas} against the direction of one less than ten minutes before. */
  int flaps();

  /** Share of the requests answered or lost that kept the SLO; {@code NaN} where there is none. */
  double sloAttainment();

  /**
   * Latency that this share of the answered requests does not exceed, seconds.
   *
   * @param share in (0, 1)
   * @return {@code NaN} where none was answered
   */
  double latencyQuantile(double share);
}
