package io.kiss.kisim.scenario;

import io.kiss.kisim.request.Fleet;
import io.kiss.kisim.request.RequestCounts;
import io.kiss.kisim.request.RequestEngine;
import io.kiss.kisim.telemetry.Telemetry;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import io.kiss.kisim.time.Nanos;
import org.HdrHistogram.Histogram;

/**
 * What Prometheus shows of the request-level engine: counters scraped every 15 s, rates over the
 * last minute of scrapes, {@code NaN} before there are two. Replica counts are the API server's.
 */
final class ScrapedTelemetry {
  /** Time between scrapes. */
  static final long PERIOD_NANOS = 15 * Nanos.PER_SECOND;

  private static final int WINDOW = 4;
  private static final int SLOTS = WINDOW + 1;

  private final RequestEngine engine;
  private final TelemetryBuffer buffer;
  private final Histogram[] latencies = new Histogram[SLOTS];
  private final Histogram fresh = RequestCounts.newHistogram();
  private final Histogram sum = RequestCounts.newHistogram();
  private final long[] times = new long[SLOTS];
  private final long[] arrived = new long[SLOTS];
  private final long[] served = new long[SLOTS];
  private final long[] violating = new long[SLOTS];
  private final double[] busy = new double[SLOTS];
  private final double[] serving = new double[SLOTS];
  private final Histogram sinceScrape = RequestCounts.newHistogram();
  private long queued;
  private int scrapes;

  ScrapedTelemetry(RequestEngine engine, int maxReplicas) {
    this.engine = engine;
    buffer = new TelemetryBuffer(maxReplicas);
    for (int i = 0; i < SLOTS; i++) {
      latencies[i] = RequestCounts.newHistogram();
    }
  }

  /** To be filled with the latencies since the last call of {@link #collected}. */
  Histogram fresh() {
    fresh.reset();
    return fresh;
  }

  /** The histogram of {@link #fresh} is full. */
  void collected() {
    sinceScrape.add(fresh);
  }

  void scrape() {
    int at = scrapes++ % SLOTS;
    long now = engine.nowNanos();
    RequestCounts counts = engine.counts();
    times[at] = now;
    arrived[at] = counts.arrived();
    served[at] = counts.served();
    violating[at] = counts.violating();
    busy[at] = engine.fleet().busyDeviceSeconds(now);
    serving[at] = engine.fleet().servingDeviceSeconds(now);
    queued = engine.fleet().queued();
    latencies[at].reset();
    latencies[at].add(sinceScrape);
    sinceScrape.reset();
  }

  Telemetry read(int desiredReplicas) {
    long now = engine.nowNanos();
    Fleet fleet = engine.fleet();
    buffer.timeSeconds = Nanos.toSeconds(now);
    buffer.desiredReplicas = desiredReplicas;
    buffer.readyReplicas = fleet.readyCount();
    buffer.pendingReplicas = engine.cluster().pending();
    for (int i = 0; i < buffer.pendingReplicas; i++) {
      buffer.pendingAgesSeconds[i] = Nanos.toSeconds(now - engine.cluster().pendingSinceNanos(i));
    }
    int newest = (scrapes - 1 + SLOTS) % SLOTS;
    buffer.sampleAgeSeconds = scrapes == 0 ? Double.NaN : Nanos.toSeconds(now - times[newest]);
    buffer.queuedRequests = scrapes == 0 ? Double.NaN : queued;
    int intervals = Math.min(scrapes - 1, WINDOW);
    if (intervals < 1) {
      buffer.arrivalRate = Double.NaN;
      buffer.completionRate = Double.NaN;
      buffer.violatingShare = Double.NaN;
      buffer.gpuUtilisation = Double.NaN;
      buffer.p50LatencySeconds = Double.NaN;
      buffer.p95LatencySeconds = Double.NaN;
      return buffer;
    }
    rates(newest, (newest - intervals + SLOTS) % SLOTS, intervals);
    return buffer;
  }

  private void rates(int newest, int oldest, int intervals) {
    double span = Nanos.toSeconds(times[newest] - times[oldest]);
    long answered = served[newest] - served[oldest];
    buffer.arrivalRate = (arrived[newest] - arrived[oldest]) / span;
    buffer.completionRate = answered / span;
    buffer.violatingShare =
        answered == 0 ? Double.NaN : (double) (violating[newest] - violating[oldest]) / answered;
    buffer.gpuUtilisation = (busy[newest] - busy[oldest]) / (serving[newest] - serving[oldest]);
    sum.reset();
    for (int i = 0; i < intervals; i++) {
      sum.add(latencies[(newest - i + SLOTS) % SLOTS]);
    }
    buffer.p50LatencySeconds = SimulationResult.quantileSeconds(sum, 0.5);
    buffer.p95LatencySeconds = SimulationResult.quantileSeconds(sum, 0.95);
  }
}
