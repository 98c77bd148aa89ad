package io.kiss.kisim.scenario;

import io.kiss.kisim.time.Delay;

/**
 * Reads a random time: {@code { kind = constant, mean }}, {@code { kind = uniform, low, high }},
 * {@code { kind = exponential, mean }}, or {@code { kind = lognormal }} with either {@code mean,
 * cv} or {@code p50, p95}.
 */
final class DelaySection {
  /** The normal distribution's 95 % quantile. */
  private static final double Z95 = 1.6448536269514722;

  private DelaySection() {}

  static Delay read(Section at) {
    Delay.Kind kind = at.choice("kind", Delay.Kind.class, Delay.Kind.CONSTANT);
    Delay delay =
        switch (kind) {
          case UNIFORM -> uniform(at);
          case LOGNORMAL -> at.has("p50") || at.has("p95") ? byQuantiles(at) : byMean(at);
          case CONSTANT, EXPONENTIAL -> {
            double mean = at.seconds("mean");
            yield at.build(() -> new Delay(kind, mean, 0));
          }
        };
    at.text("source", "");
    at.done();
    return delay;
  }

  private static Delay uniform(Section at) {
    double low = at.seconds("low");
    double high = at.seconds("high");
    return at.build(() -> Delay.uniform(low, high));
  }

  private static Delay byMean(Section at) {
    double mean = at.seconds("mean");
    double cv = at.number("cv");
    return at.build(() -> Delay.lognormal(mean, cv));
  }

  /** Of a log-normal time X, log X is normal: its median and spread are those of the quantiles. */
  private static Delay byQuantiles(Section at) {
    for (String other : new String[] {"mean", "cv"}) {
      if (at.has(other)) {
        throw at.refused(other, "cannot stand beside p50 and p95");
      }
    }
    double median = at.seconds("p50");
    double high = at.seconds("p95");
    if (!(median > 0 && high > median)) {
      throw at.refused("p95", "must be above p50, and p50 above 0");
    }
    double sigma = Math.log(high / median) / Z95;
    double cv = Math.sqrt(Math.expm1(sigma * sigma));
    return at.build(() -> Delay.lognormal(median * Math.exp(sigma * sigma / 2), cv));
  }
}
