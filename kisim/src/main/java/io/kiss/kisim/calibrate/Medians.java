package io.kiss.kisim.calibrate;

import java.util.Arrays;

/** Medians of numbers; {@code NaN} of none. */
final class Medians {
  private Medians() {}

  static double of(double[] values) {
    double[] sorted =
        Arrays.stream(values).filter(value -> !Double.isNaN(value)).sorted().toArray();
    int n = sorted.length;
    return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }
}
