package io.kiss.kisim.autoscale.shadow;

import java.util.List;

/**
 * How the shadows of one Deployment stand beside what runs, all of them by the same sketch and over
 * the same time.
 *
 * @param sinceSeconds when this began, on the cluster's clock: at a restart, or with another list
 *     of shadows, it begins anew
 * @param untilSeconds the newest tick
 * @param countedSeconds of the time in between, what had fresh telemetry and no rollout; nothing
 *     else counts
 * @param neededReplicas mean of the replicas that the load kept busy; {@code NaN}: nothing counted
 * @param running what really ran, whoever asked for it, by the same sketch
 * @param shadows in the order of the list
 * @param check how wrong the sketch is about what ran
 */
public record ShadowReport(
    double sinceSeconds,
    double untilSeconds,
    double countedSeconds,
    double neededReplicas,
    Standing running,
    List<Standing> shadows,
    ModelCheck check) {

  /** Copies the list. */
  public ShadowReport {
    shadows = List.copyOf(shadows);
  }

  /**
   * What one of them holds, and what it cost so far.
   *
   * @param name as it was asked for; {@code running} of what ran
   * @param replicas it holds now, in thought
   * @param meanReplicas held; {@code NaN}: nothing counted, as in the next two
   * @param violatingShare of all requests, 0..1
   * @param cost replicas held, and those that violating requests need at their price, over those
   *     that all requests need
   * @param regretReplicaHours its cost so far less that of the cheapest so far, which is one of the
   *     shadows or what ran; never below zero
   * @param overRunningReplicaHours its cost so far less that of what ran; below zero where it would
   *     have been cheaper
   * @param failure why it does not decide any more; empty: it does
   * @param fittedViolatingShare the same share by the sketch that came closest to what was measured
   *     of what ran; {@code NaN} where an older version made this
   * @param fittedCost the same cost by that sketch
   */
  public record Standing(
      String name,
      int replicas,
      double meanReplicas,
      double violatingShare,
      double cost,
      double regretReplicaHours,
      double overRunningReplicaHours,
      String failure,
      Double fittedViolatingShare,
      Double fittedCost) {

    /** The last two are absent where a version wrote it that did not know them. */
    public Standing {
      fittedViolatingShare = fittedViolatingShare == null ? Double.NaN : fittedViolatingShare;
      fittedCost = fittedCost == null ? Double.NaN : fittedCost;
    }

    /** Whether it decides. */
    public boolean decides() {
      return failure.isEmpty();
    }
  }

  /**
   * Violating shares of what ran where they were measured, weighed by load.
   *
   * @param seconds that were measured
   * @param modelled by the sketch, 0..1; {@code NaN}: nothing measured
   * @param observed by the service's own histogram, 0..1; where that has no bucket that ends at the
   *     SLO it is interpolated, and may be far off
   * @param fitted by the sketch that came closest to {@code observed}, 0..1; {@code NaN} where an
   *     older version made this
   */
  public record ModelCheck(double seconds, double modelled, double observed, Double fitted) {

    /** The last is absent where a version wrote it that did not know it. */
    public ModelCheck {
      fitted = fitted == null ? Double.NaN : fitted;
    }
  }
}
