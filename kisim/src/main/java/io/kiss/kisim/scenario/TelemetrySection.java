package io.kiss.kisim.scenario;

import io.kiss.kisim.telemetry.HistogramBounds;
import io.kiss.kisim.telemetry.MetricFamily;
import io.kiss.kisim.telemetry.PromqlRules;
import io.kiss.kisim.telemetry.TelemetrySettings;

/** Reads {@code telemetry { … }}: how Prometheus watches the Deployment, and what fails there. */
final class TelemetrySection {
  private TelemetrySection() {}

  static TelemetrySettings read(Section at) {
    TelemetrySettings usual = TelemetrySettings.DEFAULT;
    int scrape = at.wholeSeconds("scrape", usual.scrapeSeconds());
    int window = at.wholeSeconds("rate-window", Math.max(usual.rateWindowSeconds(), 4 * scrape));
    HistogramBounds bounds = bounds(at);
    double jitter = at.seconds("scrape-jitter", usual.scrapeJitterSeconds());
    double duration = at.seconds("scrape-duration", usual.scrapeDurationSeconds());
    double lag = at.seconds("query-lag", usual.queryLagSeconds());
    double failed = at.number("failed-scrape-probability", usual.failedScrapeProbability());
    PromqlRules rules = at.choice("rules", PromqlRules.class, usual.rules());
    TelemetrySettings sound =
        at.build(
            () ->
                TelemetrySettings.of(scrape, window)
                    .withBounds(bounds)
                    .withDelays(jitter, duration, lag)
                    .withFailedScrapes(failed)
                    .withRules(rules));
    TelemetrySettings broken = at.section("outages", sound, outages -> outages(outages, sound));
    TelemetrySettings read = at.section("missing", broken, missing -> missing(missing, broken));
    at.text("source", "");
    at.done();
    return read;
  }

  private static HistogramBounds bounds(Section at) {
    double[] seconds = at.numbers("bounds-seconds", new double[0]);
    return seconds.length == 0
        ? TelemetrySettings.DEFAULT.bounds()
        : at.build(() -> HistogramBounds.of(seconds));
  }

  private static TelemetrySettings outages(Section at, TelemetrySettings sound) {
    double probability = at.number("probability");
    double mean = at.seconds("mean");
    double unanswered = at.number("unanswered-share", 0);
    at.done();
    return at.build(() -> sound.withOutages(probability, mean, unanswered));
  }

  private static TelemetrySettings missing(Section at, TelemetrySettings sound) {
    MetricFamily metric = at.choice("metric", MetricFamily.class, MetricFamily.NONE);
    double share = at.number("share");
    double mean = at.seconds("mean");
    at.done();
    return at.build(() -> sound.withMissing(metric, share, mean));
  }
}
