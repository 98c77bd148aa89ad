package io.kiss.kisim.fluid;

import io.kiss.kisim.telemetry.MetricFamily;
import io.kiss.kisim.telemetry.Promql;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import io.kiss.kisim.telemetry.TelemetryFaults;
import io.kiss.kisim.telemetry.TelemetrySettings;
import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Prometheus as the fluid engine shows it: what {@link io.kiss.kisim.telemetry.PodScraper} keeps
 * for every pod, here once for the whole Deployment, at a cost that does not depend on the pods.
 *
 * <p>The physics below are expectations; a counter counts whole requests, so here the arrivals of a
 * scrape interval are drawn from Poisson's law, and the completions deviate with them.
 *
 * <p>All pods are scraped at once, on a whole second, so that the age of the newest sample is that
 * of any pod's, and gauges are all of one moment. {@code rate()} extrapolates as Prometheus does,
 * and {@link PodSeries} says what it makes of pods that come and go.
 */
final class ScrapeWindow {
  private final ScrapeRows rows = new ScrapeRows();
  private final PodSeries pods = new PodSeries(rows);
  private final TelemetryFaults faults = new TelemetryFaults();
  private TelemetrySettings settings;
  private UniformRandomProvider random;
  private CountSampler sampler;
  private int nextScrape;
  private long lagMillis;
  private int ready;

  // Since the last scrape, as expectations.
  private double arrived;
  private double completed;
  private double[] buckets = new double[0];

  // The counters as they stand; a bucket's is not cumulative.
  private double arrivedTotal;
  private double[] bucketTotals = new double[0];

  // By slot of the rows. NaN in a gauge: a staleness marker.
  private double[] arrivedAt = new double[0];
  private double[] queuedAt = new double[0];
  private double[] runningAt = new double[0];
  private double[] busyAt = new double[0];
  private double[] bucketsAt = new double[0];
  private double[] rates = new double[0];

  void reset(TelemetrySettings settings, UniformRandomProvider random, long seed, int firstSecond) {
    if (this.random != random) {
      sampler = new CountSampler(random);
    }
    this.settings = settings;
    this.random = random;
    lagMillis = Math.round(1000 * settings.queryLagSeconds());
    int lagging = (int) Math.ceil(settings.queryLagSeconds() / settings.scrapeSeconds());
    int slots = settings.rateWindowSeconds() / settings.scrapeSeconds() + 2 + lagging;
    rows.reset(slots, settings.rules());
    makeRoom(slots, settings.bounds().buckets());
    nextScrape = firstSecond + random.nextInt(settings.scrapeSeconds());
    faults.reset(settings, seed);
    ready = -1;
    arrived = completed = 0;
    arrivedTotal = 0;
    Arrays.fill(buckets, 0);
    Arrays.fill(bucketTotals, 0);
  }

  /** Keeps the arrays of the scenario before where they are large enough. */
  private void makeRoom(int slots, int size) {
    if (buckets.length != size) {
      buckets = new double[size];
      bucketTotals = new double[size];
      rates = new double[size];
    }
    if (bucketsAt.length < slots * size || arrivedAt.length < slots) {
      arrivedAt = new double[slots];
      queuedAt = new double[slots];
      runningAt = new double[slots];
      busyAt = new double[slots];
      bucketsAt = new double[slots * size];
    }
  }

  /**
   * Says how many pods are Ready from now on, before the first scrape at the latest. Those of the
   * first call have been scraped all along.
   */
  void setReady(int number) {
    if (ready < 0) {
      pods.reset(number);
    } else if (number != ready) {
      pods.setReady(number);
    }
    ready = number;
  }

  /** Counts requests that reached the ready pods, evenly; where there is none nobody counts. */
  void arrived(double requests) {
    if (ready > 0) {
      arrived += requests;
      pods.arrived(requests);
    }
  }

  /** Counts requests that were answered. */
  void completed(double requests) {
    completed += requests;
  }

  /** Adds answered requests by bucket, not cumulative, and sets them to 0. */
  void take(double[] answered) {
    for (int b = 0; b < buckets.length; b++) {
      buckets[b] += answered[b];
      answered[b] = 0;
    }
  }

  /** Whether a scrape is due at this second. */
  boolean due(int now) {
    return now >= nextScrape;
  }

  /**
   * Scrapes, unless there is an outage.
   *
   * @param queued requests waiting
   * @param running requests in service
   * @param busy GPU utilisation, 0..1
   */
  void scrape(int now, double queued, double running, double busy) {
    nextScrape += settings.scrapeSeconds();
    double scale = advanceCounters();
    faults.interval(now);
    if (faults.outage(now)) {
      pods.scrape(scale, true);
      return;
    }
    int succeeded = succeeded();
    rows.add(now, missing(), succeeded);
    pods.scrape(scale, false);
    int slot = rows.slot(rows.newest);
    double shown = (double) Integer.bitCount(succeeded) / Integer.SIZE;
    boolean none = succeeded == 0;
    arrivedAt[slot] = arrivedTotal;
    queuedAt[slot] = none || faults.missing(MetricFamily.QUEUED) ? Double.NaN : queued * shown;
    runningAt[slot] = none || faults.missing(MetricFamily.RUNNING) ? Double.NaN : running * shown;
    busyAt[slot] = none || faults.missing(MetricFamily.GPU) ? Double.NaN : busy;
    System.arraycopy(bucketTotals, 0, bucketsAt, slot * buckets.length, buckets.length);
  }

