package io.kiss.cluster.evaluate.report;

import io.kiss.kisim.evaluate.Interval;
import java.util.Locale;

/** Figures as people read them: few digits, a unit, a dash where nothing was measured. */
final class Show {
  static final String NOTHING = "–";
  private static final String MINUS = "−";

  private Show() {}

  /** Three significant digits or so, never in powers of ten. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return NOTHING;
    }
    double size = Math.abs(value);
    int decimals = size == 0 || size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return fixed(value, decimals);
  }

  /** The same without zeros at its end: for what somebody has set. */
  static String trimmed(double value) {
    String text = number(value);
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }

  /** With this many decimals, thousands apart. */
  static String fixed(double value, int decimals) {
    if (!Double.isFinite(value)) {
      return NOTHING;
    }
    String text = String.format(Locale.ROOT, "%,." + decimals + "f", Math.abs(value));
    boolean zero = text.chars().noneMatch(c -> c >= '1' && c <= '9');
    return (value < 0 && !zero ? MINUS : "") + text.replace(",", "\u202f");
  }

  /** A share of 1, with more decimals the nearer it is to all or nothing. */
  static String percent(double share) {
    if (!Double.isFinite(share)) {
      return NOTHING;
    }
    double edge = Math.min(Math.abs(share), Math.abs(1 - share));
    int decimals = edge < 1e-9 ? 0 : edge < 0.001 ? 3 : edge < 0.01 ? 2 : edge < 0.1 ? 1 : 0;
    return fixed(100 * share, decimals) + "\u00a0%";
  }

  /** SLO attainment and its like, where a tenth of a percent counts. */
  static String attainment(double share) {
    double missed = 1 - share;
    if (missed == 0) {
      return "100\u00a0%";
    }
    return fixed(100 * share, missed < 0.001 ? 3 : missed < 0.01 ? 2 : 1) + "\u00a0%";
  }

  /** A size of change, without its sign. */
  static String change(double share) {
    double size = Math.abs(share);
    return fixed(100 * size, size < 0.1 ? 1 : 0) + "\u00a0%";
  }

  /** A change with its sign. */
  static String signedPercent(double share) {
    if (!Double.isFinite(share)) {
      return NOTHING;
    }
    String size = change(share);
    return (size.startsWith("0.0\u00a0") ? "±" : share < 0 ? MINUS : "+") + size;
  }

  /** A latency or a time. */
  static String seconds(double seconds) {
    if (!Double.isFinite(seconds)) {
      return NOTHING;
    }
    if (seconds < 1) {
      double millis = 1000 * seconds;
      return fixed(millis, millis < 10 ? 1 : 0) + "\u00a0ms";
    }
    return fixed(seconds, seconds < 10 ? 2 : seconds < 100 ? 1 : 0) + "\u00a0s";
  }

  /** A length of time in words. */
  static String span(int seconds) {
    if (seconds < 600) {
      return seconds + "\u00a0s";
    }
    return seconds < 3600
        ? trimmed(seconds / 60.0) + "\u00a0min"
        : trimmed(seconds / 3600.0) + "\u00a0h";
  }

  /** Lower and upper end; a dash without an interval. */
  static String interval(Interval interval) {
    return interval.known() ? number(interval.low()) + " to " + number(interval.high()) : NOTHING;
  }

  /** Estimate and ends, as percentages. */
  static String percents(Interval interval) {
    String estimate = percent(interval.estimate());
    return interval.known() && Double.isFinite(interval.estimate())
        ? estimate
            + " ("
            + fixed(100 * interval.low(), 0)
            + " to "
            + fixed(100 * interval.high(), 0)
            + ")"
        : estimate;
  }

  /** A coordinate of a plot. */
  static String at(double coordinate) {
    return String.format(Locale.ROOT, "%.1f", coordinate);
  }
}
