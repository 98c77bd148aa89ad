package io.kiss.kisim.scenario;

/**
 * One control step; latencies are of the requests answered in it, {@code NaN} where there was none.
 *
 * @param seconds time at its end
 * @param arrivals requests that reached the Service
 * @param ready pods that serve, at its end
 * @param pending pods asked for that do not serve yet, at its end
 * @param queued requests waiting, at its end
 * @param utilisation share of time work ran on the serving devices, 0..1; NaN without one
 * @param cost of the devices allocated since the start of the run
 */
public record SimulationStep(
    double seconds,
    long arrivals,
    int ready,
    int pending,
    double p50Seconds,
    double p95Seconds,
    double p99Seconds,
    long queued,
    double utilisation,
    double cost) {}
