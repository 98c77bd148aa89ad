package io.kiss.kisim.scenario;

import io.kiss.kisim.telemetry.TelemetrySettings;

/** Reads {@code telemetry { … }}: how Prometheus watches the Deployment. */
final class TelemetrySection {
  private TelemetrySection() {}

  static TelemetrySettings read(Section at) {
    TelemetrySettings usual = TelemetrySettings.DEFAULT;
    int scrape = at.wholeSeconds("scrape", usual.scrapeSeconds());
    int window = at.wholeSeconds("rate-window", Math.max(usual.rateWindowSeconds(), 4 * scrape));
    double probability = at.number("outage-probability", usual.outageProbability());
    double mean = at.seconds("outage-mean", usual.outageMeanSeconds());
    at.done();
    return at.build(() -> new TelemetrySettings(scrape, window, probability, mean));
  }
}
