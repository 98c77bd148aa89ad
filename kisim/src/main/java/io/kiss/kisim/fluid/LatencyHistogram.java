package io.kiss.kisim.fluid;

import java.util.Arrays;

/**
 * Requests by latency, in units of the latency of a lone request, in {@value #SIZE} buckets:
 * {@value #PER_OCTAVE} equal ones to each doubling, so that the bucket can be read off a double's
 * bits. Bucket b ends at {@code edge(b)}; the first begins at 0, and the last one has no end.
 */
final class LatencyHistogram {
  static final int PER_OCTAVE = 32;
  private static final int SHIFT = 47;
  private static final double LEAST = 1.0 / 16;
  private static final int OCTAVES = 22;
  private static final int FIRST = (int) (Double.doubleToRawLongBits(LEAST) >>> SHIFT) - 1;
  static final int SIZE = OCTAVES * PER_OCTAVE + 2;

  private static final double[] EDGES = new double[SIZE];

  static {
    for (int b = 0; b < SIZE; b++) {
      EDGES[b] = Double.longBitsToDouble((long) (b + FIRST + 1) << SHIFT);
    }
    EDGES[SIZE - 1] = Double.POSITIVE_INFINITY;
  }

  /** The last finite edge: what lies beyond is not told apart. */
  static final double LONGEST = EDGES[SIZE - 2];

  private final double[] counts = new double[SIZE];

  /** All counts lie in these buckets. */
  private int low = SIZE;

  private int high = -1;

  void reset() {
    if (low <= high) {
      Arrays.fill(counts, low, high + 1, 0);
    }
    low = SIZE;
    high = -1;
  }

  /** Upper edge of a bucket. */
  static double edge(int bucket) {
    return EDGES[bucket];
  }

  /** The bucket a latency falls into: it begins at or below it and ends above it. */
  static int bucketOf(double latency) {
    int bucket = (int) (Double.doubleToRawLongBits(latency) >>> SHIFT) - FIRST;
    return Math.max(0, Math.min(SIZE - 1, bucket));
  }

  void add(int bucket, double requests) {
    counts[bucket] += requests;
    low = Math.min(low, bucket);
    high = Math.max(high, bucket);
  }

  /** Adds to a bucket between others that are added to as well, the lowest and highest by add. */
  void addBetween(int bucket, double requests) {
    counts[bucket] += requests;
  }

  /** Adds {@code requests} that are spread as {@code shares} says over the buckets from first. */
  void addSpread(int first, float[] shares, double requests) {
    for (int i = 0; i < shares.length; i++) {
      counts[first + i] += requests * shares[i];
    }
    low = Math.min(low, first);
    high = Math.max(high, first + shares.length - 1);
  }

  /** Adds all of {@code other}. */
  void addAll(LatencyHistogram other) {
    for (int b = other.low; b <= other.high; b++) {
      counts[b] += other.counts[b];
    }
    low = Math.min(low, other.low);
    high = Math.max(high, other.high);
  }

  double count(int bucket) {
    return counts[bucket];
  }

  /** The lowest bucket that was added to; above {@link #highest} where none was. */
  int lowest() {
    return low;
  }

  int highest() {
    return high;
  }

  /**
   * The latency that this share of the requests does not exceed: linear inside a bucket, and the
   * last finite edge where it lies beyond.
   *
   * @return {@code NaN} where there is no request
   */
  double quantile(double share) {
    double total = 0;
    for (int b = low; b <= high; b++) {
      total += counts[b];
    }
    if (!(total > 0)) {
      return Double.NaN;
    }
    double left = share * total;
    for (int b = low; b <= high && b < SIZE - 1; b++) {
      if (counts[b] >= left && counts[b] > 0) {
        double start = b == 0 ? 0 : EDGES[b - 1];
        return start + (EDGES[b] - start) * left / counts[b];
      }
      left -= counts[b];
    }
    return Math.min(EDGES[high], LONGEST);
  }
}
