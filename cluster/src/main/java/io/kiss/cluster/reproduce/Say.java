package io.kiss.cluster.reproduce;

import io.kiss.kisim.evaluate.Interval;
import java.util.Locale;

/** Figures as people read them. */
final class Say {
  private Say() {}

  static String fixed(double value, int decimals) {
    if (!Double.isFinite(value)) {
      return "-";
    }
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    return text.matches("-0(\\.0+)?") ? text.substring(1) : text;
  }

  /** A share of 1 in percent, with its sign. */
  static String gain(double share) {
    String size = fixed(100 * share, 1);
    return (size.startsWith("-") ? "" : "+") + size + "%";
  }

  static String percent(double share) {
    return fixed(100 * share, 0) + "%";
  }

  /** A gain with its interval. */
  static String gain(Interval gain) {
    return gain(gain.estimate())
        + (gain.known() ? " (" + gain(gain.low()) + " to " + gain(gain.high()) + ")" : "");
  }

  /** A figure with its interval. */
  static String interval(Interval figure, int decimals) {
    return fixed(figure.estimate(), decimals)
        + (figure.known()
            ? " (" + fixed(figure.low(), decimals) + " to " + fixed(figure.high(), decimals) + ")"
            : "");
  }

  /** Milliseconds, to three digits or so. */
  static String ms(double ms) {
    return fixed(ms, ms < 100 ? 1 : 0);
  }

  /** Chance that it is an accident. */
  static String chance(double p) {
    return p < 0.001 ? "< 0.001" : fixed(p, 3);
  }
}
