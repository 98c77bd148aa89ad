package io.kiss.kisim.scenario;

import io.kiss.kisim.engine.Truth;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Figures as people read them. */
final class Figures {
  private Figures() {}

  /** A time in the unit that suits it; {@code -} where there is none. */
  static String time(double seconds) {
    if (Double.isNaN(seconds)) {
      return "-";
    }
    if (seconds == 0) {
      return "0";
    }
    String unit = seconds < 1e-3 ? " us" : seconds < 1 ? " ms" : " s";
    double factor = seconds < 1e-3 ? 1e6 : seconds < 1 ? 1e3 : 1;
    return number(seconds * factor) + unit;
  }

  /** A latency of a run; one at the end of what its engine tells apart may be any longer. */
  static String latency(double seconds, Truth truth) {
    double longest = truth.longestLatencySeconds();
    // A window may have interpolated up to the edge.
    return seconds >= longest * (1 - 1e-9)
        ? "> " + number(Math.floor(longest)) + " s"
        : time(seconds);
  }

  /** Four digits, no zeros behind the last that counts; {@code -} where there is none. */
  static String number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return "-";
    }
    return new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }

  /** {@code 1 node loss}, {@code 2 node losses}. */
  static String plural(long count, String one, String more) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? one : more);
  }

  /** A length of time as a person would say it: {@code 2 h}, {@code 90 min}, {@code 45 s}. */
  static String span(int seconds) {
    if (seconds % 3600 == 0) {
      return seconds / 3600 + " h";
    }
    return seconds % 60 == 0 && seconds > 60 ? seconds / 60 + " min" : seconds + " s";
  }

  /** A count, whole where it is. */
  static String count(double value) {
    String format = value == Math.rint(value) || value >= 1000 ? "%,.0f" : "%,.2f";
    return String.format(Locale.ROOT, format, value);
  }

  /** A share of 1 in percent; {@code -} where there is none. */
  static String percent(double share) {
    return Double.isNaN(share) ? "-" : number(100 * share) + " %";
  }
}
