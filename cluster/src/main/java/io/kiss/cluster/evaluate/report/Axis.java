package io.kiss.cluster.evaluate.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * Where values lie on an axis.
 *
 * @param low value at {@code from}
 * @param high value at {@code to}
 * @param log whether factors, not differences, are of one length
 * @param from coordinate, may be above {@code to}
 * @param to coordinate
 */
record Axis(double low, double high, boolean log, double from, double to) {
  private static final double[] STEPS = {1, 2, 2.5, 5, 10};

  /**
   * A mark.
   *
   * @param at its coordinate
   * @param label its text, empty for one without
   */
  record Tick(String at, String label) {}

  /** Linear, or logarithmic where the values are a factor of {@code 5} or more apart. */
  static Axis fitting(double least, double most, double from, double to) {
    if (least > 0 && most / least >= 5) {
      return new Axis(least / 1.1, most * 1.1, true, from, to);
    }
    double room = most > least ? 0.06 * (most - least) : Math.max(0.05, 0.06 * Math.abs(most));
    return new Axis(least - room, most + room, false, from, to);
  }

  /** The coordinate of a value; of one outside, that of the nearer end. */
  double at(double value) {
    double inside = Math.max(low, Math.min(high, value));
    double share =
        log ? Math.log(inside / low) / Math.log(high / low) : (inside - low) / (high - low);
    return from + share * (to - from);
  }

  /** Round values, about {@code count} of them. */
  List<Tick> ticks(int count, DoubleFunction<String> label) {
    List<Tick> ticks = new ArrayList<>();
    for (double value : log ? factors() : differences(count)) {
      ticks.add(new Tick(Show.at(at(value)), label.apply(value)));
    }
    return ticks;
  }

  private List<Double> differences(int count) {
    double rough = (high - low) / count;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double step = 10 * power;
    for (double each : STEPS) {
      if (each * power >= rough) {
        step = each * power;
        break;
      }
    }
    List<Double> values = new ArrayList<>();
    for (long k = (long) Math.ceil(low / step); k * step <= high; k++) {
      values.add(k * step);
    }
    return values;
  }

  private static double[] mantissas(double ratio) {
    if (ratio > 300) {
      return new double[] {1};
    }
    return ratio > 20 ? new double[] {1, 3} : new double[] {1, 1.5, 2, 3, 5, 7};
  }

  private List<Double> factors() {
    double[] mantissas = mantissas(high / low);
    List<Double> values = new ArrayList<>();
    for (int power = (int) Math.floor(Math.log10(low)); Math.pow(10, power) <= high; power++) {
      for (double mantissa : mantissas) {
        double value = mantissa * Math.pow(10, power);
        if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) {
          values.add(value);
        }
      }
    }
    return values;
  }
}
