package io.kiss.kisim.scenario;

import io.kiss.kisim.time.Delay;

/**
 * Reads a random time: {@code { kind = constant, mean }}, {@code { kind = uniform, low, high }},
 * {@code { kind = exponential, mean }}, or {@code { kind = lognormal }} with either {@code mean,
 * cv} or {@code p50, p95}.
 */
final class DelaySection {
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

  private static Delay byQuantiles(Section at) {
    for (String other : new String[] {"mean", "cv"}) {
      if (at.has(other)) {
        throw at.refused(other, "cannot stand beside p50 and p95");
      }
    }
    double p50 = at.seconds("p50");
    double p95 = at.seconds("p95");
    return at.build(() -> Delay.lognormalFromQuantiles(p50, p95));
  }
}
