package io.kiss.kisim.fluid;

import io.kiss.kisim.telemetry.Promql;
import io.kiss.kisim.telemetry.PromqlRules;

/**
 * When the newest scrapes were, and what they did not bring; the values are kept by who needs them.
 * Scrapes are numbered from 0 on; the slot of a number is where its values lie.
 */
final class ScrapeRows {
  // What a scrape is without.
  static final int ARRIVALS = 1;
  static final int LATENCY = 2;

  /** Pods that stand for all where some scrapes fail. */
  static final int SAMPLED_PODS = 16;

  /** All of them, in {@link #scraped}. */
  static final int EVERY_POD = -1;

  /** Rows kept. */
  int slots;

  /** Number of the newest row; -1 before the first. */
  int newest;

  /** By slot: when, seconds. */
  int[] times = new int[0];

  /** By slot: {@link #ARRIVALS} and {@link #LATENCY} where they were missing. */
  byte[] without = new byte[0];

  /** By slot: a bit for each of {@link #SAMPLED_PODS} whose scrape succeeded. */
  int[] scraped = new int[0];

  private PromqlRules rules;

  // The samples that a query finds in its window.
  int first;
  int last;
  int samples;

  void reset(int slots, PromqlRules rules) {
    this.slots = slots;
    this.rules = rules;
    newest = -1;
    if (times.length < slots) {
      times = new int[slots];
      without = new byte[slots];
      scraped = new int[slots];
    }
  }

  /** Begins a row. */
  void add(int now, int without, int scraped) {
    newest++;
    int slot = slot(newest);
    times[slot] = now;
    this.without[slot] = (byte) without;
    this.scraped[slot] = scraped;
  }

  int slot(int row) {
    return row % slots;
  }

  /** Number of the oldest row kept. */
  int oldest() {
    return Math.max(0, newest - slots + 1);
  }

  /** Number of the newest row of this time or before; less than {@link #oldest} without one. */
  int newestUpTo(long millis) {
    int row = newest;
    while (row >= oldest() && 1000L * times[slot(row)] > millis) {
      row--;
    }
    return row;
  }

  /**
   * Finds the samples of a window.
   *
   * @param from no row before this one
   * @param to nor after this one
   * @param startMillis where the window starts
   * @param metric {@link #ARRIVALS} or {@link #LATENCY}
   * @param pod one of {@link #SAMPLED_PODS}, negative for any
   * @return whether there are two at least, so that there is a rate
   */
  boolean find(int from, int to, long startMillis, int metric, int pod) {
    samples = 0;
    int row = Math.min(to, newest);
    int least = Math.max(from, oldest());
    int slot = slot(row) + 1;
    for (; row >= least; row--) {
      slot = slot == 0 ? slots - 1 : slot - 1;
      if (!rules.inside(1000L * times[slot], startMillis)) {
        break;
      }
      int pods = scraped[slot];
      boolean there = pod < 0 ? pods != 0 : (pods >> pod & 1) != 0;
      if (there && (without[slot] & metric) == 0) {
        last = samples == 0 ? row : last;
        first = row;
        samples++;
      }
    }
    return samples >= 2;
  }

  /** {@link Promql#extrapolation} of what {@link #find} found. */
  double extrapolation(long startMillis, long endMillis, double firstValue, double grown) {
    return Promql.extrapolation(
        rules,
        startMillis,
        endMillis,
        1000L * times[slot(first)],
        1000L * times[slot(last)],
        samples,
        firstValue,
        grown);
  }
}
