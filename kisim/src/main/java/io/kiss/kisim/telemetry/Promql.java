package io.kiss.kisim.telemetry;

import static java.lang.Double.NaN;

/**
 * The arithmetic of Prometheus' query language, on plain numbers; {@link SampleRing} applies it to
 * samples. An answer without a value (an empty vector) is {@code NaN}.
 */
public final class Promql {
  /** A first or last sample farther than this many sample intervals from the edge ends a series. */
  private static final double NEAR = 1.1;

  /** What is left above a bucket that nothing is seen above, for the slope inside it. */
  private static final double LEAST_SHARE = 1e-4;

  private Promql() {}

  /**
   * By how much {@code rate()} and {@code increase()} multiply what a counter grew by between its
   * first and last sample in the window: they extrapolate to the window's edges where samples come
   * close to them, by half a sample interval elsewhere, and never to where the counter would have
   * been below zero.
   *
   * @param samples in the window, at least 2
   * @param firstValue value of the first one; infinite for a counter far from zero
   * @param grown by how much the counter grew, resets accounted for
   */
  public static double extrapolation(
      PromqlRules rules,
      long startMillis,
      long endMillis,
      long firstMillis,
      long lastMillis,
      int samples,
      double firstValue,
      double grown) {
    double sampled = (lastMillis - firstMillis) / 1000.0;
    double interval = sampled / (samples - 1);
    double near = interval * NEAR;
    double before = (firstMillis - startMillis) / 1000.0;
    double after = (endMillis - lastMillis) / 1000.0;
    double sinceZero =
        grown > 0 && firstValue >= 0 ? sampled * (firstValue / grown) : Double.POSITIVE_INFINITY;
    if (rules.zeroPointFirst) {
      before = Math.min(before, sinceZero);
    }
    if (before >= near) {
      before = interval / 2;
    }
    before = Math.min(before, sinceZero);
    if (after >= near) {
      after = interval / 2;
    }
    return (sampled + before + after) / sampled;
  }

  /**
   * Makes cumulative counts rise, as {@code histogram_quantile()} does first: scrapes of different
   * pods at different times, or lost ones, can leave a bucket with less than the one below it.
   */
  public static void ensureMonotonic(PromqlRules rules, double[] cumulative) {
    double before = cumulative[0];
    for (int b = 1; b < cumulative.length; b++) {
      double count = cumulative[b];
      if (count < before || count - before < rules.smallDelta * (count + before)) {
        cumulative[b] = before;
      } else {
        before = count;
      }
    }
  }

  /**
   * {@code histogram_quantile(share, …)} of a classic histogram: linear inside a bucket, the first
   * one beginning at 0, and the last finite bound for what lies beyond it.
   *
   * @param cumulative count (or rate) of requests up to each bound, rising, {@code le="+Inf"} last
   * @param share in 0..1
   * @return {@code NaN} where nothing was observed
   */
  public static double histogramQuantile(
      double share, HistogramBounds bounds, double[] cumulative) {
    int last = cumulative.length - 1;
    double total = cumulative[last];
    if (!(total > 0)) {
      return NaN;
    }
    double rank = share * total;
    int bucket = 0;
    while (bucket < last && !(cumulative[bucket] >= rank)) {
      bucket++;
    }
    if (bucket == last) {
      return bounds.bound(last - 1);
    }
    double start = 0;
    double count = cumulative[bucket];
    if (bucket > 0) {
      start = bounds.bound(bucket - 1);
      count -= cumulative[bucket - 1];
      rank -= cumulative[bucket - 1];
    }
    return start + (bounds.bound(bucket) - start) * (rank / count);
  }

  /**
   * Share of the observations above {@code seconds}: exact where a bucket ends there. Inside a
   * bucket the logarithm of the share above is taken to fall in a straight line, as the tail of a
   * queue's latencies does; a straight share, as {@link #histogramQuantile} has it, overstates what
   * is near the end of the tail several times. All in the bucket without end count as above.
   *
   * @return {@code NaN} where nothing was observed
   */
  public static double shareAbove(double seconds, HistogramBounds bounds, double[] cumulative) {
    int last = cumulative.length - 1;
    double total = cumulative[last];
    if (!(total > 0)) {
      return NaN;
    }
    int bucket = bounds.bucketOf(seconds);
    double start = bucket == 0 ? 0 : bounds.bound(bucket - 1);
    double atStart = bucket == 0 ? 1 : 1 - cumulative[bucket - 1] / total;
    if (bucket == last || atStart <= 0) {
      return Math.max(0, atStart);
    }
    double atEnd = 1 - cumulative[bucket] / total;
    double part = (seconds - start) / (bounds.bound(bucket) - start);
    if (part >= 1) {
      return Math.max(0, atEnd);
    }
    double least = Math.max(atEnd, Math.min(atStart, LEAST_SHARE));
    return atStart * Math.pow(least / atStart, part);
  }
}
