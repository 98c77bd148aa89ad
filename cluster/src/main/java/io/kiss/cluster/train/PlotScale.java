package io.kiss.cluster.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Maps values to pixels, with round numbers as ticks.
 *
 * @param low value at {@code from}
 * @param high value at {@code to}; above {@code low}
 * @param from pixel
 * @param to pixel; below {@code from} on a vertical axis
 * @param step between two ticks
 */
record PlotScale(double low, double high, double from, double to, double step) {

  /** A scale from one round number to another that holds these values. */
  static PlotScale around(double low, double high, double from, double to, int ticks) {
    double span = high > low ? high - low : Math.max(1e-3, Math.abs(high) * 0.1);
    double step = roundStep(span / ticks);
    double roundLow = Math.floor(low / step + 1e-9) * step;
    double roundHigh = Math.ceil(high / step - 1e-9) * step;
    return new PlotScale(
        roundLow, roundHigh > roundLow ? roundHigh : roundLow + step, from, to, step);
  }

  /** A scale that ends where the values do. */
  static PlotScale upTo(double high, double from, double to, int ticks) {
    return new PlotScale(0, high, from, to, roundStep(high / ticks));
  }

  /** 1, 2 or 5 times a power of ten, no smaller than asked for. */
  private static double roundStep(double atLeast) {
    double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= atLeast * (1 - 1e-9)) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  double pixel(double value) {
    return from + (to - from) * (value - low) / (high - low);
  }

  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    long first = (long) Math.ceil(low / step - 1e-9);
    for (long i = first; i * step <= high + 1e-9 * step; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  /** A tick's value with as many decimals as the steps need, and a true minus. */
  String label(double tick) {
    int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return number(tick, decimals);
  }

  static String number(double value, int decimals) {
    String text = String.format(Locale.ROOT, "%,." + decimals + "f", value);
    return (text.matches("-0(\\.0*)?") ? text.substring(1) : text).replace('-', '\u2212');
  }
}
