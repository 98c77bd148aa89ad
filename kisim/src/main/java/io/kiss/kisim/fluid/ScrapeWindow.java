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
 * of any pod's. {@code rate()} extrapolates as Prometheus does. As there, the requests of a new pod
 * stay unseen until its second scrape, which then shows them back to its first.
 */
final class ScrapeWindow {
  private TelemetrySettings settings;
  private UniformRandomProvider random;
  private CountSampler sampler;
  private final TelemetryFaults faults = new TelemetryFaults();
  private int nextScrape;
  private long lagMillis;

  // Since the last scrape, as expectations.
  private double arrived;
  private double completed;
  private double[] buckets = new double[0];

  // Pods by the scrapes they have seen, and the expected arrivals at those not seen twice.
  private int ready;
  private int neverScraped;
  private int scrapedOnce;
  private double unseenNever;
  private double unseenOnce;

  // The counters as they stand; a bucket's is not cumulative.
  private double arrivedTotal;
  private double[] bucketTotals = new double[0];

  // Scraped samples, a ring. NaN in a gauge: a staleness marker.
  private int[] times = new int[0];
  private double[] arrivedAt = new double[0];
  private double[] unseenAt = new double[0];
  private double[] queuedAt = new double[0];
  private double[] runningAt = new double[0];
  private double[] busyAt = new double[0];
  private double[] bucketsAt = new double[0];
  private byte[] goneAt = new byte[0];
  private int newest;
  private int count;
  private double[] rates = new double[0];

  void reset(TelemetrySettings settings, UniformRandomProvider random, int firstSecond) {
    if (this.random != random) {
      sampler = new CountSampler(random);
    }
    this.settings = settings;
    this.random = random;
    lagMillis = Math.round(1000 * settings.queryLagSeconds());
    int lagging = (int) Math.ceil(settings.queryLagSeconds() / settings.scrapeSeconds());
    makeRoom(
        settings.rateWindowSeconds() / settings.scrapeSeconds() + 2 + lagging,
        settings.bounds().buckets());
    nextScrape = firstSecond + random.nextInt(settings.scrapeSeconds());
    faults.reset(settings, random);
    arrived = completed = 0;
    ready = -1;
    neverScraped = scrapedOnce = 0;
    unseenNever = unseenOnce = 0;
    arrivedTotal = 0;
    Arrays.fill(buckets, 0);
    Arrays.fill(bucketTotals, 0);
    newest = 0;
    count = 0;
  }

  private void makeRoom(int slots, int size) {
    if (times.length != slots || buckets.length != size) {
      buckets = new double[size];
      bucketTotals = new double[size];
      rates = new double[size];
      times = new int[slots];
      arrivedAt = new double[slots];
      unseenAt = new double[slots];
      queuedAt = new double[slots];
      runningAt = new double[slots];
      busyAt = new double[slots];
      goneAt = new byte[slots];
      bucketsAt = new double[slots * size];
    }
  }

  /**
   * Says how many pods are Ready from now on: new ones have not been scraped yet. Those of the
   * first call have been scraped all along.
   */
  void setReady(int pods) {
    if (ready < 0) {
      ready = pods;
      return;
    }
    int added = pods - ready;
    ready = pods;
    if (added > 0) {
      neverScraped += added;
      return;
    }
    // The youngest go first.
    int never = Math.min(neverScraped, -added);
    neverScraped -= never;
    scrapedOnce = Math.max(0, scrapedOnce - (-added - never));
  }

