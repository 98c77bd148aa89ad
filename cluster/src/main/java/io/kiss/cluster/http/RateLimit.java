package io.kiss.cluster.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** A token bucket for each address; those that were quiet longest are forgotten first. */
final class RateLimit {
  private static final int MOST_ADDRESSES = 10_000;
  private static final double NANOS = 1e9;

  private final double perSecond;
  private final double burst;
  private final LongSupplier nanoTime;
  private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

  private record Bucket(double left, long atNanos) {}

  RateLimit(double perSecond, double burst, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.nanoTime = nanoTime;
  }

  /** Takes one from the address's bucket: 0, or the whole seconds to wait before there is one. */
  synchronized long take(String address) {
    long now = nanoTime.getAsLong();
    Bucket bucket = buckets.getOrDefault(address, new Bucket(burst, now));
    double left = Math.min(burst, bucket.left + (now - bucket.atNanos) / NANOS * perSecond);
    boolean allowed = left >= 1;
    buckets.put(address, new Bucket(allowed ? left - 1 : left, now));
    if (buckets.size() > MOST_ADDRESSES) {
      buckets.remove(buckets.keySet().iterator().next());
    }
    return allowed ? 0 : Math.max(1, (long) Math.ceil((1 - left) / perSecond));
  }
}
