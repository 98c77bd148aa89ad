package io.kiss.kisim.scenario;

/**
 * One control step; latencies are {@code NaN} where no request was answered.
 *
 * @param seconds time at its end
 * @param arrivals requests that reached the Service in it
 * @param lost requests in it that a pod held when it was killed
 * @param desired {@code spec.replicas} at its end
 * @param current pods created and not terminating ({@code status.replicas}), at its end
 * @param ready of those, pods that serve
 * @param pending of those, pods that do not serve yet, unschedulable ones included
 * @param unschedulable pods the scheduler has no room for
 * @param p50Seconds of the requests answered in it
 * @param p95Seconds of the requests answered in it
 * @param p99Seconds of the requests answered in it
 * @param shownP95Seconds as telemetry showed it at the end, over its rate window; {@code NaN} where
 *     it showed none
 * @param present requests in the system, waiting or served, at its end
 * @param utilisation share of the GPU time held by pods in which work ran, 0..1; {@code NaN} where
 *     none was held
 * @param cost of the devices held since the start of the run
 */
public record SimulationStep(
    int seconds,
    double arrivals,
    double lost,
    int desired,
    int current,
    int ready,
    int pending,
    int unschedulable,
    double p50Seconds,
    double p95Seconds,
    double p99Seconds,
    double shownP95Seconds,
    double present,
    double utilisation,
    double cost) {}
