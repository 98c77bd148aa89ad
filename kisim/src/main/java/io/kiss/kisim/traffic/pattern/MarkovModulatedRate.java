package io.kiss.kisim.traffic.pattern;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/**
 * The rate of a Markov-modulated process: states visited in a Markov chain, each for an exponential
 * time, each with its own rate. From a state every other is equally likely.
 */
public final class MarkovModulatedRate implements RateProcess {
  private final double[] rates;
  private final double[] meanSeconds;
  private final UniformRandomProvider random;
  private final ZigguratSampler.Exponential exponential;
  private int state;
  private double endSeconds;
  private boolean begun;

  /**
   * Starts in state 0.
   *
   * @param rates requests per second in each state
   * @param meanSeconds mean time in each state
   */
  public MarkovModulatedRate(double[] rates, double[] meanSeconds, UniformRandomProvider random) {
    if (rates.length == 0 || rates.length != meanSeconds.length) {
      throw new IllegalArgumentException("a state needs a rate and a mean time each");
    }
    for (int i = 0; i < rates.length; i++) {
      if (!(rates[i] >= 0 && meanSeconds[i] > 0)) {
        throw new IllegalArgumentException(
            "state " + i + " has rate " + rates[i] + " and mean time " + meanSeconds[i] + " s");
      }
    }
    this.rates = rates.clone();
    this.meanSeconds = meanSeconds.clone();
    this.random = random;
    exponential = ZigguratSampler.Exponential.of(random);
  }

  @Override
  public void next() {
    if (begun && rates.length > 1) {
      int jump = 1 + random.nextInt(rates.length - 1);
      state = (state + jump) % rates.length;
    }
    begun = true;
    endSeconds += meanSeconds[state] * exponential.sample();
  }

  @Override
  public double rate() {
    return rates[state];
  }

  @Override
  public double endSeconds() {
    return endSeconds;
  }
}
