package io.kiss.kisim.telemetry;

import static java.lang.Double.NaN;

/**
 * The newest samples of one target's series, all scraped together: rows of a timestamp and a value
 * a series. {@code NaN} stands where a scrape did not bring the series: Prometheus then writes a
 * staleness marker, which ends it for instant queries and is passed over by windows.
 *
 * <p>Queries are evaluated at a time at which rows may not be visible yet, since a scrape takes
 * some time. Timestamps rise strictly, and so do the times from which rows are visible.
 */
public final class SampleRing {
  private static final long LOOK_BACK_MILLIS = 1000L * TelemetrySettings.LOOK_BACK_SECONDS;

  private final PromqlRules rules;
  private final int columns;
  private final long[] times;
  private final long[] visible;
  private final double[] values;
  private int newest = -1;
  private int count;

  /**
   * An empty ring.
   *
   * @param slots rows kept; must cover the longest window that is asked for
   * @param columns series
   */
  public SampleRing(PromqlRules rules, int slots, int columns) {
    this.rules = rules;
    this.columns = columns;
    times = new long[slots];
    visible = new long[slots];
    values = new double[slots * columns];
  }

  /** Forgets all samples. */
  public void clear() {
    newest = -1;
    count = 0;
  }

  /** Adds a row, all of it staleness markers until {@link #set}. */
  public void append(long millis, long visibleMillis) {
    newest = newest + 1 == times.length ? 0 : newest + 1;
    count = Math.min(count + 1, times.length);
    times[newest] = millis;
    visible[newest] = visibleMillis;
    for (int c = 0; c < columns; c++) {
      values[newest * columns + c] = NaN;
    }
  }

  /** Sets a value of the newest row. */
  public void set(int column, double value) {
    values[newest * columns + column] = value;
  }

  /** When the newest row is or was visible first; {@link Long#MIN_VALUE} without one. */
  public long newestVisibleMillis() {
    return count == 0 ? Long.MIN_VALUE : visible[newest];
  }

  /** Looks at rows. */
  @FunctionalInterface
  interface RowReader {
    /** A row's values; {@code NaN} is a staleness marker. The array is used again. */
    void row(long millis, double[] values);
  }

  /** Shows the rows that a query at this time sees, oldest first. */
  void forEachVisible(long at, RowReader reader) {
    double[] row = new double[columns];
    int unseen = unseen(at);
    for (int ago = count - 1; ago >= unseen; ago--) {
      System.arraycopy(values, row(ago) * columns, row, 0, columns);
      reader.row(times[row(ago)], row);
    }
  }

  /** How many of the newest rows a query at this time does not see. */
  private int unseen(long at) {
    int rows = 0;
    while (rows < count && (visible[row(rows)] > at || times[row(rows)] > at)) {
      rows++;
    }
    return rows;
  }

  private int row(int ago) {
    int index = newest - ago;
    return index < 0 ? index + times.length : index;
  }

  private int instantRow(int column, long at) {
    int ago = unseen(at);
    if (ago == count) {
      return -1;
    }
    int row = row(ago);
    boolean found =
        rules.inside(times[row], at - LOOK_BACK_MILLIS)
            && !Double.isNaN(values[row * columns + column]);
    return found ? row : -1;
  }

  /** {@code metric}: the newest sample of the last five minutes unless the series ended since. */
  public double instant(int column, long at) {
    int row = instantRow(column, at);
    return row < 0 ? NaN : values[row * columns + column];
  }

  /** {@code timestamp(metric)}, milliseconds. */
  public double timestampMillis(int column, long at) {
    int row = instantRow(column, at);
    return row < 0 ? NaN : times[row];
  }

  /** {@code avg_over_time(metric[window])}. */
  public double avgOverTime(int column, long at, long windowMillis) {
    double sum = 0;
    int samples = 0;
    for (int ago = unseen(at); ago < count; ago++) {
      int row = row(ago);
      if (!rules.inside(times[row], at - windowMillis)) {
        break;
      }
      double value = values[row * columns + column];
      if (!Double.isNaN(value)) {
        sum += value;
        samples++;
      }
    }
    return samples == 0 ? NaN : sum / samples;
  }

  /** {@code rate(metric[window])}, a second. */
  public double rate(int column, long at, long windowMillis) {
    return increase(column, at, windowMillis) / (windowMillis / 1000.0);
  }

  /** {@code increase(metric[window])}. */
  public double increase(int column, long at, long windowMillis) {
    long start = at - windowMillis;
    int samples = 0;
    int first = -1;
    int last = -1;
    double later = NaN;
    double resets = 0;
    for (int ago = unseen(at); ago < count; ago++) {
      int row = row(ago);
      if (!rules.inside(times[row], start)) {
        break;
      }
      double value = values[row * columns + column];
      if (Double.isNaN(value)) {
        continue;
      }
      if (samples++ == 0) {
        last = row;
      } else if (later < value) {
        // The counter began anew: all that it counted before is added.
        resets += value;
      }
      later = value;
      first = row;
    }
    if (samples < 2) {
      return NaN;
    }
    double firstValue = values[first * columns + column];
    double grown = values[last * columns + column] - firstValue + resets;
    return grown
        * Promql.extrapolation(
            rules, start, at, times[first], times[last], samples, firstValue, grown);
  }
}
