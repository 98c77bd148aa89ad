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

  @Override
  public double sum(int count, double latencySeconds) {
    double sum = 0;
    Line line = new Line(this);
    for (int second = 0; second < count; second++) {
      sum += line.rate(second);
    }
    return sum;
  }

  /** The line between two knots is highest at one of its ends. */
  @Override
  public double highest(int from, int to, double latencySeconds) {
    double highest = 0;
    int second = from;
    while (second < to) {
      int end = Math.min(to, (second / knotSeconds + 1) * knotSeconds);
      highest = Math.max(highest, Math.max(rate(second, 0), rate(end - 1, 0)));
      second = end;
    }
    return highest;
  }

  /**
   * The rates of seconds that only go forward: what two knots have in common is worked out once, so
   * that a second costs no division. The same bits as {@link OpenTraffic#rate}.
   */
  public static final class Line {
    private OpenTraffic traffic;
    private int from;
    private int until;
    private float here;
    private float slope;

    /** Begins at second 0; {@link #reset} comes before the first rate. */
    public Line() {}

    private Line(OpenTraffic traffic) {
      reset(traffic);
    }

    /** Begins at second 0 of other traffic. */
    public void reset(OpenTraffic other) {
      traffic = other;
      from = 0;
      until = 0;
    }

    /** The rate of a second, 0 or later, not before that of the last call. */
    public double rate(int second) {
      if (second >= until) {
        goTo(second);
      }
      return here + slope * (second - from);
    }

    private void goTo(int second) {
      int width = traffic.knotSeconds;
      int end = traffic.seconds - 1;
      int knot = Math.min(second, end) / width;
      int last = end / width;
      from = knot * width;
      until = Math.min(from + width, traffic.seconds);
      here = traffic.rates[knot];
      slope = width == 1 ? 0 : (traffic.rates[Math.min(knot + 1, last)] - here) / width;
      if (second > end) {
        here += slope * (end - from);
        slope = 0;
        until = Integer.MAX_VALUE;
      }
    }
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
