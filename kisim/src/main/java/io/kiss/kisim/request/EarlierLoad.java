package io.kiss.kisim.request;

import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.WarmUp;
import io.kiss.kisim.time.Nanos;
import io.kiss.kisim.traffic.Demand;
import io.kiss.kisim.traffic.OpenTraffic;
import io.kiss.kisim.traffic.pattern.ClosedLoad;
import io.kiss.kisim.traffic.pattern.Load;
import io.kiss.kisim.traffic.pattern.LoadPatterns;
import io.kiss.kisim.traffic.pattern.OpenLoad;
import io.kiss.kisim.traffic.pattern.PatternRate;
import org.HdrHistogram.Histogram;
import org.apache.commons.rng.UniformRandomProvider;

/** A load that begins before the scenario's second 0. */
final class EarlierLoad implements Load {
  private final Load load;
  private final long nanos;

  private EarlierLoad(Load load, int seconds) {
    this.load = load;
    nanos = seconds * Nanos.PER_SECOND;
  }

  /** Requests until second 0, at the rate of the scenario's first minute. */
  static Load until0(Scenario scenario, OpenTraffic demand, UniformRandomProvider random) {
    int seconds = WarmUp.seconds(scenario);
    PatternRate rate =
        new PatternRate(LoadPatterns.constant(WarmUp.rate(scenario, demand)), seconds, seconds);
    return new EarlierLoad(new OpenLoad(rate, demand.cv(), random), seconds);
  }

  /** Users who are there from before second 0 on, as many as in the scenario's first minute. */
  static EarlierLoad users(Scenario scenario, Demand.Closed demand, UniformRandomProvider random) {
    int seconds = WarmUp.seconds(scenario);
    double before = WarmUp.users(scenario, demand);
    float[] users = demand.users();
    int last = demand.seconds() - 1;
    ClosedLoad load =
        new ClosedLoad(
            at -> at < seconds ? before : users[Math.min(last, (int) at - seconds)],
            demand.think(),
            demand.network(),
            demand.client(),
            random);
    return new EarlierLoad(load, seconds);
  }

  /**
   * Moves the latencies that users of a closed loop saw since the last call into {@code into},
   * nanoseconds.
   */
  void drainLatencies(Histogram into) {
    ((ClosedLoad) load).drainLatencies(into);
  }

  @Override
  public long nextNanos() {
    long next = load.nextNanos();
    return next == Long.MAX_VALUE ? next : next - nanos;
  }

  @Override
  public int take() {
    return load.take();
  }

  @Override
  public boolean closed() {
    return load.closed();
  }

  @Override
  public void answered(int tag, long nowNanos, boolean served) {
    load.answered(tag, nowNanos + nanos, served);
  }
}
