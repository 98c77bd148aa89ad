package io.kiss.cluster.prometheus;

import io.kiss.kisim.telemetry.HistogramBounds;
import io.kiss.kisim.telemetry.Promql;
import io.kiss.kisim.telemetry.PromqlRules;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;

/** One workload's rows of a round, put together as KISim puts pods together. */
final class Tally {
  private static final double ROUNDING = 1e-9;

  private final double[] sums = new double[Figure.values().length];
  private final int[] rows = new int[sums.length];
  private final TreeMap<Double, Double> rateUpTo = new TreeMap<>();
  private final Set<Figure> spoiled = EnumSet.noneOf(Figure.class);
  private final Set<String> arriving = new HashSet<>();

  /** Quantiles and the violating share. */
  record Latency(double p50Seconds, double p95Seconds, double violatingShare, double rate) {
    static final Latency UNKNOWN = new Latency(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }

  /**
   * Adds a row.
   *
   * @param divisor the figure's
   */
  void add(Figure figure, QueryAnswer.Row row, double divisor) {
    double value = row.value();
    if (figure == Figure.LATENCY) {
      addBucket(row.le() / divisor, value);
      return;
    }
    if (figure == Figure.GPU) {
      value /= divisor;
    }
    if (!Double.isFinite(value)
        || value < 0 && figure != Figure.GROWTH && figure != Figure.AGE
        || figure == Figure.GPU && value > 1 + ROUNDING) {
      spoiled.add(figure);
      return;
    }
    if (figure == Figure.ARRIVALS) {
      arriving.add(row.key());
    }
    int index = figure.ordinal();
    boolean first = rows[index]++ == 0;
    if (figure == Figure.AGE) {
      sums[index] = first ? value : Math.min(sums[index], value);
    } else {
      sums[index] += value;
    }
  }

  private void addBucket(double bound, double rate) {
    if (Double.isNaN(bound) || !Double.isFinite(rate) || rate < 0) {
      spoiled.add(Figure.LATENCY);
    } else if (bound > 0) {
      // What is counted up to zero is in the next bucket, too.
      rateUpTo.merge(bound, rate, Double::sum);
    }
  }

  /** Figures that came with a value that cannot be. */
  Set<Figure> spoiled() {
    return spoiled;
  }

  /** Makes a figure unknown. */
  void spoil(Figure figure) {
    spoiled.add(figure);
  }

  /** Keys, such as pods, that told arrivals. */
  Set<String> arriving() {
    return arriving;
  }

  /** A sum over all rows, of the GPU their mean, of the age the least; {@code NaN} without any. */
  double value(Figure figure) {
    int index = figure.ordinal();
    if (spoiled.contains(figure) || rows[index] == 0) {
      return Double.NaN;
    }
    return switch (figure) {
      case GPU -> Math.min(1, sums[index] / rows[index]);
      case AGE -> Math.max(0, sums[index]);
      default -> sums[index];
    };
  }

  /**
   * Reads the histogram.
   *
   * @param sloSeconds {@code NaN}: not known
   */
  Latency latency(double sloSeconds) {
    boolean whole = rateUpTo.containsKey(Double.POSITIVE_INFINITY) && rateUpTo.size() > 1;
    if (spoiled.contains(Figure.LATENCY) || !whole) {
      return Latency.UNKNOWN;
    }
    double[] cumulative = rateUpTo.values().stream().mapToDouble(rate -> rate).toArray();
    double rate = cumulative[cumulative.length - 1];
    HistogramBounds bounds;
    try {
      bounds = bounds(rateUpTo);
    } catch (IllegalArgumentException tooMany) {
      spoiled.add(Figure.LATENCY);
      return Latency.UNKNOWN;
    }
    Promql.ensureMonotonic(PromqlRules.V3, cumulative);
    return new Latency(
        Promql.histogramQuantile(0.5, bounds, cumulative),
        Promql.histogramQuantile(0.95, bounds, cumulative),
        Double.isNaN(sloSeconds) ? Double.NaN : Promql.shareAbove(sloSeconds, bounds, cumulative),
        rate);
  }

  private static HistogramBounds bounds(TreeMap<Double, Double> rateUpTo) {
    return HistogramBounds.of(
        rateUpTo.headMap(Double.POSITIVE_INFINITY).keySet().stream()
            .mapToDouble(bound -> bound)
            .toArray());
  }
}
