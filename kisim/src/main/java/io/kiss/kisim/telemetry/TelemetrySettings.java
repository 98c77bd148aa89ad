package io.kiss.kisim.telemetry;

/**
 * How Prometheus watches the Deployment.
 *
 * @param scrapeSeconds time between two scrapes
 * @param rateWindowSeconds length of the window of {@code rate()} and {@code increase()}
 * @param outageProbability chance that a scrape is the first of an outage
 * @param outageMeanSeconds mean length of an outage, in which no scrape succeeds
 */
public record TelemetrySettings(
    int scrapeSeconds, int rateWindowSeconds, double outageProbability, double outageMeanSeconds) {

  /** A scrape every 15 s, rates over a minute, no outages. */
  public static final TelemetrySettings DEFAULT = new TelemetrySettings(15, 60, 0, 60);

  public TelemetrySettings {
    if (scrapeSeconds < 1) {
      throw new IllegalArgumentException("scrapeSeconds must be at least 1");
    }
    if (rateWindowSeconds < 2 * scrapeSeconds) {
      throw new IllegalArgumentException(
          "rateWindowSeconds "
              + rateWindowSeconds
              + " must span at least two scrapes of "
              + scrapeSeconds
              + " s");
    }
    if (!(outageProbability >= 0 && outageProbability < 1)) {
      throw new IllegalArgumentException("outageProbability must be in [0, 1)");
    }
    if (!(outageMeanSeconds > 0)) {
      throw new IllegalArgumentException("outageMeanSeconds must be positive");
    }
  }
}
