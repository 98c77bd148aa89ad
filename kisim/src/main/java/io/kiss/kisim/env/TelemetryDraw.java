package io.kiss.kisim.env;

import io.kiss.kisim.telemetry.HistogramBounds;
import io.kiss.kisim.telemetry.MetricFamily;
import io.kiss.kisim.telemetry.PromqlRules;
import io.kiss.kisim.telemetry.TelemetrySettings;
import org.apache.commons.rng.UniformRandomProvider;

/** Draws how Prometheus watches an episode, in units of a tick, and what goes wrong with it. */
final class TelemetryDraw {
  private static final MetricFamily[] FAMILIES = MetricFamily.values();
  private static final PromqlRules[] RULES = PromqlRules.values();

  private TelemetryDraw() {}

  static TelemetrySettings of(
      UniformRandomProvider random, EnvironmentSettings settings, double sloSeconds) {
    TroubleShares shares = settings.troubles();
    int scrape = settings.tickSeconds();
    double unit = scrape / 15.0;
    int window = scrape * (2 + random.nextInt(3));
    // Some histograms have a bucket that ends at the SLO, others have to be read between two.
    HistogramBounds bounds =
        random.nextBoolean() ? HistogramBounds.ENVOY.with(sloSeconds) : HistogramBounds.ENVOY;
    double jitter = 0.5 * unit * random.nextDouble();
    double duration = 0.2 * unit * random.nextDouble();
    double lag = unit * (random.nextDouble() < shares.lag() ? random.nextDouble(1, 15) : 0.05);
    TelemetrySettings drawn =
        TelemetrySettings.of(scrape, window)
            .withBounds(bounds)
            .withRules(RULES[random.nextInt(RULES.length)])
            .withDelays(jitter, duration, lag);
    if (random.nextDouble() < shares.outages()) {
      drawn =
          drawn
              .withOutages(
                  0.05 * random.nextDouble(),
                  unit * random.nextDouble(20, 200),
                  0.5 * random.nextDouble())
              .withFailedScrapes(0.1 * random.nextDouble());
    }
    if (random.nextDouble() < shares.missing()) {
      MetricFamily family = FAMILIES[1 + random.nextInt(FAMILIES.length - 1)];
      drawn =
          drawn.withMissing(
              family, random.nextDouble(0.05, 0.5), unit * random.nextDouble(60, 600));
    }
    return drawn;
  }
}
