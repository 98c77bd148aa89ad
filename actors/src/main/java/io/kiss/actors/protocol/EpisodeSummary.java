package io.kiss.actors.protocol;

/**
 * Sums over the episodes that ended somewhere.
 *
 * @param count of episodes
 * @param returns sum of undiscounted returns
 * @param sloAttainment sum of shares of requests inside the SLO
 * @param gpuHours sum of GPU-hours allocated
 */
public record EpisodeSummary(int count, double returns, double sloAttainment, double gpuHours)
    implements BulkMessage {

  /** No episode. */
  public static final EpisodeSummary NONE = new EpisodeSummary(0, 0, 0, 0);

  /** Both together. */
  public EpisodeSummary plus(EpisodeSummary other) {
    return new EpisodeSummary(
        count + other.count,
        returns + other.returns,
        sloAttainment + other.sloAttainment,
        gpuHours + other.gpuHours);
  }
}
