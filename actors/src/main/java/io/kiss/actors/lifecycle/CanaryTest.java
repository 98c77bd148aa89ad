package io.kiss.actors.lifecycle;

import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Whether a candidate violates the SLO more often than the champion does: Welch's one-sided test of
 * the difference of two violating shares, beyond a margin.
 *
 * <p>It is taken at looks whose number is fixed beforehand, each with an equal part of the allowed
 * error (Bonferroni). That is valid however the looks depend on each other, needs no model of how
 * violations come, and gives away little where looks are few.
 */
final class CanaryTest {
  private CanaryTest() {}

  /**
   * What a look found.
   *
   * @param difference candidate's violating share minus the champion's
   * @param pValue chance to see this much or more, if it were the margin
   */
  record Result(double difference, double pValue) {}

  static Result of(Arm candidate, Arm champion, double margin) {
    double difference = candidate.violatingShare() - champion.violatingShare();
    double first = candidate.variance();
    double second = champion.variance();
    double variance = first + second;
    if (variance == 0) {
      return new Result(difference, difference > margin ? 0 : 1);
    }
    double freedom =
        variance
            * variance
            / (first * first / (candidate.units() - 1) + second * second / (champion.units() - 1));
    double t = (difference - margin) / Math.sqrt(variance);
    return new Result(difference, TDistribution.of(freedom).survivalProbability(t));
  }
}