  private int missing() {
    return (faults.missing(MetricFamily.ARRIVALS) ? ScrapeRows.ARRIVALS : 0)
        | (faults.missing(MetricFamily.LATENCY) ? ScrapeRows.LATENCY : 0);
  }

  /** Which of the sampled pods are scraped this time: bits, repeated to fill an int. */
  private int succeeded() {
    if (ready == 0) {
      return 0;
    }
    double probability = settings.failedScrapeProbability();
    if (probability == 0) {
      return ScrapeRows.EVERY_POD;
    }
    int apart = Math.max(1, Math.min(ready, ScrapeRows.SAMPLED_PODS));
    int bits = 0;
    for (int pod = 0; pod < apart; pod++) {
      bits |= random.nextDouble() >= probability ? 1 << pod : 0;
    }
    int all = 0;
    for (int bit = 0; bit < Integer.SIZE; bit++) {
      all |= (bits >> bit % apart & 1) << bit;
    }
    return all;
  }

  /** Returns how many times as many requests arrived as were expected. */
  private double advanceCounters() {
    double drawn = sampler.poisson(arrived);
    double deviation = Math.min(completed, arrived) * (drawn - arrived) / Math.max(1e-9, arrived);
    double counted = Math.max(0, Math.rint(completed + deviation));
    double scale = completed > 0 ? counted / completed : 0;
    double ratio = arrived > 0 ? drawn / arrived : 0;
    arrivedTotal += drawn;
    for (int b = 0; b < buckets.length; b++) {
      bucketTotals[b] += buckets[b] * scale;
      buckets[b] = 0;
    }
    arrived = completed = 0;
    return ratio;
  }

  /**
   * Writes what queries at this moment answer.
   *
   * @param sloSeconds latency beyond which a request violates
   */
  void read(int now, double sloSeconds, TelemetryBuffer out) {
    out.nothingFromPrometheus();
    long at = 1000L * now - lagMillis;
    if (!faults.answered(at * 1e-3)) {
      return;
    }
    int top = rows.newestUpTo(at - Math.round(1000 * settings.scrapeDurationSeconds()));
    if (top < rows.oldest()) {
      return;
    }
    readGauges(rows.slot(top), now, at, out);
    long start = at - 1000L * settings.rateWindowSeconds();
    boolean failing = settings.failedScrapeProbability() > 0;
    if (rows.find(0, top, start, ScrapeRows.ARRIVALS, -1)) {
      out.arrivalRate = arrivals(top, start, at, ScrapeRows.ARRIVALS, failing);
    }
    if (rows.find(0, top, start, ScrapeRows.LATENCY, -1)) {
      readLatencies(top, start, at, sloSeconds, failing, out);
    }
  }

  private void readGauges(int slot, int now, long at, TelemetryBuffer out) {
    long lookBack = at - 1000L * TelemetrySettings.LOOK_BACK_SECONDS;
    if (settings.rules().inside(1000L * rows.times[slot], lookBack)) {
      if (rows.scraped[slot] != 0 && (rows.without[slot] & ScrapeRows.ARRIVALS) == 0) {
        out.sampleAgeSeconds = now - rows.times[slot];
      }
      out.queuedRequests = queuedAt[slot];
      out.runningRequests = runningAt[slot];
      out.gpuUtilisation = busyAt[slot];
    }
  }

  /** Requests a second that reached pods, from the rows found or from those of the pods. */
  private double arrivals(int top, long start, long at, int metric, boolean failing) {
    double increase =
        pods.uniform(failing)
            ? allArrivals() * rows.extrapolation(start, at, Double.POSITIVE_INFINITY, 1)
            : pods.increase(top, start, at, metric, failing);
    return increase / settings.rateWindowSeconds();
  }

  private double allArrivals() {
    return arrivedAt[rows.slot(rows.last)] - arrivedAt[rows.slot(rows.first)];
  }

  private void readLatencies(
      int top, long start, long at, double sloSeconds, boolean failing, TelemetryBuffer out) {
    double perSecond =
        rows.extrapolation(start, at, Double.POSITIVE_INFINITY, 1) / settings.rateWindowSeconds();
    int size = rates.length;
    int last = rows.slot(rows.last) * size;
    int first = rows.slot(rows.first) * size;
    double cumulative = 0;
    for (int b = 0; b < size; b++) {
      cumulative += perSecond * (bucketsAt[last + b] - bucketsAt[first + b]);
      rates[b] = cumulative;
    }
    double all = allArrivals() * perSecond;
    double seen = 1;
    if (all > 0 && !pods.uniform(failing)) {
      seen = arrivals(top, start, at, ScrapeRows.LATENCY, failing) / all;
    }
    out.completionRate = cumulative * seen;
    out.p50LatencySeconds = Promql.histogramQuantile(0.5, settings.bounds(), rates);
    out.p95LatencySeconds = Promql.histogramQuantile(0.95, settings.bounds(), rates);
    out.violatingShare = Promql.shareAbove(sloSeconds, settings.bounds(), rates);
  }
}
