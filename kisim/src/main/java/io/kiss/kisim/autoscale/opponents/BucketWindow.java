package io.kiss.kisim.autoscale.opponents;

import java.util.ArrayDeque;

/**
 * Mean of samples over a window of equal buckets, as Knative keeps it (pkg/autoscaler/aggregation):
 * it divides by the buckets since the first sample, buckets that nobody filled in between count as
 * 0, those after the newest sample not at all.
 */
final class BucketWindow {
  private record Bucket(long index, double value) {}

  private final double bucketSeconds;
  private final int buckets;
  private final ArrayDeque<Bucket> filled = new ArrayDeque<>();
  private long first;

  BucketWindow(double windowSeconds, double bucketSeconds) {
    this.bucketSeconds = bucketSeconds;
    buckets = Math.max(1, (int) Math.ceil(windowSeconds / bucketSeconds - 1e-9));
  }

  void record(double now, double value) {
    long index = index(now);
    if (filled.isEmpty() || index - filled.getLast().index() >= buckets) {
      filled.clear();
      first = index;
    }
    filled.addLast(new Bucket(index, value));
    while (filled.getFirst().index() <= index - buckets) {
      filled.removeFirst();
    }
  }

  /** The mean, or {@code NaN} where there is no sample inside the window. */
  double mean(double now) {
    long index = index(now);
    if (filled.isEmpty() || index - filled.getLast().index() >= buckets) {
      return Double.NaN;
    }
    double sum = 0;
    for (Bucket bucket : filled) {
      if (bucket.index() > index - buckets) {
        sum += bucket.value();
      }
    }
    long newest = filled.getLast().index();
    return sum / Math.min(newest - first + 1, buckets - (index - newest));
  }

  private long index(double now) {
    return (long) Math.floor(now / bucketSeconds + 1e-9);
  }
}
