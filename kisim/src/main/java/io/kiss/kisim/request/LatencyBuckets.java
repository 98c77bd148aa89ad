package io.kiss.kisim.request;

/**
 * Which bucket of a Prometheus histogram a latency counts in: the first whose upper bound is not
 * below it. A table by the leading bits finds it without a search.
 */
final class LatencyBuckets {
  /** Leading bits of the mantissa that the table tells apart. */
  private static final int BITS = 6;

  private static final int SHIFT = 52 - BITS;
  private static final int FIRST = cell(1);

  private final long[] edges;
  private final int[] firstOfCell;

  /**
   * Makes buckets, the last of them without an end.
   *
   * @param edgesSeconds finite upper bounds, growing
   */
  LatencyBuckets(double[] edgesSeconds) {
    edges = new long[edgesSeconds.length + 1];
    for (int b = 0; b < edgesSeconds.length; b++) {
      edges[b] = (long) Math.floor(edgesSeconds[b] * 1e9 + 1e-3);
    }
    edges[edgesSeconds.length] = Long.MAX_VALUE;
    firstOfCell = new int[cell(RequestCounts.LONGEST_NANOS) - FIRST + 1];
    int bucket = 0;
    for (int c = 0; c < firstOfCell.length; c++) {
      double low = Double.longBitsToDouble((long) (c + FIRST) << SHIFT);
      while (edges[bucket] < low) {
        bucket++;
      }
      firstOfCell[c] = bucket;
    }
  }

  /** Buckets, the endless one included. */
  int size() {
    return edges.length;
  }

  /** The bucket of a latency. */
  int of(long nanos) {
    int cell = cell(Math.max(1, nanos)) - FIRST;
    int bucket = firstOfCell[Math.min(cell, firstOfCell.length - 1)];
    while (nanos > edges[bucket]) {
      bucket++;
    }
    return bucket;
  }

  private static int cell(long nanos) {
    return (int) (Double.doubleToRawLongBits(nanos) >>> SHIFT);
  }
}
