package io.kiss.kisim.telemetry;

import io.kiss.kisim.time.EventHeap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Prometheus watching every pod of a Deployment, each a target of its own with its own series.
 *
 * <p>The engine says when pods come and go, and lets {@link #passTo} be called at {@link
 * #nextNanos}, so that counters are read at the very moment of a scrape. What happens is what
 * Prometheus does:
 *
 * <ul>
 *   <li>a target is scraped at its own offset within the interval (there a hash of its labels, here
 *       drawn), so a pod's series begin up to an interval after its container begins to serve;
 *   <li>a scrape that fails (refused, timed out) puts staleness markers on all its series at once;
 *   <li>a target that service discovery dropped gets its markers with the time of the scrape that
 *       would have been next, but written 1.1 intervals after that; until then instant queries see
 *       the dead pod's last values;
 *   <li>in an outage nothing is written, no marker either: series of pods that went meanwhile live
 *       on for the five minutes of the look-back.
 * </ul>
 */
public final class PodScraper {

  /** Where scrapes read. */
  @FunctionalInterface
  public interface Endpoints {
    /** Writes what the pod shows now; {@code out} is all zero. */
    void expose(int pod, PodMetrics out);
  }

  private static final double SCRAPE_TIMEOUT_SECONDS = 10;
  private static final double LATE_MARKER_INTERVALS = 1.1;

  /** NVML averages utilisation over the second before it is asked. */
  private static final double GPU_SAMPLE_SECONDS = 1;

  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final int FAULT_SLOT = 0;

  /** Columns of a target's samples; the cumulative buckets follow. */
  private static final int ARRIVED = 0;

  private static final int QUEUED = 1;
  private static final int RUNNING = 2;
  private static final int GPU = 3;
  private static final int BUCKETS = 4;

  private enum Endpoint {
    SERVING,
    REFUSING,
    SILENT
  }

  private static final class Target {
    /** Of its scrapes among the events; that of its GPU sample follows. */
    final int slot;

    final SampleRing samples;
    int pod;
    Endpoint endpoint;

    /** Whether Prometheus remembers series of this target that it would have to end. */
    boolean remembered;

    boolean dropped;
    long gridNanos;
    double busyBefore;

    Target(int slot, SampleRing samples) {
      this.slot = slot;
      this.samples = samples;
    }
  }

  private final TelemetrySettings settings;
  private final Endpoints endpoints;
  private final UniformRandomProvider random;
  private final TelemetryFaults faults;
  private final long interval;
  private final PodMetrics metrics;
  private final double[] rates;

  private final EventHeap events = new EventHeap(1);
  private final List<Target> targets = new ArrayList<>();
  private final List<Target> free = new ArrayList<>();
  private final List<Target> bySlot = new ArrayList<>();
  private Target[] ofPod = new Target[0];

  /**
   * Watches no pod yet.
   *
   * @param startNanos from when on time passes; may be negative
   */
  public PodScraper(TelemetrySettings settings, Endpoints endpoints, long seed, long startNanos) {
    this.settings = settings;
    this.endpoints = endpoints;
    random = RandomSource.XO_SHI_RO_256_PP.create(seed);
    faults = new TelemetryFaults();
    faults.reset(settings, seed);
    interval = nanos(settings.scrapeSeconds());
    metrics = new PodMetrics(settings.bounds().buckets());
    rates = new double[settings.bounds().buckets()];
    events.schedule(FAULT_SLOT, startNanos);
  }

  private static long nanos(double seconds) {
    return Math.round(seconds * 1e9);
  }

  /** The pod's container serves metrics from now on. */
  public void serving(int pod, long now) {
    if (pod >= ofPod.length) {
      ofPod = Arrays.copyOf(ofPod, Math.max(pod + 1, 2 * ofPod.length));
    }
    Target target = ofPod[pod];
    if (target != null) {
      target.endpoint = Endpoint.SERVING;
      return;
    }
    target = free.isEmpty() ? newTarget() : free.remove(free.size() - 1);
    ofPod[pod] = target;
    targets.add(target);
    target.pod = pod;
    target.endpoint = Endpoint.SERVING;
    target.remembered = false;
    target.dropped = false;
    target.samples.clear();
    long offset = (long) (random.nextDouble() * interval);
    target.gridNanos = now + Math.floorMod(offset - now, interval);
    scheduleScrape(target, now);
  }

  private Target newTarget() {
    int slot = 1 + 2 * bySlot.size();
    events.ensureSlots(slot + 2);
    int rows = (int) Math.ceil((double) settings.rateWindowSeconds() / settings.scrapeSeconds());
    int lagging =
        (int)
            Math.ceil(
                (settings.queryLagSeconds() + SCRAPE_TIMEOUT_SECONDS) / settings.scrapeSeconds());
    SampleRing samples =
        new SampleRing(settings.rules(), rows + lagging + 3, BUCKETS + settings.bounds().buckets());
    Target target = new Target(slot, samples);
    bySlot.add(target);
    return target;
  }

  /** The pod's container is dead: scrapes are refused until it serves again. */
  public void refusing(int pod) {
    setEndpoint(pod, Endpoint.REFUSING);
  }

  /** The pod's node does not answer: scrapes time out until it serves again. */
  public void silent(int pod) {
    setEndpoint(pod, Endpoint.SILENT);
  }

  private void setEndpoint(int pod, Endpoint endpoint) {
    if (pod < ofPod.length && ofPod[pod] != null) {
      ofPod[pod].endpoint = endpoint;
    }
  }

  /** The pod is no more: service discovery drops the target. Its number may be used again. */
  public void gone(int pod) {
    if (pod >= ofPod.length || ofPod[pod] == null) {
      return;
    }
    Target target = ofPod[pod];
    ofPod[pod] = null;
    target.dropped = true;
    events.schedule(target.slot + 1, EventHeap.NEVER);
  }

  /** When {@link #passTo} must be called next. */
  public long nextNanos() {
    return events.nextTime();
  }

  /** Does all that is due up to {@code now}. */
  public void passTo(long now) {
    while (events.nextTime() <= now) {
      long at = events.nextTime();
      int slot = events.nextSlot();
      if (slot == FAULT_SLOT) {
        events.schedule(FAULT_SLOT, at + interval);
        faults.interval(at * 1e-9);
        continue;
      }
      Target target = bySlot.get((slot - 1) / 2);
      if (slot == target.slot) {
        scrape(target, at);
      } else {
        events.schedule(slot, EventHeap.NEVER);
        boolean serving = target.endpoint == Endpoint.SERVING;
        target.busyBefore = serving ? exposed(target).busySeconds : 0;
      }
    }
  }

  private PodMetrics exposed(Target target) {
    metrics.clear();
    endpoints.expose(target.pod, metrics);
    return metrics;
  }

  private void scheduleScrape(Target target, long now) {
    double jitter = settings.scrapeJitterSeconds();
    long at = target.gridNanos + (jitter == 0 ? 0 : nanos(jitter * random.nextDouble()));
    events.schedule(target.slot, at);
    events.schedule(target.slot + 1, Math.max(now, at - nanos(GPU_SAMPLE_SECONDS)));
  }

  private void scrape(Target target, long now) {
    long millis = Math.floorDiv(now, NANOS_PER_MILLI);
    boolean outage = faults.outage(now * 1e-9);
    if (outage) {
      target.remembered = false;
    }
    if (target.dropped) {
      events.schedule(target.slot, EventHeap.NEVER);
      if (target.remembered) {
        long late = (long) (LATE_MARKER_INTERVALS * 1000 * settings.scrapeSeconds());
        target.samples.append(millis, millis + late);
      }
      return;
    }
    if (!outage) {
      sample(target, millis);
    }
    target.gridNanos += interval;
    scheduleScrape(target, now);
  }

  private void sample(Target target, long millis) {
    boolean failed =
        settings.failedScrapeProbability() > 0
            && random.nextDouble() < settings.failedScrapeProbability();
    long visible = millis + Math.round(1000 * settings.scrapeDurationSeconds());
    if (failed || target.endpoint != Endpoint.SERVING) {
      if (target.remembered) {
        if (target.endpoint == Endpoint.SILENT) {
          double timeout = Math.min(SCRAPE_TIMEOUT_SECONDS, settings.scrapeSeconds());
          visible = millis + Math.round(1000 * timeout);
        }
        target.samples.append(millis, visible);
      }
      target.remembered = false;
      return;
    }
    target.remembered = true;
    target.samples.append(millis, visible);
    PodMetrics shown = exposed(target);
    SampleRing to = target.samples;
    if (!faults.missing(MetricFamily.ARRIVALS)) {
      to.set(ARRIVED, shown.arrived);
    }
    if (!faults.missing(MetricFamily.QUEUED)) {
      to.set(QUEUED, shown.queued);
    }
    if (!faults.missing(MetricFamily.RUNNING)) {
      to.set(RUNNING, shown.running);
    }
    if (!faults.missing(MetricFamily.GPU)) {
      // DCGM shows whole percents.
      double busy = (shown.busySeconds - target.busyBefore) / GPU_SAMPLE_SECONDS;
      to.set(GPU, Math.rint(100 * Math.max(0, Math.min(1, busy))));
    }
    if (!faults.missing(MetricFamily.LATENCY)) {
      double cumulative = 0;
      for (int b = 0; b < shown.answered.length; b++) {
        cumulative += shown.answered[b];
        to.set(BUCKETS + b, cumulative);
      }
    }
  }

  /**
   * Writes what queries answer at this moment: all of {@link Telemetry} that Prometheus is asked.
   *
   * @param sloSeconds latency beyond which a request violates
   */
  public void read(long now, double sloSeconds, TelemetryBuffer out) {
    long at = Math.floorDiv(now, NANOS_PER_MILLI) - Math.round(1000 * settings.queryLagSeconds());
    forgetOld(at);
    if (!faults.answered(at * 1e-3)) {
      out.nothingFromPrometheus();
      return;
    }
    long window = 1000L * settings.rateWindowSeconds();
    out.arrivalRate = sumOfRates(ARRIVED, at, window);
    out.queuedRequests = sum(QUEUED, at);
    out.runningRequests = sum(RUNNING, at);
    out.gpuUtilisation = averageGpu(at);
    long newest = newestTimestampMillis(at);
    out.sampleAgeSeconds =
        newest == Long.MIN_VALUE ? Double.NaN : (now - newest * NANOS_PER_MILLI) * 1e-9;
    for (int b = 0; b < rates.length; b++) {
      rates[b] = sumOfRates(BUCKETS + b, at, window);
    }
    out.completionRate = rates[rates.length - 1];
    Promql.ensureMonotonic(settings.rules(), rates);
    HistogramBounds bounds = settings.bounds();
    out.p50LatencySeconds = Promql.histogramQuantile(0.5, bounds, rates);
    out.p95LatencySeconds = Promql.histogramQuantile(0.95, bounds, rates);
    out.violatingShare = Promql.shareAbove(sloSeconds, bounds, rates);
  }

  /** Samples of all targets that a query may still see. */
  List<SampleRing> samples() {
    List<SampleRing> samples = new ArrayList<>();
    for (Target target : targets) {
      samples.add(target.samples);
    }
    return samples;
  }

  /** Frees targets that no query can see any more. */
  private void forgetOld(long at) {
    int kept = 0;
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get(i);
      long reach =
          1000L * Math.max(settings.rateWindowSeconds(), TelemetrySettings.LOOK_BACK_SECONDS);
      boolean over =
          target.dropped
              && events.timeOf(target.slot) == EventHeap.NEVER
              && target.samples.newestVisibleMillis() < at - reach;
      if (over) {
        free.add(target);
      } else {
        targets.set(kept++, target);
      }
    }
    targets.subList(kept, targets.size()).clear();
  }

  private double sumOfRates(int column, long at, long window) {
    double sum = Double.NaN;
    for (Target target : targets) {
      sum = plus(sum, target.samples.rate(column, at, window));
    }
    return sum;
  }

  private double sum(int column, long at) {
    double sum = Double.NaN;
    for (Target target : targets) {
      sum = plus(sum, target.samples.instant(column, at));
    }
    return sum;
  }

  /** A series without an answer is left out of a sum; a sum of none has no answer either. */
  private static double plus(double sum, double value) {
    if (Double.isNaN(value)) {
      return sum;
    }
    return Double.isNaN(sum) ? value : sum + value;
  }

  private double averageGpu(long at) {
    double sum = 0;
    int pods = 0;
    for (Target target : targets) {
      double value = target.samples.instant(GPU, at);
      if (!Double.isNaN(value)) {
        sum += value;
        pods++;
      }
    }
    return pods == 0 ? Double.NaN : sum / pods / 100;
  }

  private long newestTimestampMillis(long at) {
    long newest = Long.MIN_VALUE;
    for (Target target : targets) {
      double time = target.samples.timestampMillis(ARRIVED, at);
      if (!Double.isNaN(time)) {
        newest = Math.max(newest, (long) time);
      }
    }
    return newest;
  }
}
