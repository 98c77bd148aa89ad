package io.kiss.kisim.evaluate;

import io.kiss.kisim.evaluate.result.RunResult;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Plain means over runs; of what some runs could not measure, over those that could, {@code NaN}
 * where none could.
 *
 * @param runs that were averaged
 * @param costAtSlo see {@link RunResult}, as all the others
 * @param gpuShare GPU-seconds held over needed
 * @param violatingShare requests that missed the SLO or were not answered
 * @param gpuHours a run
 * @param cost a run, in the currency of the device
 * @param kilowattHours a run
 * @param requests a run
 * @param lostRequests a run
 * @param p50Seconds of the runs' medians
 * @param p95Seconds of the runs' 95th percentiles
 * @param p99Seconds of the runs' 99th percentiles
 * @param scalingActions a run
 * @param flaps a run
 * @param spikes a run
 * @param absorbSeconds a spike
 */
public record Means(
    int runs,
    double costAtSlo,
    double gpuShare,
    double violatingShare,
    double gpuHours,
    double cost,
    double kilowattHours,
    double requests,
    double lostRequests,
    double p50Seconds,
    double p95Seconds,
    double p99Seconds,
    double scalingActions,
    double flaps,
    double spikes,
    double absorbSeconds) {

  /** Share of the requests that kept the SLO. */
  public double sloAttainment() {
    return 1 - violatingShare;
  }

  /** Of runs of one autoscaler. */
  static Means of(List<RunResult> runs) {
    return new Means(
        runs.size(),
        mean(runs, RunResult::costAtSlo),
        mean(runs, RunResult::gpuShare),
        mean(runs, RunResult::violatingShare),
        mean(runs, RunResult::gpuHours),
        mean(runs, RunResult::cost),
        mean(runs, RunResult::kilowattHours),
        mean(runs, RunResult::requests),
        mean(runs, RunResult::lostRequests),
        mean(runs, RunResult::p50Seconds),
        mean(runs, RunResult::p95Seconds),
        mean(runs, RunResult::p99Seconds),
        mean(runs, RunResult::scalingActions),
        mean(runs, RunResult::flaps),
        mean(runs, RunResult::spikes),
        absorption(runs));
  }

  private static double mean(List<RunResult> runs, ToDoubleFunction<RunResult> figure) {
    return runs.stream()
        .mapToDouble(figure)
        .filter(value -> !Double.isNaN(value))
        .average()
        .orElse(Double.NaN);
  }

  /** A run's figure is itself a mean over its spikes, so it counts as often as it had any. */
  private static double absorption(List<RunResult> runs) {
    double seconds = 0;
    int spikes = 0;
    for (RunResult run : runs) {
      if (run.spikes() > 0 && !Double.isNaN(run.absorbSeconds())) {
        seconds += run.spikes() * run.absorbSeconds();
        spikes += run.spikes();
      }
    }
    return spikes == 0 ? Double.NaN : seconds / spikes;
  }
}
