package io.kiss.kisim.autoscale.opponents;

/**
 * Exponential smoothing of level, damped trend and additive season (Holt and Winters; damping after
 * Gardner and McKenzie, Forecasting Trends in Time Series, Management Science 31, 1985). With y the
 * new value, m the season's length:
 *
 * <pre>
 * l' = α (y − s) + (1 − α)(l + φ b)
 * b' = β (l' − l) + (1 − β) φ b
 * s' = γ (y − l') + (1 − γ) s          of this step of the season
 * ŷ(h) = l + (φ + φ² + … + φ^h) b + s  of the step h ahead
 * </pre>
 */
final class HoltWinters {
  private final double levelShare;
  private final double trendShare;
  private final double seasonShare;
  private final double damping;
  private final double[] season;

  private double level = Double.NaN;
  private double trend;
  private int step;

  /**
   * Starts without values.
   *
   * @param levelShare α
   * @param trendShare β
   * @param seasonShare γ
   * @param damping φ
   * @param seasonSteps length of the season, 0 for none
   */
  HoltWinters(
      double levelShare, double trendShare, double seasonShare, double damping, int seasonSteps) {
    this.levelShare = levelShare;
    this.trendShare = trendShare;
    this.seasonShare = seasonShare;
    this.damping = damping;
    season = new double[Math.max(1, seasonSteps)];
  }

  /** Takes in the value of the next step; a missing one is what was expected of it. */
  void add(double value) {
    boolean seasonal = season.length > 1;
    int at = step % season.length;
    if (Double.isNaN(level)) {
      level = value;
    } else if (Double.isNaN(value)) {
      level += damping * trend;
      trend *= damping;
    } else {
      double before = level;
      double expected = before + damping * trend;
      level = levelShare * (value - season[at]) + (1 - levelShare) * expected;
      trend = trendShare * (level - before) + (1 - trendShare) * damping * trend;
      if (seasonal) {
        season[at] = seasonShare * (value - level) + (1 - seasonShare) * season[at];
      }
    }
    step++;
  }

  /** The value so many steps ahead of the newest; {@code NaN} before the first. */
  double ahead(int steps) {
    double sum = 0;
    double power = 1;
    for (int i = 0; i < steps; i++) {
      power *= damping;
      sum += power;
    }
    return level + sum * trend + season[(step - 1 + steps + season.length) % season.length];
  }
}
