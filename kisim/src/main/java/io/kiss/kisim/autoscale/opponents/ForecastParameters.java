package io.kiss.kisim.autoscale.opponents;

/**
 * What {@link Forecast} goes by.
 *
 * @param levelShare weight of a new rate in the level, 0..1
 * @param trendShare weight of a new change in the trend, 0..1
 * @param seasonShare weight of a new deviation in the season, 0..1
 * @param damping of the trend at each step, 0..1
 * @param seasonSeconds length of the season; 0: none
 * @param stepSeconds time between two decisions and steps of the forecast
 * @param queueing of the rule on top
 */
public record ForecastParameters(
    double levelShare,
    double trendShare,
    double seasonShare,
    double damping,
    double seasonSeconds,
    double stepSeconds,
    QueueingParameters queueing) {

  /** A trend remembered over some minutes, no season. */
  public static final ForecastParameters DEFAULT =
      new ForecastParameters(0.5, 0.2, 0.2, 0.95, 0, 15, QueueingParameters.DEFAULT);

  public ForecastParameters {
    if (!share(levelShare) || !share(trendShare) || !share(seasonShare) || !share(damping)) {
      throw new IllegalArgumentException("level, trend, season share and damping must be in 0..1");
    }
    if (!(stepSeconds > 0)) {
      throw new IllegalArgumentException("step must be positive, not " + stepSeconds);
    }
    if (!(seasonSeconds == 0 || seasonSeconds >= 2 * stepSeconds)) {
      throw new IllegalArgumentException(
          "season must be 0 or at least two steps of " + stepSeconds + " s, not " + seasonSeconds);
    }
  }

  private static boolean share(double value) {
    return value >= 0 && value <= 1;
  }
}
