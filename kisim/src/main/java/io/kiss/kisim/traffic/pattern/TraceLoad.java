package io.kiss.kisim.traffic.pattern;

import io.kiss.kisim.time.Nanos;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Replays a binned trace. Each bin gets its whole number of requests; they are independent of each
 * other and spread over the bin by a straight line through the neighbouring bins' rates, so that a
 * coarse bin does not end in a step.
 *
 * <p>With a scale other than 1 a bin's total is rounded up or down at random, its mean kept.
 */
public final class TraceLoad extends OneWayLoad {
  private final double[] counts;
  private final double binSeconds;
  private final double scale;
  private final UniformRandomProvider random;
  private int bin = -1;
  private long left;

  /** Share of the bin's requests that is behind the last one drawn, 0..1. */
  private double passed;

  /** Rates at the bin's ends over its mean rate: 1 - tilt and 1 + tilt. */
  private double tilt;

  /**
   * Replays {@code counts}.
   *
   * @param counts requests in each bin
   * @param binSeconds length of a bin
   * @param scale factor on the counts
   * @param interpolate whether arrivals follow a line inside a bin; else they are uniform
   */
  public TraceLoad(
      double[] counts,
      double binSeconds,
      double scale,
      boolean interpolate,
      UniformRandomProvider random) {
    if (!(binSeconds > 0 && scale > 0)) {
      throw new IllegalArgumentException("binSeconds and scale must be positive");
    }
    this.counts = counts.clone();
    this.binSeconds = binSeconds;
    this.scale = scale;
    this.random = random;
    this.tilt = interpolate ? 0 : Double.NaN;
    draw();
  }

  @Override
  void draw() {
    while (left == 0) {
      if (++bin >= counts.length) {
        next = Long.MAX_VALUE;
        return;
      }
      open();
    }
    // The least of `left` uniform numbers above `passed`, so that the bin comes out sorted.
    passed += (1 - passed) * -Math.expm1(Math.log1p(-random.nextDouble()) / left);
    left--;
    next = Nanos.of((bin + place(passed)) * binSeconds);
  }

  private void open() {
    double mean = counts[bin] * scale;
    left = (long) Math.floor(mean + random.nextDouble());
    passed = 0;
    if (Double.isNaN(tilt) || counts[bin] == 0) {
      return;
    }
    double before = counts[Math.max(0, bin - 1)];
    double after = counts[Math.min(counts.length - 1, bin + 1)];
    double slope = (after - before) / 4 / counts[bin];
    tilt = Math.max(-1, Math.min(1, slope));
  }

  /** Where in the bin (0..1) the share {@code u} of its requests has come: the line's quantile. */
  private double place(double u) {
    if (Double.isNaN(tilt) || Math.abs(tilt) < 1e-9) {
      return u;
    }
    double start = 1 - tilt;
    return (Math.sqrt(start * start + 4 * tilt * u) - start) / (2 * tilt);
  }
}
