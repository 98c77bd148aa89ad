package io.kiss.cluster.jobs;

import io.kiss.kisim.traffic.ArrivalTrace;

/**
 * Arrivals as a request gives them.
 *
 * @param name in the results; null: {@code series}
 * @param binSeconds length of a bin; null: 1
 * @param counts requests of each bin
 */
public record Series(String name, Integer binSeconds, double[] counts) {

  public Series {
    counts = counts == null ? null : counts.clone();
  }

  ArrivalTrace trace(String field) {
    if (counts == null || counts.length == 0) {
      throw new IllegalArgumentException(field + ".counts: must be a list of numbers");
    }
    try {
      return new ArrivalTrace(
          name == null ? "series" : name, binSeconds == null ? 1 : binSeconds, counts);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(field + ": " + e.getMessage(), e);
    }
  }
}
