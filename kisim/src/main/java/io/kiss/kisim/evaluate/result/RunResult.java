package io.kiss.kisim.evaluate.result;

/**
 * How one autoscaler did on one trace with one seed. Latencies and absorption are {@code NaN} where
 * there was nothing to measure.
 *
 * @param trace name of the {@link TraceInfo}
 * @param seed of the engine
 * @param autoscaler name of the {@link EntrantInfo}
 * @param costAtSlo {@code gpuShare} plus the violation price times {@code violatingShare}
 * @param gpuShare GPU-seconds held over those the offered load needs
 * @param violatingShare requests that missed the SLO or were not answered, over those that left
 * @param requests that arrived
 * @param lostRequests that left unanswered
 * @param p50Seconds median latency
 * @param p95Seconds 95th percentile of latency
 * @param p99Seconds 99th percentile of latency
 * @param gpuHours held
 * @param neededGpuHours that the offered load would keep busy at full capacity
 * @param cost of the GPU-hours held, in the currency of the service's device
 * @param kilowattHours of the GPU-hours held
 * @param scalingActions changes of the replicas
 * @param flaps changes against one of the last ten minutes
 * @param spikes times the p95 rose over the SLO after load had risen
 * @param absorbSeconds mean time from then until the p95 was inside the SLO again
 */
public record RunResult(
    String trace,
    long seed,
    String autoscaler,
    double costAtSlo,
    double gpuShare,
    double violatingShare,
    double requests,
    double lostRequests,
    double p50Seconds,
    double p95Seconds,
    double p99Seconds,
    double gpuHours,
    double neededGpuHours,
    double cost,
    double kilowattHours,
    int scalingActions,
    int flaps,
    int spikes,
    double absorbSeconds) {

  /** Share of the requests that kept the SLO. */
  public double sloAttainment() {
    return 1 - violatingShare;
  }
}
