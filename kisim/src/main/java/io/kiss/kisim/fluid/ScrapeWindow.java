package io.kiss.kisim.fluid;

import io.kiss.kisim.telemetry.TelemetryBuffer;
import io.kiss.kisim.telemetry.TelemetrySettings;
import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Prometheus as the Deployment sees it: counters and histogram buckets scraped now and then, {@code
 * rate()} and {@code histogram_quantile()} over a window, outages in between.
 *
 * <p>The physics below are expectations; a counter counts whole requests, so here the arrivals of a
 * scrape interval are drawn from Poisson's law, and the completions deviate with them.
 */
final class ScrapeWindow {
  /** Prometheus sees one bucket where the truth has three. */
  private static final int MERGE = 3;

  private static final int BUCKETS = LatencyHistogram.SIZE / MERGE;

  private TelemetrySettings settings;
  private UniformRandomProvider random;
  private CountSampler sampler;
  private int nextScrape;
  private double outageUntil;

  // Since the last scrape, as expectations.
  private double arrived;
  private double completed;
  private double violating;
  private final double[] buckets = new double[BUCKETS];

  // The counters as they stand.
  private double arrivedTotal;
  private double completedTotal;
  private double violatingTotal;
  private final double[] bucketTotals = new double[BUCKETS];

  // Scraped samples, a ring.
  private double[] times = new double[0];
  private double[] arrivedAt = new double[0];
  private double[] completedAt = new double[0];
  private double[] violatingAt = new double[0];
  private double[] bucketsAt = new double[0];
  private int newest;
  private int count;
  private double queued;
  private double busy;
  private final double[] increase = new double[BUCKETS];

  void reset(TelemetrySettings settings, UniformRandomProvider random, int firstSecond) {
    this.settings = settings;
    this.random = random;
    sampler = new CountSampler(random);
    int slots = settings.rateWindowSeconds() / settings.scrapeSeconds() + 1;
    if (times.length != slots) {
      times = new double[slots];
      arrivedAt = new double[slots];
      completedAt = new double[slots];
      violatingAt = new double[slots];
      bucketsAt = new double[slots * BUCKETS];
    }
    nextScrape = firstSecond + random.nextInt(settings.scrapeSeconds());
    outageUntil = Double.NEGATIVE_INFINITY;
    arrived = completed = violating = 0;
    arrivedTotal = completedTotal = violatingTotal = 0;
    Arrays.fill(buckets, 0);
    Arrays.fill(bucketTotals, 0);
    newest = 0;
    count = 0;
    queued = busy = Double.NaN;
  }

  void arrived(double requests) {
    arrived += requests;
  }

  void completed(double requests, double late) {
    completed += requests;
    violating += late;
  }

  /** Adds completed requests to a bucket of {@link LatencyHistogram}. */
  void observe(int bucket, double requests) {
    buckets[bucket / MERGE] += requests;
  }

  /** Whether a scrape is due at this second. */
  boolean due(int now) {
    return now >= nextScrape;
  }

  /** Scrapes, unless there is an outage; then begins anew. */
  void scrape(int now, double queuedNow, double busyNow) {
    nextScrape += settings.scrapeSeconds();
    advanceCounters();
    if (now < outageUntil) {
      return;
    }
    if (settings.outageProbability() > 0
        && now > 0
        && random.nextDouble() < settings.outageProbability()) {
      outageUntil = now - settings.outageMeanSeconds() * Math.log1p(-random.nextDouble());
      return;
    }
    newest = newest + 1 == times.length ? 0 : newest + 1;
    count = Math.min(count + 1, times.length);
    times[newest] = now;
    arrivedAt[newest] = arrivedTotal;
    completedAt[newest] = completedTotal;
    violatingAt[newest] = violatingTotal;
    System.arraycopy(bucketTotals, 0, bucketsAt, newest * BUCKETS, BUCKETS);
    queued = queuedNow;
    busy = busyNow;
  }

  private void advanceCounters() {
    double drawn = sampler.poisson(arrived);
    double deviation = Math.min(completed, arrived) * (drawn - arrived) / Math.max(1e-9, arrived);
    double counted = Math.max(0, Math.rint(completed + deviation));
    double scale = completed > 0 ? counted / completed : 0;
    arrivedTotal += drawn;
    completedTotal += counted;
    violatingTotal += violating * scale;
    for (int b = 0; b < BUCKETS; b++) {
      bucketTotals[b] += buckets[b] * scale;
      buckets[b] = 0;
    }
    arrived = completed = violating = 0;
  }

  /** Writes what queries at this moment answer. */
  void read(int now, TelemetryBuffer out) {
    double from = now - settings.rateWindowSeconds();
    int inside = 0;
    int oldest = newest;
    int index = newest;
    while (inside < count && times[index] >= from) {
      oldest = index;
      inside++;
      index = index == 0 ? times.length - 1 : index - 1;
    }
    out.sampleAgeSeconds = count == 0 ? Double.NaN : now - times[newest];
    boolean fresh = inside > 0;
    out.queuedRequests = fresh ? queued : Double.NaN;
    out.gpuUtilisation = fresh ? busy : Double.NaN;
    if (inside < 2) {
      out.arrivalRate = Double.NaN;
      out.completionRate = Double.NaN;
      out.violatingShare = Double.NaN;
      out.p50LatencySeconds = Double.NaN;
      out.p95LatencySeconds = Double.NaN;
      return;
    }
    double span = times[newest] - times[oldest];
    double answered = completedAt[newest] - completedAt[oldest];
    out.arrivalRate = (arrivedAt[newest] - arrivedAt[oldest]) / span;
    out.completionRate = answered / span;
    out.violatingShare =
        answered > 0 ? (violatingAt[newest] - violatingAt[oldest]) / answered : Double.NaN;
    for (int b = 0; b < BUCKETS; b++) {
      increase[b] = bucketsAt[newest * BUCKETS + b] - bucketsAt[oldest * BUCKETS + b];
    }
    out.p50LatencySeconds = LatencyHistogram.quantile(increase, MERGE, 0.5);
    out.p95LatencySeconds = LatencyHistogram.quantile(increase, MERGE, 0.95);
  }
}
