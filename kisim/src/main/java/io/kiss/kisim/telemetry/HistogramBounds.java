package io.kiss.kisim.telemetry;

import java.util.Arrays;

/**
 * Upper bounds of a classic Prometheus histogram's buckets, {@code le="…"}, seconds. After the last
 * one comes the bucket {@code le="+Inf"}, so that there are {@link #buckets} = bounds + 1 of them.
 */
public final class HistogramBounds {

  /**
   * Envoy's default bounds, which Istio's {@code istio_request_duration_milliseconds} has too, from
   * 5 ms to a minute. Envoy goes on from 0.5 ms to an hour, where inference has nothing to show.
   */
  public static final HistogramBounds ENVOY =
      of(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60);

  private final double[] seconds;

  private HistogramBounds(double[] seconds) {
    this.seconds = seconds;
  }

  /**
   * Bounds in rising order.
   *
   * @throws IllegalArgumentException unless there is one at least, and all are finite, above zero
   *     and rising
   */
  public static HistogramBounds of(double... seconds) {
    if (seconds.length == 0) {
      throw new IllegalArgumentException("a histogram needs at least one bucket bound");
    }
    double before = 0;
    for (double bound : seconds) {
      if (!(bound > before) || Double.isInfinite(bound)) {
        throw new IllegalArgumentException(
            "bucket bounds must be finite, above zero and rising: " + Arrays.toString(seconds));
      }
      before = bound;
    }
    return new HistogramBounds(seconds.clone());
  }

  /** The same with a bucket that ends at {@code bound}, as one wants for an SLO. */
  public HistogramBounds with(double bound) {
    int at = Arrays.binarySearch(seconds, bound);
    if (at >= 0) {
      return this;
    }
    double[] more = Arrays.copyOf(seconds, seconds.length + 1);
    more[seconds.length] = bound;
    Arrays.sort(more);
    return of(more);
  }

  /** Number of buckets, the one without end included. */
  public int buckets() {
    return seconds.length + 1;
  }

  /** Upper bound of a bucket, seconds; infinity for the last. */
  public double bound(int bucket) {
    return bucket == seconds.length ? Double.POSITIVE_INFINITY : seconds[bucket];
  }

  /** The bucket that a latency is counted in: the first whose bound is not below it. */
  public int bucketOf(double latencySeconds) {
    int low = 0;
    int high = seconds.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (seconds[middle] < latencySeconds) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HistogramBounds that && Arrays.equals(seconds, that.seconds);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(seconds);
  }

  @Override
  public String toString() {
    return Arrays.toString(seconds);
  }
}
