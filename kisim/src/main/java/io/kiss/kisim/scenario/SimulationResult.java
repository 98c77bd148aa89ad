package io.kiss.kisim.scenario;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What came of a simulation.
 *
 * @param scenario that was run
 * @param autoscaler its name
 * @param seed of the run
 * @param steps control steps in order
 * @param arrived requests that reached the Service
 * @param served answered
 * @param rejected refused on arrival
 * @param timedOut refused after the queue timeout
 * @param lost ended with their pod
 * @param inFlight not answered yet at the end
 * @param violating answered later than the SLO
 * @param batches run
 * @param scalings changes of the replica count
 * @param deviceSeconds devices allocated, integrated over the run
 * @param busyDeviceSeconds of those in which work ran
 * @param utilisation share of time work ran on the devices (or slices) of pods that serve, 0..1
 * @param cost of the allocated devices
 * @param joules drawn by them
 * @param latencies of the answered requests at the Service, nanoseconds
 * @param clientLatencies of a closed loop's users; null for an open load
 */
public record SimulationResult(
    SimulationScenario scenario,
    String autoscaler,
    long seed,
    List<SimulationStep> steps,
    long arrived,
    long served,
    long rejected,
    long timedOut,
    long lost,
    long inFlight,
    long violating,
    long batches,
    int scalings,
    double deviceSeconds,
    double busyDeviceSeconds,
    double utilisation,
    double cost,
    double joules,
    Histogram latencies,
    Histogram clientLatencies) {

  /** Share of the finished requests that were answered inside the SLO; NaN where none finished. */
  public double sloAttainment() {
    long finished = served + rejected + timedOut + lost;
    return finished == 0 ? Double.NaN : (double) (served - violating) / finished;
  }

  /** Latency that a share of the answered requests does not exceed, seconds; NaN without one. */
  public double latencySeconds(double share) {
    return quantileSeconds(latencies, share);
  }

  static double quantileSeconds(Histogram histogram, double share) {
    return histogram.getTotalCount() == 0
        ? Double.NaN
        : histogram.getValueAtPercentile(100 * share) * 1e-9;
  }
}
