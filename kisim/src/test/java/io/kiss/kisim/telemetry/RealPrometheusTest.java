package io.kiss.kisim.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same samples in a real Prometheus and in these classes give the same answers. */
class RealPrometheusTest {
  private static final long SEED = 20_261_123;

  /** All samples lie within the hour that Prometheus takes in whatever order tests run in. */
  private static final long BASE_MILLIS = 1_700_000_000_000L;

  private static final long SPAN_MILLIS = 3_000_000;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final double RELATIVE = 1e-9;

  @TempDir static Path folder;
  private static PrometheusProgram prometheus;
  private static PromqlRules rules;

  @BeforeAll
  static void start() throws Exception {
    prometheus = PrometheusProgram.start(folder);
    rules = prometheus.rules();
  }

  @AfterAll
  static void stop() {
    if (prometheus != null) {
      prometheus.close();
    }
  }

  /** One random series: a counter with resets, gaps, staleness markers. */
  private record Series(SampleRing ring, long[] millis, double[] values) {}

  private static Series randomSeries(SplittableRandom random) {
    List<Long> millis = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    long time = BASE_MILLIS + random.nextLong(600_000);
    double value = random.nextBoolean() ? 0 : random.nextInt(1_000_000);
    double step = Math.exp(random.nextDouble(-2, 6));
    double jitter = random.nextBoolean() ? 0 : random.nextDouble(2000);
    while (time < BASE_MILLIS + SPAN_MILLIS) {
      boolean stale = random.nextDouble() < 0.03;
      millis.add(time);
      values.add(stale ? Double.NaN : value);
      time += 15_000 + (long) (jitter * random.nextDouble(-1, 1));
      double what = random.nextDouble();
      if (what < 0.02) {
        value = random.nextBoolean() ? 0 : Math.rint(step * random.nextDouble());
      } else if (what < 0.9) {
        value += Math.rint(step * random.nextDouble(2));
      }
      if (random.nextDouble() < 0.06) {
        time += 15_000L * random.nextInt(1, 4);
      } else if (random.nextDouble() < 0.01) {
        time += 300_000 + random.nextLong(200_000);
      }
    }
    long[] times = millis.stream().mapToLong(t -> t).toArray();
    double[] numbers = values.stream().mapToDouble(v -> v).toArray();
    SampleRing ring = new SampleRing(rules, times.length, 1);
    for (int i = 0; i < times.length; i++) {
      ring.append(times[i], times[i]);
      ring.set(0, numbers[i]);
    }
    return new Series(ring, times, numbers);
  }

  /** What a query asks for each series, and which of our methods answers it. */
  private interface Answer {
    double of(SampleRing ring, long at, long window);
  }

  private static final Map<String, Answer> QUERIES =
      Map.of(
          "rate(random[%dms])", (ring, at, window) -> ring.rate(0, at, window),
          "increase(random[%dms])", (ring, at, window) -> ring.increase(0, at, window),
          "avg_over_time(random[%dms])", (ring, at, window) -> ring.avgOverTime(0, at, window),
          "timestamp(random)", (ring, at, window) -> ring.timestampMillis(0, at) / 1000,
          "random", (ring, at, window) -> ring.instant(0, at));

