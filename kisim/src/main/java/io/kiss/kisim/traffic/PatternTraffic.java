package io.kiss.kisim.traffic;

import io.kiss.kisim.traffic.pattern.Load;
import io.kiss.kisim.traffic.pattern.OpenLoad;
import io.kiss.kisim.traffic.pattern.RateProcess;
import java.util.function.LongFunction;

/**
 * Open traffic whose rate is a process of its own.
 *
 * @param rate makes the rate of a run from its seed
 * @param seconds length of a run
 * @param cv coefficient of variation of the gaps between requests; 1: Poisson
 */
public record PatternTraffic(LongFunction<RateProcess> rate, int seconds, double cv)
    implements Traffic {

  @Override
  public Load load(long seed) {
    return new OpenLoad(rate.apply(seed), cv, TrafficRandom.of(seed));
  }

  @Override
  public Demand demand(long seed) {
    return new OpenTraffic(perSecond(rate.apply(seed)), seconds, cv);
  }

  private float[] perSecond(RateProcess process) {
    float[] rates = new float[seconds];
    process.next();
    for (int s = 0; s < seconds; s++) {
      double sum = 0;
      double from = s;
      while (process.endSeconds() < s + 1) {
        sum += process.rate() * (process.endSeconds() - from);
        from = process.endSeconds();
        process.next();
      }
      rates[s] = (float) (sum + process.rate() * (s + 1 - from));
    }
    return rates;
  }
}
