package io.kiss.kisim.fluid;

import java.util.Arrays;

/**
 * Requests by latency in {@value #SIZE} buckets whose edges grow by {@value #GROWTH}. Bucket b ends
 * at {@code edge(b)}; the last one has no end.
 */
final class LatencyHistogram {
  static final double SMALLEST = 0.01;
  static final double GROWTH = 1.1;
  static final int SIZE = 129;

  private static final double[] EDGES = new double[SIZE];
  private static final double PER_LOG = 1 / Math.log(GROWTH);

  static {
    for (int b = 0; b < SIZE; b++) {
      EDGES[b] = SMALLEST * Math.pow(GROWTH, b);
    }
    EDGES[SIZE - 1] = Double.POSITIVE_INFINITY;
  }

  private final double[] counts = new double[SIZE];

  void reset() {
    Arrays.fill(counts, 0);
  }

  /** Upper edge of a bucket, seconds. */
  static double edge(int bucket) {
    return EDGES[bucket];
  }

  /** The bucket a latency falls into: the first whose edge is not below it. */
  static int bucketOf(double seconds) {
    if (seconds <= SMALLEST) {
      return 0;
    }
    if (seconds > EDGES[SIZE - 2]) {
      return SIZE - 1;
    }
    int bucket = (int) (Math.log(seconds / SMALLEST) * PER_LOG) + 1;
    // The logarithm may be off by a bit at an edge.
    if (seconds <= EDGES[bucket - 1]) {
      return bucket - 1;
    }
    return seconds > EDGES[bucket] ? bucket + 1 : bucket;
  }

  void add(int bucket, double requests) {
    counts[bucket] += requests;
  }

  double count(int bucket) {
    return counts[bucket];
  }

  double quantile(double share) {
    return quantile(counts, 1, share);
  }

  /**
   * A quantile as Prometheus' {@code histogram_quantile} gives it: linear inside a bucket, and the
   * last finite edge where the quantile lies beyond.
   *
   * @param counts requests per bucket, not cumulative
   * @param merge buckets of this class that make one of {@code counts}
   * @return {@code NaN} where there is no request
   */
  static double quantile(double[] counts, int merge, double share) {
    double total = 0;
    for (double count : counts) {
      total += count;
    }
    if (!(total > 0)) {
      return Double.NaN;
    }
    double left = share * total;
    int last = counts.length - 1;
    for (int b = 0; b < last; b++) {
      if (counts[b] >= left && counts[b] > 0) {
        double low = b == 0 ? 0 : EDGES[b * merge - 1];
        return low + (EDGES[(b + 1) * merge - 1] - low) * left / counts[b];
      }
      left -= counts[b];
    }
    return EDGES[last * merge - 1];
  }
}
