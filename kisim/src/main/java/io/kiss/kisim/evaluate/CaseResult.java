package io.kiss.kisim.evaluate;

/**
 * How one autoscaler did in one case.
 *
 * @param caseName of the case
 * @param autoscaler name of the entrant
 * @param costAtSlo GPU-seconds held over needed, plus the violation price times the violating share
 * @param gpuShare GPU-seconds held over needed
 * @param sloAttainment share of requests inside the SLO; {@code NaN} where there was none
 * @param p50LatencySeconds median latency
 * @param p95LatencySeconds 95th percentile of latency
 * @param gpuHours held
 * @param requests that arrived
 * @param lostRequests that left unanswered
 * @param scalingActions changes of the replicas
 * @param flaps changes against one of the last ten minutes
 */
public record CaseResult(
    String caseName,
    String autoscaler,
    double costAtSlo,
    double gpuShare,
    double sloAttainment,
    double p50LatencySeconds,
    double p95LatencySeconds,
    double gpuHours,
    double requests,
    double lostRequests,
    int scalingActions,
    int flaps) {}