  @Test
  void ratesAndStalenessOfRandomSeriesAreWhatPrometheusAnswers() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    List<Series> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Series series = randomSeries(random);
      all.add(series);
      prometheus.add("random", Map.of("series", "" + i), series.millis, series.values);
    }
    prometheus.write();
    int known = 0;
    int unknown = 0;
    for (int i = 0; i < 120; i++) {
      long window = 1000L * (new int[] {30, 45, 60, 120, 300})[random.nextInt(5)];
      long at = BASE_MILLIS + random.nextLong(SPAN_MILLIS + 400_000);
      if (i % 3 == 0) {
        // A sample at the very start of the window, or of the look-back.
        Series some = all.get(random.nextInt(all.size()));
        long sample = some.millis[random.nextInt(some.millis.length)];
        at = sample + (i % 2 == 0 ? window : 300_000);
      }
      for (Map.Entry<String, Answer> query : QUERIES.entrySet()) {
        String promql = String.format(query.getKey(), window);
        Map<String, Double> theirs = prometheus.query(promql, at);
        for (int s = 0; s < all.size(); s++) {
          double ours = query.getValue().of(all.get(s).ring, at, window);
          String where = "seed " + SEED + ": " + promql + " of series " + s + " at " + at;
          equal(where, theirs.getOrDefault("" + s, Double.NaN), ours);
          if (Double.isNaN(ours)) {
            unknown++;
          } else {
            known++;
          }
        }
      }
    }
    assertThat(known).isGreaterThan(50_000);
    assertThat(unknown).isGreaterThan(5_000);
  }

  /** {@link Telemetry}'s figures as package-info says them; %s picks one moment's samples. */
  private static final Map<String, ToDoubleFunction<Telemetry>> FIGURES =
      Map.of(
          "sum(rate(arrived_total{run=\"%s\"}[60s]))",
          Telemetry::arrivalRate,
          "sum(rate(latency_bucket{run=\"%s\",le=\"+Inf\"}[60s]))",
          Telemetry::completionRate,
          "histogram_quantile(0.5, sum by (le) (rate(latency_bucket{run=\"%s\"}[60s])))",
          Telemetry::p50LatencySeconds,
          "histogram_quantile(0.95, sum by (le) (rate(latency_bucket{run=\"%s\"}[60s])))",
          Telemetry::p95LatencySeconds,
          "1 - sum(rate(latency_bucket{run=\"%1$s\",le=\"0.25\"}[60s]))"
              + " / sum(rate(latency_bucket{run=\"%1$s\",le=\"+Inf\"}[60s]))",
          Telemetry::violatingShare,
          "sum(queued{run=\"%s\"})",
          Telemetry::queuedRequests,
          "sum(running{run=\"%s\"})",
          Telemetry::runningRequests,
          "avg(gpu{run=\"%s\"}) / 100",
          Telemetry::gpuUtilisation,
          // Doubles of today's seconds end at 0.2 microseconds; the age itself is finer.
          "round(1000 * (time() - max(timestamp(arrived_total{run=\"%s\"}))))",
          telemetry -> Math.rint(1000 * telemetry.sampleAgeSeconds()));

  @Test
  void theTelemetryOfPodsThatComeAndGoIsWhatPrometheusAnswers() throws Exception {
    TelemetrySettings settings =
        TelemetrySettings.DEFAULT
            .withRules(rules)
            .withDelays(0.5, 0.3, 0)
            .withFailedScrapes(0.05)
            .withOutages(0.02, 60, 0)
            .withMissing(MetricFamily.QUEUED, 0.2, 100);
    FakeFleet fleet = new FakeFleet(settings, SEED, BASE_MILLIS * NANOS_PER_MILLI);
    TelemetryBuffer ours = new TelemetryBuffer(1);
    SplittableRandom random = new SplittableRandom(SEED);
    int known = 0;
    int unknown = 0;
    for (int run = 0; run < 150; run++) {
      fleet.advanceTo(fleet.nowNanos() + 1_000_000 * random.nextLong(1, 38_000));
      long at = fleet.nowNanos() / NANOS_PER_MILLI;
      fleet.scraper.read(fleet.nowNanos(), 0.25, ours);
      write(fleet.scraper, settings.bounds(), "" + run, at);
      for (Map.Entry<String, ToDoubleFunction<Telemetry>> figure : FIGURES.entrySet()) {
        String promql = String.format(figure.getKey(), run);
        double theirs = prometheus.query(promql, at).getOrDefault("", Double.NaN);
        double mine = figure.getValue().applyAsDouble(ours);
        equal("seed " + SEED + ": " + promql + " at " + at, theirs, mine);
        if (Double.isNaN(mine)) {
          unknown++;
        } else {
          known++;
        }
      }
    }
    assertThat(known).isGreaterThan(1000);
    assertThat(unknown).isGreaterThan(20);
  }

  /** Gives Prometheus what a query at this time sees of every pod. */
  private static void write(PodScraper scraper, HistogramBounds bounds, String run, long at)
      throws Exception {
    List<SampleRing> pods = scraper.samples();
    for (int p = 0; p < pods.size(); p++) {
      List<Long> millis = new ArrayList<>();
      List<double[]> rows = new ArrayList<>();
      pods.get(p)
          .forEachVisible(
              at,
              (time, values) -> {
                millis.add(time);
                rows.add(values.clone());
              });
      if (rows.isEmpty()) {
        continue;
      }
      long[] times = millis.stream().mapToLong(t -> t).toArray();
      for (int c = 0; c < rows.get(0).length; c++) {
        int column = c;
        double[] values = rows.stream().mapToDouble(row -> row[column]).toArray();
        Map<String, String> labels = new HashMap<>(Map.of("run", run, "pod", "p" + p));
        int bucket = c - METRICS.size();
        if (bucket >= 0) {
          double bound = bounds.bound(bucket);
          labels.put("le", Double.isInfinite(bound) ? "+Inf" : Double.toString(bound));
        }
        prometheus.add(bucket < 0 ? METRICS.get(c) : "latency_bucket", labels, times, values);
      }
    }
    prometheus.write();
  }

  private static final List<String> METRICS = List.of("arrived_total", "queued", "running", "gpu");

  private static void equal(String where, double theirs, double ours) {
    boolean same =
        Double.isNaN(theirs)
            ? Double.isNaN(ours)
            : Math.abs(ours - theirs) <= RELATIVE * Math.abs(theirs);
    if (!same) {
      throw new AssertionError(where + ": Prometheus says " + theirs + ", we say " + ours);
    }
  }
}
