package io.kiss.kisim.telemetry;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * What goes wrong with all pods' telemetry at once: outages and a metric that stays away. Drawn
 * once a scrape interval, from a stream of its own, so that one seed has one schedule of outages
 * whoever scales; public because both engines draw from it.
 */
public final class TelemetryFaults {
  private static final long STREAM = 3_000;

  private TelemetrySettings settings;
  private UniformRandomProvider random;
  private double outageUntil;
  private boolean answered;
  private boolean missing;

  /** Begins without an outage, the metric missing as often as it is. */
  public void reset(TelemetrySettings settings, long seed) {
    this.settings = settings;
    random = RandomSource.XO_RO_SHI_RO_128_PP.create(seed * 0x9E3779B97F4A7C15L + STREAM);
    outageUntil = Double.NEGATIVE_INFINITY;
    answered = true;
    missing = settings.missingShare() > 0 && random.nextDouble() < settings.missingShare();
  }

  /** Draws what begins or ends in a scrape interval; outages begin from second 0 on. */
  public void interval(double nowSeconds) {
    if (settings.outageProbability() > 0 && nowSeconds > 0 && nowSeconds >= outageUntil) {
      if (random.nextDouble() < settings.outageProbability()) {
        double length = -settings.outageMeanSeconds() * Math.log1p(-random.nextDouble());
        outageUntil = nowSeconds + length;
        answered = random.nextDouble() >= settings.unansweredOutageShare();
      }
    }
    double share = settings.missingShare();
    if (share > 0 && share < 1) {
      double ending = Math.min(1, settings.scrapeSeconds() / settings.missingMeanSeconds());
      double change = missing ? ending : ending * share / (1 - share);
      if (random.nextDouble() < change) {
        missing = !missing;
      }
    }
  }

  /** Whether nothing is scraped at this time. */
  public boolean outage(double nowSeconds) {
    return nowSeconds < outageUntil;
  }

  /** Whether queries are answered at this time. */
  public boolean answered(double nowSeconds) {
    return answered || nowSeconds >= outageUntil;
  }

  /** Whether pods do not expose this metric now. */
  public boolean missing(MetricFamily metric) {
    return missing && metric == settings.missingMetric();
  }
}
