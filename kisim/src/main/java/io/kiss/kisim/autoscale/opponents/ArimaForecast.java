package io.kiss.kisim.autoscale.opponents;

import java.util.Arrays;

/**
 * One step ahead by ARIMA(p, d, 0), fitted by least squares at each step (Box and Jenkins, Time
 * Series Analysis). It is differenced once where that makes it vary less; the order p of 0..2 is
 * the one with the lowest corrected Akaike criterion. Moving-average terms are left out.
 *
 * <p>Zeros before the first traffic are not part of the series, and a series that is too short or
 * constant goes on as it is, as in Dynamo's load predictor.
 */
final class ArimaForecast {
  private static final int LEAST_VALUES = 5;
  private static final int MOST_VALUES = 120;
  private static final int HIGHEST_ORDER = 2;

  private double[] values = new double[0];

  void add(double value) {
    if (value == 0 && values.length == 0) {
      return;
    }
    int from = Math.max(0, values.length + 1 - MOST_VALUES);
    double[] longer = Arrays.copyOfRange(values, from, values.length + 1);
    longer[longer.length - 1] = value;
    values = longer;
  }

  /** The next value, not below 0; {@code NaN} without any. */
  double next() {
    if (values.length == 0) {
      return Double.NaN;
    }
    double last = values[values.length - 1];
    if (values.length < LEAST_VALUES || variance(values) == 0) {
      return last;
    }
    double[] steps = new double[values.length - 1];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = values[i + 1] - values[i];
    }
    boolean differenced = variance(steps) < variance(values);
    double ahead = autoregress(differenced ? steps : values, !differenced);
    return Math.max(0, differenced ? last + ahead : ahead);
  }

  private static double autoregress(double[] series, boolean withMean) {
    double best = Double.POSITIVE_INFINITY;
    double forecast = 0;
    for (int order = 0; order <= HIGHEST_ORDER; order++) {
      int parameters = order + (withMean ? 1 : 0);
      // The same rows for every order, so that their criteria compare.
      int rows = series.length - HIGHEST_ORDER;
      if (rows - parameters - 2 <= 0) {
        break;
      }
      double[] fitted = LeastSquares.solve(lags(series, order, withMean), tail(series, rows));
      if (fitted == null) {
        continue;
      }
      double error = 0;
      for (int i = 0; i < rows; i++) {
        double miss = series[i + HIGHEST_ORDER] - at(series, i + HIGHEST_ORDER, fitted, withMean);
        error += miss * miss;
      }
      int k = parameters + 1;
      double criterion =
          rows * Math.log(Math.max(error / rows, 1e-300))
              + 2 * k
              + 2.0 * k * (k + 1) / (rows - k - 1);
      if (criterion < best) {
        best = criterion;
        forecast = at(series, series.length, fitted, withMean);
      }
    }
    return forecast;
  }

  private static double[][] lags(double[] series, int order, boolean withMean) {
    int rows = series.length - HIGHEST_ORDER;
    double[][] lags = new double[rows][order + (withMean ? 1 : 0)];
    for (int i = 0; i < rows; i++) {
      for (int lag = 1; lag <= order; lag++) {
        lags[i][lag - 1] = series[i + HIGHEST_ORDER - lag];
      }
      if (withMean) {
        lags[i][order] = 1;
      }
    }
    return lags;
  }

  private static double[] tail(double[] series, int rows) {
    return Arrays.copyOfRange(series, series.length - rows, series.length);
  }

  private static double at(double[] series, int index, double[] fitted, boolean withMean) {
    int order = fitted.length - (withMean ? 1 : 0);
    double value = withMean ? fitted[order] : 0;
    for (int lag = 1; lag <= order; lag++) {
      value += fitted[lag - 1] * series[index - lag];
    }
    return value;
  }

  private static double variance(double[] series) {
    double mean = Arrays.stream(series).average().orElseThrow();
    double sum = 0;
    for (double value : series) {
      sum += (value - mean) * (value - mean);
    }
    return sum / series.length;
  }
}