  /** Counts requests that arrived, spread evenly over the ready pods. */
  void arrived(double requests) {
    arrived += requests;
    if (neverScraped + scrapedOnce > 0) {
      double perPod = requests / ready;
      unseenNever += perPod * neverScraped;
      unseenOnce += perPod * scrapedOnce;
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
    advanceCounters();
    faults.interval(now, random);
    if (faults.outage(now)) {
      return;
    }
    double scraped = scrapedShare();
    newest = newest + 1 == times.length ? 0 : newest + 1;
    count = Math.min(count + 1, times.length);
    times[newest] = now;
    arrivedAt[newest] = arrivedTotal;
    unseenAt[newest] = unseenNever + unseenOnce;
    boolean none = scraped == 0;
    goneAt[newest] = (byte) ((none ? 1 : 0) | missingBits());
    queuedAt[newest] = none || faults.missing(MetricFamily.QUEUED) ? Double.NaN : queued * scraped;
    runningAt[newest] =
        none || faults.missing(MetricFamily.RUNNING) ? Double.NaN : running * scraped;
    busyAt[newest] = none || faults.missing(MetricFamily.GPU) ? Double.NaN : busy;
    System.arraycopy(bucketTotals, 0, bucketsAt, newest * buckets.length, buckets.length);
    unseenOnce = unseenNever;
    unseenNever = 0;
    scrapedOnce = neverScraped;
    neverScraped = 0;
  }

  private static final int NO_ARRIVALS = 2;
  private static final int NO_LATENCY = 4;

  private int missingBits() {
    return (faults.missing(MetricFamily.ARRIVALS) ? NO_ARRIVALS : 0)
        | (faults.missing(MetricFamily.LATENCY) ? NO_LATENCY : 0);
  }

  /** Share of the pods whose scrape succeeds this time. */
  private double scrapedShare() {
    double probability = settings.failedScrapeProbability();
    if (probability == 0 || ready <= 0) {
      return 1;
    }
    int scraped = 0;
    for (int p = 0; p < ready; p++) {
      if (random.nextDouble() >= probability) {
        scraped++;
      }
    }
    return (double) scraped / ready;
  }

  private void advanceCounters() {
    double drawn = sampler.poisson(arrived);
    double deviation = Math.min(completed, arrived) * (drawn - arrived) / Math.max(1e-9, arrived);
    double counted = Math.max(0, Math.rint(completed + deviation));
    double scale = completed > 0 ? counted / completed : 0;
    arrivedTotal += drawn;
    for (int b = 0; b < buckets.length; b++) {
      bucketTotals[b] += buckets[b] * scale;
      buckets[b] = 0;
    }
    arrived = completed = 0;
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
    long visible = at - Math.round(1000 * settings.scrapeDurationSeconds());
    int ago = 0;
    while (ago < count && 1000L * times[row(ago)] > visible) {
      ago++;
    }
    if (ago == count) {
      return;
    }
    readGauges(row(ago), now, at, out);
    long start = at - 1000L * settings.rateWindowSeconds();
    readArrivals(ago, start, at, out);
    readLatencies(ago, start, at, sloSeconds, out);
  }

  private int row(int ago) {
    int index = newest - ago;
    return index < 0 ? index + times.length : index;
  }

  private void readGauges(int row, int now, long at, TelemetryBuffer out) {
    long lookBack = at - 1000L * TelemetrySettings.LOOK_BACK_SECONDS;
    if (settings.rules().inside(1000L * times[row], lookBack)) {
      if ((goneAt[row] & (1 | NO_ARRIVALS)) == 0) {
        out.sampleAgeSeconds = now - times[row];
      }
      out.queuedRequests = queuedAt[row];
      out.runningRequests = runningAt[row];
      out.gpuUtilisation = busyAt[row];
    }
  }

  private void readArrivals(int ago, long start, long at, TelemetryBuffer out) {
    int samples = 0;
    int first = 0;
    int last = 0;
    for (int back = ago; back < count; back++) {
      int row = row(back);
      if (!settings.rules().inside(1000L * times[row], start)) {
        break;
      }
      if ((goneAt[row] & (1 | NO_ARRIVALS)) == 0) {
        last = samples == 0 ? row : last;
        first = row;
        samples++;
      }
    }
    if (samples >= 2) {
      double grown = arrivedAt[last] - arrivedAt[first];
      double seen = Math.max(0, grown - unseenAt[last]);
      out.arrivalRate = seen * factor(start, at, first, last, samples);
    }
  }

  private void readLatencies(int ago, long start, long at, double sloSeconds, TelemetryBuffer out) {
    int samples = 0;
    int first = 0;
    int last = 0;
    for (int back = ago; back < count; back++) {
      int row = row(back);
      if (!settings.rules().inside(1000L * times[row], start)) {
        break;
      }
      if ((goneAt[row] & (1 | NO_LATENCY)) == 0) {
        last = samples == 0 ? row : last;
        first = row;
        samples++;
      }
    }
    if (samples < 2) {
      return;
    }
    double factor = factor(start, at, first, last, samples);
    int size = rates.length;
    double cumulative = 0;
    for (int b = 0; b < size; b++) {
      cumulative += factor * (bucketsAt[last * size + b] - bucketsAt[first * size + b]);
      rates[b] = cumulative;
    }
    double grown = arrivedAt[last] - arrivedAt[first];
    double seen = grown > 0 ? Math.max(0, 1 - unseenAt[last] / grown) : 1;
    out.completionRate = cumulative * seen;
    out.p50LatencySeconds = Promql.histogramQuantile(0.5, settings.bounds(), rates);
    out.p95LatencySeconds = Promql.histogramQuantile(0.95, settings.bounds(), rates);
    out.violatingShare = Promql.shareAbove(sloSeconds, settings.bounds(), rates);
  }

  private double factor(long start, long at, int first, int last, int samples) {
    double extrapolation =
        Promql.extrapolation(
            settings.rules(),
            start,
            at,
            1000L * times[first],
            1000L * times[last],
            samples,
            Double.POSITIVE_INFINITY,
            1);
    return extrapolation / settings.rateWindowSeconds();
  }
}
