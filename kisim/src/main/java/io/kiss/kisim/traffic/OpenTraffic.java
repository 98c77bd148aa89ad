package io.kiss.kisim.traffic;

import io.kiss.kisim.traffic.pattern.Load;
import io.kiss.kisim.traffic.pattern.OpenLoad;
import io.kiss.kisim.traffic.pattern.RateProcess;

/**
 * Requests that come whatever becomes of the earlier ones, at a rate that is constant in each
 * second and, from second to second, follows straight lines between knots.
 *
 * @param rates requests per second at each knot; kept, not copied, since training draws into the
 *     same array again and again
 * @param knotSeconds distance of two knots; 1: a rate for each second
 * @param seconds length of the run; the knots beyond do not count
 * @param cv coefficient of variation of the gaps between requests; 1: Poisson
 */
public record OpenTraffic(float[] rates, int knotSeconds, int seconds, double cv)
    implements Traffic, Demand {
  public OpenTraffic {
    if (knotSeconds < 1) {
      throw new IllegalArgumentException("knotSeconds must be at least 1, not " + knotSeconds);
    }
    if (seconds < 1 || (seconds - 1) / knotSeconds >= rates.length) {
      throw new IllegalArgumentException(
          "seconds must be in 1.." + rates.length * knotSeconds + ", not " + seconds);
    }
    if (!(cv >= 0 && cv <= 100)) {
      throw new IllegalArgumentException("cv of the arrivals must be in [0, 100], not " + cv);
    }
  }

  /** A rate for each second. */
  public OpenTraffic(float[] rates, int seconds, double cv) {
    this(rates, 1, seconds, cv);
  }

  /** Poisson arrivals at these rates. */
  public static OpenTraffic poisson(float... rates) {
    return new OpenTraffic(rates, rates.length, 1);
  }

  @Override
  public Load load(long seed) {
    return new OpenLoad(new Listed(this), cv, TrafficRandom.of(seed));
  }

  @Override
  public Demand demand(long seed) {
    return this;
  }

  @Override
  public double rate(int second, double latencySeconds) {
    int s = Math.min(second, seconds - 1);
    if (knotSeconds == 1) {
      return rates[s];
    }
    int knot = s / knotSeconds;
    int last = (seconds - 1) / knotSeconds;
    float here = rates[knot];
    float slope = (rates[Math.min(knot + 1, last)] - here) / knotSeconds;
    return here + slope * (s - knot * knotSeconds);
  }

  /** The rate of each second; nothing comes after the last. */
  private static final class Listed implements RateProcess {
    private final OpenTraffic traffic;
    private int second = -1;

    Listed(OpenTraffic traffic) {
      this.traffic = traffic;
    }

    @Override
    public void next() {
      second++;
    }

    @Override
    public double rate() {
      return second < traffic.seconds ? traffic.rate(second, 0) : 0;
    }

    @Override
    public double endSeconds() {
      return second < traffic.seconds ? second + 1 : Double.POSITIVE_INFINITY;
    }
  }
}
