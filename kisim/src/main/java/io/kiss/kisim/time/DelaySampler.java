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
    sigma = Math.sqrt(Math.log1p(delay.high() * delay.high()));
  }

  /** A delay, nanoseconds. */
  public long nanos() {
    return Nanos.of(seconds());
  }

  /** A delay, seconds. */
  public double seconds() {
    return switch (delay.kind()) {
      case CONSTANT -> delay.low();
      case UNIFORM -> delay.low() + (delay.high() - delay.low()) * random.nextDouble();
      case EXPONENTIAL -> delay.low() * exponential.sample();
      case LOGNORMAL -> delay.low() * Math.exp(sigma * gaussian.sample() - sigma * sigma / 2);
    };
  }
}
