package io.kiss.kisim.telemetry;

/**
 * How Prometheus watches the Deployment, and what goes wrong with that.
 *
 * @param scrapeSeconds time between two scrapes of a pod ({@code scrape_interval})
 * @param rateWindowSeconds length of the window of {@code rate()} and {@code increase()}
 * @param bounds buckets of the latency histogram
 * @param scrapeJitterSeconds a scrape begins up to this much after its time, uniformly
 * @param scrapeDurationSeconds time from a scrape's timestamp until queries see its samples
 * @param queryLagSeconds a decision is made on an answer as old as this
 * @param failedScrapeProbability chance that the scrape of a pod fails: its series get staleness
 *     markers
 * @param outageProbability chance, an interval, that an outage begins: nothing is scraped, and no
 *     marker written, while it lasts
 * @param outageMeanSeconds mean length of an outage, exponential
 * @param unansweredOutageShare share of the outages in which queries are not answered either; in
 *     the others old samples are
 * @param missingMetric what the pods at times do not expose
 * @param missingShare share of the time they do not, 0..1; at 1 it is never there
 * @param missingMeanSeconds mean time that the metric stays away
 * @param rules whose answers: Prometheus' releases differ a little
 */
public record TelemetrySettings(
    int scrapeSeconds,
    int rateWindowSeconds,
    HistogramBounds bounds,
    double scrapeJitterSeconds,
    double scrapeDurationSeconds,
    double queryLagSeconds,
    double failedScrapeProbability,
    double outageProbability,
    double outageMeanSeconds,
    double unansweredOutageShare,
    MetricFamily missingMetric,
    double missingShare,
    double missingMeanSeconds,
    PromqlRules rules) {

  /** How far back an instant query looks for a sample; Prometheus' default. */
  public static final int LOOK_BACK_SECONDS = 300;

  /** A scrape every 15 s, rates over a minute, Envoy's buckets, no faults. */
  public static final TelemetrySettings DEFAULT = of(15, 60);

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
    requireWithin("scrapeJitterSeconds", scrapeJitterSeconds, 0.5 * scrapeSeconds);
    requireWithin("scrapeDurationSeconds", scrapeDurationSeconds, 0.5 * scrapeSeconds);
    requireWithin("queryLagSeconds", queryLagSeconds, rateWindowSeconds);
    requireWithin("failedScrapeProbability", failedScrapeProbability, 1);
    if (!(outageProbability >= 0 && outageProbability < 1)) {
      throw new IllegalArgumentException("probability of outages must be in [0, 1)");
    }
    requirePositive("mean of outages", outageMeanSeconds);
    requireWithin("unanswered-share of outages", unansweredOutageShare, 1);
    requireWithin("share of missing", missingShare, 1);
    requirePositive("mean of missing", missingMeanSeconds);
    if (missingShare < 1
        && missingMeanSeconds * (1 - missingShare) < missingShare * scrapeSeconds) {
      throw new IllegalArgumentException(
          "share "
              + missingShare
              + " of missing with mean "
              + missingMeanSeconds
              + " leaves less than a scrape between two absences; make them longer or the share 1");
    }
  }

  private static void requireWithin(String name, double value, double most) {
    if (!(value >= 0 && value <= most)) {
      throw new IllegalArgumentException(name + " must be in 0.." + most + ", but is " + value);
    }
  }

  private static void requirePositive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " must be a positive number, not " + value);
    }
  }

  /**
   * A Prometheus without faults: Envoy's buckets, 20 ms of jitter, 10 ms a scrape and 50 a query.
   */
  public static TelemetrySettings of(int scrapeSeconds, int rateWindowSeconds) {
    return new TelemetrySettings(
        scrapeSeconds,
        rateWindowSeconds,
        HistogramBounds.ENVOY,
        0.02,
        0.01,
        0.05,
        0,
        0,
        60,
        0,
        MetricFamily.NONE,
        0,
        300,
        PromqlRules.V3);
  }

  /** The same with another histogram. */
  public TelemetrySettings withBounds(HistogramBounds other) {
    return new TelemetrySettings(
        scrapeSeconds,
        rateWindowSeconds,
        other,
        scrapeJitterSeconds,
        scrapeDurationSeconds,
        queryLagSeconds,
        failedScrapeProbability,
        outageProbability,
        outageMeanSeconds,
        unansweredOutageShare,
        missingMetric,
        missingShare,
        missingMeanSeconds,
        rules);
  }

  /** The same with other delays, seconds. */
  public TelemetrySettings withDelays(double jitter, double duration, double queryLag) {
    return new TelemetrySettings(
        scrapeSeconds,
        rateWindowSeconds,
        bounds,
        jitter,
        duration,
        queryLag,
        failedScrapeProbability,
        outageProbability,
        outageMeanSeconds,
        unansweredOutageShare,
        missingMetric,
        missingShare,
        missingMeanSeconds,
        rules);
  }

  /** The same where scrapes fail this often. */
  public TelemetrySettings withFailedScrapes(double probability) {
    return new TelemetrySettings(
        scrapeSeconds,
        rateWindowSeconds,
        bounds,
        scrapeJitterSeconds,
        scrapeDurationSeconds,
        queryLagSeconds,
        probability,
        outageProbability,
        outageMeanSeconds,
        unansweredOutageShare,
        missingMetric,
        missingShare,
        missingMeanSeconds,
        rules);
  }

  /** The same with outages. */
  public TelemetrySettings withOutages(
      double probability, double meanSeconds, double unansweredShare) {
    return new TelemetrySettings(
        scrapeSeconds,
        rateWindowSeconds,
        bounds,
        scrapeJitterSeconds,
        scrapeDurationSeconds,
        queryLagSeconds,
        failedScrapeProbability,
        probability,
        meanSeconds,
        unansweredShare,
        missingMetric,
        missingShare,
        missingMeanSeconds,
        rules);
  }

  /** The same with a metric that is not always there. */
  public TelemetrySettings withMissing(MetricFamily metric, double share, double meanSeconds) {
    return new TelemetrySettings(
        scrapeSeconds,
        rateWindowSeconds,
        bounds,
        scrapeJitterSeconds,
        scrapeDurationSeconds,
        queryLagSeconds,
        failedScrapeProbability,
        outageProbability,
        outageMeanSeconds,
        unansweredOutageShare,
        metric,
        share,
        meanSeconds,
        rules);
  }

  /** The same as another release of Prometheus answers. */
  public TelemetrySettings withRules(PromqlRules other) {
    return new TelemetrySettings(
        scrapeSeconds,
        rateWindowSeconds,
        bounds,
        scrapeJitterSeconds,
        scrapeDurationSeconds,
        queryLagSeconds,
        failedScrapeProbability,
        outageProbability,
        outageMeanSeconds,
        unansweredOutageShare,
        missingMetric,
        missingShare,
        missingMeanSeconds,
        other);
  }
}
