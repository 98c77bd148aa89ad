package io.kiss.cluster.evaluate.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers as the files have them: the same bytes on every Java, NaN left to the caller. */
final class Numbers {
  /** More than any simulation means, and no rounding noise of binary fractions. */
  private static final MathContext FULL = new MathContext(10, RoundingMode.HALF_EVEN);

  /** For series of single precision. */
  private static final MathContext SERIES = new MathContext(6, RoundingMode.HALF_EVEN);

  private Numbers() {}

  /** Ten significant digits, without trailing zeros. */
  static BigDecimal full(double value) {
    return plain(value, FULL);
  }

  /** Six significant digits, without trailing zeros. */
  static BigDecimal series(double value) {
    return plain(value, SERIES);
  }

  /** So many significant digits, without trailing zeros. */
  static BigDecimal rounded(double value, int digits) {
    return plain(value, new MathContext(digits, RoundingMode.HALF_EVEN));
  }

  private static BigDecimal plain(double value, MathContext digits) {
    BigDecimal rounded = new BigDecimal(value).round(digits);
    if (rounded.signum() == 0) {
      return BigDecimal.ZERO;
    }
    BigDecimal stripped = rounded.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }
}
