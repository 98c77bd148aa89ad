package io.kiss.kisim.request;

import io.kiss.kisim.telemetry.HistogramBounds;

/**
 * Which bucket of a Prometheus histogram a latency counts in: {@link HistogramBounds#bucketOf} by a
 * table of the leading bits, without a search.
 */
final class LatencyBuckets {
  /** Leading bits of the mantissa that the table tells apart. */
  private static final int BITS = 6;

  private static final int SHIFT = 52 - BITS;
  private static final int FIRST = cell(1);

  /** Longest latency of each bucket, nanoseconds. */
  private final long[] longest;

  private final int[] firstOfCell;

  LatencyBuckets(HistogramBounds bounds) {
    longest = new long[bounds.buckets()];
    for (int b = 0; b < longest.length - 1; b++) {
      // A thousandth of a nanosecond for what a decimal bound loses as a double.
      longest[b] = (long) Math.floor(bounds.bound(b) * 1e9 + 1e-3);
    }
    longest[longest.length - 1] = Long.MAX_VALUE;
    firstOfCell = new int[cell(RequestCounts.LONGEST_NANOS) - FIRST + 1];
    int bucket = 0;
    for (int c = 0; c < firstOfCell.length; c++) {
      double low = Double.longBitsToDouble((long) (c + FIRST) << SHIFT);
      while (longest[bucket] < low) {
        bucket++;
      }
      firstOfCell[c] = bucket;
    }
  }

  /** Number of buckets, the one without end included. */
  int size() {
    return longest.length;
  }

  /** The bucket of a latency. */
  int of(long nanos) {
    int cell = cell(Math.max(1, nanos)) - FIRST;
    int bucket = firstOfCell[Math.min(cell, firstOfCell.length - 1)];
    while (nanos > longest[bucket]) {
      bucket++;
    }
    return bucket;
  }

  private static int cell(long nanos) {
    return (int) (Double.doubleToRawLongBits(nanos) >>> SHIFT);
  }
}
