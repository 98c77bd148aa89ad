package io.kiss.kisim.traffic;

import io.kiss.kisim.traffic.pattern.Load;
import io.kiss.kisim.traffic.pattern.OpenLoad;
import io.kiss.kisim.traffic.pattern.RateProcess;

/**
 * Requests that come whatever becomes of the earlier ones, at a rate that is constant in each
 * second.
 *
 * @param rates requests per second in each second; kept, not copied, since training draws into the
 *     same array again and again
 * @param seconds length of the run; the rates beyond do not count
 * @param cv coefficient of variation of the gaps between requests; 1: Poisson
 */
public record OpenTraffic(float[] rates, int seconds, double cv) implements Traffic, Demand {
  public OpenTraffic {
    if (seconds < 1 || seconds > rates.length) {
      throw new IllegalArgumentException("seconds must be in 1..rates.length, not " + seconds);
    }
    if (!(cv >= 0 && cv <= 100)) {
      throw new IllegalArgumentException("cv of the arrivals must be in [0, 100], not " + cv);
    }
  }

  /** Poisson arrivals at these rates. */
  public static OpenTraffic poisson(float... rates) {
    return new OpenTraffic(rates, rates.length, 1);
  }

  @Override
  public Load load(long seed) {
    return new OpenLoad(new Listed(rates, seconds), cv, TrafficRandom.of(seed));
  }

  @Override
  public Demand demand(long seed) {
    return this;
  }

  @Override
  public double rate(int second, double latencySeconds) {
    return rates[Math.min(second, seconds - 1)];
  }

  /** A listed rate for each second; nothing comes after the last. */
  private static final class Listed implements RateProcess {
    private final float[] rates;
    private final int seconds;
    private int second = -1;

    Listed(float[] rates, int seconds) {
      this.rates = rates;
      this.seconds = seconds;
    }

    @Override
    public void next() {
      second++;
    }

    @Override
    public double rate() {
      return second < seconds ? rates[second] : 0;
    }

    @Override
    public double endSeconds() {
      return second < seconds ? second + 1 : Double.POSITIVE_INFINITY;
    }
  }
}
