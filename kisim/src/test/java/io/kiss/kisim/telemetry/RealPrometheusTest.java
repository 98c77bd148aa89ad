package io.kiss.kisim.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
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
