package io.kiss.actors.protocol;

/**
 * What one PPO update did; means over its minibatches.
 *
 * @param approximateKl estimate of KL(old, new), mean of (ratio - 1) - log ratio
 * @param clipFraction share of samples whose ratio was clipped
 * @param explainedVariance of the returns by the value function before the update
 * @param gradientNorm before clipping
 * @param epochs actually run before the KL limit stopped them
 */
public record UpdateStatistics(
    double policyLoss,
    double valueLoss,
    double entropy,
    double approximateKl,
    double clipFraction,
    double explainedVariance,
    double gradientNorm,
    int epochs)
    implements ControlMessage {

  /** Before the first update. */
  public static final UpdateStatistics NONE =
      new UpdateStatistics(
          Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, 0);
}
