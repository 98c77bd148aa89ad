package io.kiss.kisim.evaluate;

/**
 * A figure and the interval that chance leaves it.
 *
 * @param estimate from the runs as they are
 * @param low lower end; {@code NaN} where there was nothing to resample
 * @param high upper end; {@code NaN} likewise
 */
public record Interval(double estimate, double low, double high) {

  /** Whether there is an interval at all. */
  public boolean known() {
    return !Double.isNaN(low);
  }

  /** Whether {@code value} cannot be told from the figure; always so where nothing is known. */
  public boolean contains(double value) {
    return !known() || (low <= value && value <= high);
  }
}
