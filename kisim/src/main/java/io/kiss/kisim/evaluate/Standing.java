package io.kiss.kisim.evaluate;

/**
 * An autoscaler over all cases, beside the baseline.
 *
 * @param autoscaler name of the entrant
 * @param cases how many
 * @param costAtSlo median
 * @param sloAttainment median
 * @param p95OverSlo median of the 95th percentile of latency over the SLO
 * @param gpuHours sum
 * @param scalingActions median
 * @param flaps median
 * @param wins cases with a lower cost at the SLO than the baseline's
 * @param difference median over cases of its cost at the SLO minus the baseline's
 * @param differenceLow lower end of the bootstrap interval of that median
 * @param differenceHigh upper end
 */
public record Standing(
    String autoscaler,
    int cases,
    double costAtSlo,
    double sloAttainment,
    double p95OverSlo,
    double gpuHours,
    double scalingActions,
    double flaps,
    int wins,
    double difference,
    double differenceLow,
    double differenceHigh) {

  /** Whether it beats the baseline: the whole interval of the difference is below zero. */
  public boolean beatsBaseline() {
    return differenceHigh < 0;
  }
}
