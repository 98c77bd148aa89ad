package io.kiss.kisim.fluid;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/**
 * Draws Poisson counts of ever changing means. Commons RNG's samplers are made for one mean each;
 * making one a draw would allocate.
 */
final class CountSampler {
  private static final double LARGE = 30;

  private final UniformRandomProvider random;
  private final ZigguratSampler.NormalizedGaussian gaussian;

  CountSampler(UniformRandomProvider random) {
    this.random = random;
    gaussian = ZigguratSampler.NormalizedGaussian.of(random);
  }

  /** A count of this mean. */
  double poisson(double mean) {
    if (mean <= 0) {
      return 0;
    }
    if (mean >= LARGE) {
      // Normal, with the Cornish-Fisher term for Poisson's skewness.
      double z = gaussian.sample();
      return Math.max(0, Math.rint(mean + Math.sqrt(mean) * z + (z * z - 1) / 6));
    }
    double left = random.nextDouble();
    double probability = Math.exp(-mean);
    int count = 0;
    while (left > probability && count < 200) {
      left -= probability;
      count++;
      probability *= mean / count;
    }
    return count;
  }

  /** A time of an exponential law. */
  double exponential(double mean) {
    return -mean * Math.log1p(-random.nextDouble());
  }

  /** Whether something of this probability happens. */
  boolean happens(double probability) {
    return random.nextDouble() < probability;
  }
}
