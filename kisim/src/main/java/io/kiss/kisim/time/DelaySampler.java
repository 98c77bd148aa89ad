package io.kiss.kisim.time;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/** Draws from a {@link Delay}. */
public final class DelaySampler {
  private final Delay delay;
  private final UniformRandomProvider random;
  private final ZigguratSampler.Exponential exponential;
  private final ZigguratSampler.NormalizedGaussian gaussian;
  private final double sigma;

  /** Draws from {@code random}. */
  public DelaySampler(Delay delay, UniformRandomProvider random) {
    this.delay = delay;
    this.random = random;
    exponential = ZigguratSampler.Exponential.of(random);
    gaussian = ZigguratSampler.NormalizedGaussian.of(random);
    sigma = sigmaOf(delay);
  }

  /** A delay, nanoseconds. */
  public long nanos() {
    return Nanos.of(seconds());
  }

  /** A delay, seconds. */
  public double seconds() {
    return draw(delay, sigma);
  }

  /** A draw from another delay with the same random numbers, seconds. */
  public double seconds(Delay other) {
    return draw(other, sigmaOf(other));
  }

  private double draw(Delay from, double logSigma) {
    return switch (from.kind()) {
      case CONSTANT -> from.low();
      case UNIFORM -> from.low() + (from.high() - from.low()) * random.nextDouble();
      case EXPONENTIAL -> from.low() * exponential.sample();
      case LOGNORMAL ->
          from.low() * Math.exp(logSigma * gaussian.sample() - logSigma * logSigma / 2);
    };
  }

  private static double sigmaOf(Delay delay) {
    return delay.kind() == Delay.Kind.LOGNORMAL
        ? Math.sqrt(Math.log1p(delay.high() * delay.high()))
        : 0;
  }
}
