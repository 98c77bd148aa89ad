package io.kiss.kisim.fluid;

import io.kiss.kisim.telemetry.HistogramBounds;

/**
 * How the buckets of {@link LatencyHistogram} fall into those that Prometheus sees: each into one,
 * or into two neighbours where a bound lies inside, evenly spread. Finer bounds than a tenth apart
 * are beyond it.
 */
final class BucketSplit {
  /** Training uses one set of bounds for all environments. */
  private static volatile BucketSplit latest;

  private final HistogramBounds bounds;
  private final byte[] lower = new byte[LatencyHistogram.SIZE];
  private final float[] share = new float[LatencyHistogram.SIZE];

  private BucketSplit(HistogramBounds bounds) {
    this.bounds = bounds;
    for (int b = 0; b < LatencyHistogram.SIZE; b++) {
      double start = b == 0 ? 0 : LatencyHistogram.edge(b - 1);
      double end = LatencyHistogram.edge(b);
      int first = bounds.bucketOf(Math.nextUp(start));
      lower[b] = (byte) first;
      double bound = bounds.bound(first);
      share[b] = bound >= end ? 1 : (float) ((bound - start) / (end - start));
    }
  }

  static BucketSplit of(HistogramBounds bounds) {
    BucketSplit known = latest;
    if (known == null || !known.bounds.equals(bounds)) {
      known = new BucketSplit(bounds);
      latest = known;
    }
    return known;
  }

  /** Adds requests of a fine bucket to those of Prometheus. */
  void add(int bucket, double requests, double[] counts) {
    int into = lower[bucket];
    double part = share[bucket];
    counts[into] += part * requests;
    if (part < 1) {
      counts[into + 1] += requests - part * requests;
    }
  }
}
