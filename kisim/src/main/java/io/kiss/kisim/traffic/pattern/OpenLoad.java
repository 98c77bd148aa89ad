package io.kiss.kisim.traffic.pattern;

import io.kiss.kisim.time.Nanos;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.AhrensDieterMarsagliaTsangGammaSampler;
import org.apache.commons.rng.sampling.distribution.SharedStateContinuousSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/**
 * Requests that come whatever becomes of the earlier ones.
 *
 * <p>Gaps are drawn with mean 1 in operational time, the integral of the rate, and carried back to
 * the clock: a Poisson process with that rate for exponential gaps, a renewal process sped up and
 * slowed down by it for gamma ones.
 */
public final class OpenLoad extends OneWayLoad {
  private final RateProcess rate;
  private final SharedStateContinuousSampler gaps;
  private double clockSeconds;
  private double segmentEnd;

  /** Mean time between two requests in this segment, seconds; infinite without any. */
  private double segmentGap;

  /**
   * Makes a load.
   *
   * @param rate requests per second over time
   * @param cv coefficient of variation of the gaps; 1: Poisson, 0: evenly spaced
   */
  public OpenLoad(RateProcess rate, double cv, UniformRandomProvider random) {
    if (!(cv >= 0 && cv <= 100)) {
      throw new IllegalArgumentException("cv of the arrivals must be in [0, 100], not " + cv);
    }
    this.rate = rate;
    gaps = gapSampler(cv, random);
    rate.next();
    readSegment();
    draw();
  }

  private static SharedStateContinuousSampler gapSampler(double cv, UniformRandomProvider random) {
    if (cv == 0) {
      return new Even();
    }
    if (cv == 1) {
      return ZigguratSampler.Exponential.of(random);
    }
    double shape = 1 / (cv * cv);
    return AhrensDieterMarsagliaTsangGammaSampler.of(random, shape, 1 / shape);
  }

  @Override
  void draw() {
    double gap = gaps.sample();
    double at = clockSeconds + gap * segmentGap;
    if (at <= segmentEnd) {
      clockSeconds = at;
      next = Nanos.of(at);
    } else {
      drawAcross(gap);
    }
  }

  /** Carries a gap over the ends of segments; apart, to keep the usual way short. */
  private void drawAcross(double gap) {
    double left = gap;
    while (true) {
      double room =
          segmentGap == Double.POSITIVE_INFINITY ? 0 : (segmentEnd - clockSeconds) / segmentGap;
      if (left <= room && room > 0) {
        clockSeconds += left * segmentGap;
        next = Nanos.of(clockSeconds);
        return;
      }
      if (segmentEnd == Double.POSITIVE_INFINITY) {
        next = Long.MAX_VALUE;
        return;
      }
      left -= room;
      clockSeconds = segmentEnd;
      rate.next();
      readSegment();
    }
  }

  private void readSegment() {
    segmentEnd = rate.endSeconds();
    segmentGap = 1 / rate.rate();
  }

  /** Gaps that are all 1. */
  private static final class Even implements SharedStateContinuousSampler {
    @Override
    public double sample() {
      return 1;
    }

    @Override
    public SharedStateContinuousSampler withUniformRandomProvider(UniformRandomProvider rng) {
      return this;
    }
  }
}
