package io.kiss.kisim.fluid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.telemetry.HistogramBounds;
import io.kiss.kisim.telemetry.MetricFamily;
import io.kiss.kisim.telemetry.PodMetrics;
import io.kiss.kisim.telemetry.PodScraper;
import io.kiss.kisim.telemetry.PromqlRules;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import io.kiss.kisim.telemetry.TelemetrySettings;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.ToDoubleFunction;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One series set for the Deployment shows what one for every pod would, as far as it can. */
class ScrapeWindowTest {
  private static final Logger LOG = LoggerFactory.getLogger(ScrapeWindowTest.class);
  private static final double SLO = 0.4;
  private static final double MEAN_LATENCY = 0.2;
  private static final int SECONDS = 600;
  private static final int RUNS = 100;

  /** The same load under both watchers, told second by second; latencies are exponential. */
  private static final class Both {
    final ScrapeWindow window = new ScrapeWindow();
    final PodScraper pods;
    final TelemetryBuffer ofWindow = new TelemetryBuffer(1);
    final TelemetryBuffer ofPods = new TelemetryBuffer(1);
    private final CountSampler counts;
    private final double[] arrived = new double[64];
    private final double[][] answered;
    private final double[] coarse;
    private final double[] expected;
    private int ready;
    private int now;

    Both(TelemetrySettings settings, long seed, int ready) {
      now = -90;
      counts = new CountSampler(RandomSource.XO_SHI_RO_256_PP.create(seed));
      window.reset(settings, RandomSource.XO_SHI_RO_256_PP.create(seed + 1), seed, now);
      pods = new PodScraper(settings, this::expose, seed + 2, now * 1_000_000_000L);
      HistogramBounds bounds = settings.bounds();
      coarse = shares(bounds.buckets(), bounds::bound);
      expected = new double[bounds.buckets()];
      answered = new double[64][bounds.buckets()];
      for (int p = 0; p < ready; p++) {
        // These have served for long.
        arrived[p] = 1e6;
        java.util.Arrays.fill(answered[p], 1e6);
      }
      setReady(ready);
    }

    void setReady(int pods) {
      window.setReady(pods);
      for (; ready < pods; ready++) {
        this.pods.serving(ready, now * 1_000_000_000L);
      }
      for (; ready > pods; ready--) {
        this.pods.gone(ready - 1);
        arrived[ready - 1] = 0;
        java.util.Arrays.fill(answered[ready - 1], 0);
      }
    }

    private void expose(int pod, PodMetrics out) {
      out.arrived = arrived[pod];
      System.arraycopy(answered[pod], 0, out.answered, 0, out.answered.length);
      out.queued = 2;
      out.running = 1;
    }

    /** A second in which this many requests are expected, and answered at once. */
    void second(double rate) {
      now++;
      while (pods.nextNanos() <= now * 1_000_000_000L) {
        pods.passTo(pods.nextNanos());
      }
      for (int p = 0; p < ready; p++) {
        double requests = counts.poisson(rate / ready);
        arrived[p] += requests;
        for (int b = 0; b < coarse.length; b++) {
          answered[p][b] += requests * coarse[b];
        }
      }
      window.arrived(rate);
      window.completed(rate);
      for (int b = 0; b < coarse.length; b++) {
        expected[b] += rate * coarse[b];
      }
      if (window.due(now)) {
        window.take(expected);
        window.scrape(now, 2.0 * ready, ready, 0);
      }
    }

    private static double[] shares(int buckets, IntToDoubleFunction edge) {
      double[] shares = new double[buckets];
      double before = 0;
      for (int b = 0; b < buckets; b++) {
        shares[b] = below(edge.applyAsDouble(b)) - before;
        before += shares[b];
      }
      return shares;
    }

    private static double below(double latency) {
      return -Math.expm1(-latency / MEAN_LATENCY);
    }

    void read() {
      window.read(now, SLO, ofWindow);
      pods.read(now * 1_000_000_000L, SLO, ofPods);
    }
  }

  /** Mean over many seeds, each 15 s: what both show, and what they show after each other. */
  private record Curves(double[] window, double[] pods, double noise) {
    /** Largest difference between the mean curves from one second to another, of {@code scale}. */
    double worst(int fromSecond, int toSecond, double scale) {
      double worst = 0;
      for (int i = fromSecond / 15; i < toSecond / 15; i++) {
        worst = Math.max(worst, Math.abs(window[i] - pods[i]));
      }
      return worst / scale;
    }
  }

  private static Curves compare(
      TelemetrySettings settings,
      IntToDoubleFunction rate,
      IntUnaryOperator ready,
      ToDoubleFunction<TelemetryBuffer> figure) {
    int points = SECONDS / 15;
    double[] window = new double[points];
    double[] pods = new double[points];
    int[] known = new int[points];
    double squares = 0;
    int compared = 0;
    for (int run = 0; run < RUNS; run++) {
      Both both = new Both(settings, 1000 + run, ready.applyAsInt(-90));
      for (int t = -90; t < SECONDS; t++) {
        if (t >= 0 && t % 15 == 0) {
          both.read();
          double ofWindow = figure.applyAsDouble(both.ofWindow);
          double ofPods = figure.applyAsDouble(both.ofPods);
          if (!Double.isNaN(ofWindow) && !Double.isNaN(ofPods)) {
            window[t / 15] += ofWindow;
            pods[t / 15] += ofPods;
            known[t / 15]++;
            squares += (ofWindow - ofPods) * (ofWindow - ofPods);
            compared++;
          }
        }
        both.setReady(ready.applyAsInt(t));
        both.second(rate.applyAsDouble(t));
      }
    }
    for (int i = 0; i < points; i++) {
      assertThat(known[i]).isGreaterThan(RUNS / 2);
      window[i] /= known[i];
      pods[i] /= known[i];
    }
    return new Curves(window, pods, Math.sqrt(squares / compared));
  }

  @Test
  void ratesOfASteadyLoadAreThoseOfThePods() {
    Curves curves =
        compare(TelemetrySettings.DEFAULT, t -> 100, t -> 10, TelemetryBuffer::arrivalRate);
    LOG.info("steady: worst {}, noise {}", curves.worst(0, SECONDS, 100), curves.noise);
    // Poisson of 100/s over 45 s, 400 seeds, both: a standard deviation of 0.1 %.
    assertThat(curves.worst(0, SECONDS, 100)).isLessThan(0.006);
  }

  @Test
  void aJumpOfTheLoadShowsAsItDoesOverPodsOfManyOffsets() {
    Curves curves =
        compare(
            TelemetrySettings.DEFAULT,
            t -> t < 300 ? 100 : 200,
            t -> 10,
            TelemetryBuffer::arrivalRate);
    LOG.info("jump: worst {}, noise {}", curves.worst(0, SECONDS, 200), curves.noise);
    assertThat(curves.worst(0, SECONDS, 200)).isLessThan(0.02);
  }

  @Test
  void newPodsAreUnseenForAsLongAsTheirOwnSeriesAre() {
    Curves curves =
        compare(
            TelemetrySettings.DEFAULT,
            t -> 100,
            t -> t < 300 ? 5 : 15,
            TelemetryBuffer::arrivalRate);
    LOG.info(
        "scale-up: window {}, pods {}",
        java.util.Arrays.toString(curves.window),
        java.util.Arrays.toString(curves.pods));
    assertThat(curves.pods[315 / 15]).as("two thirds go where nobody looks yet").isLessThan(90);
    assertThat(curves.worst(300, 390, 100)).isLessThan(0.05);
    assertThat(curves.worst(390, SECONDS, 100)).isLessThan(0.01);
  }

  @Test
  void podsThatGoLetTheirWindowsRunDry() {
    Curves curves =
        compare(
            TelemetrySettings.DEFAULT,
            t -> 100,
            t -> t < 300 ? 15 : 5,
            TelemetryBuffer::arrivalRate);
    LOG.info(
        "scale-down: window {}, pods {}",
        java.util.Arrays.toString(curves.window),
        java.util.Arrays.toString(curves.pods));
    assertThat(curves.pods[345 / 15])
        .as("series that ended count half a scrape more")
        .isLessThan(92);
    assertThat(curves.worst(0, SECONDS, 100)).isLessThan(0.05);
  }

  @Test
  void latenciesAreThoseOfThePods() {
    Curves p95 =
        compare(TelemetrySettings.DEFAULT, t -> 100, t -> 10, TelemetryBuffer::p95LatencySeconds);
    LOG.info("p95: {} against {}", p95.window[20], p95.pods[20]);
    assertThat(p95.worst(0, SECONDS, p95.pods[20])).isLessThan(0.005);
    Curves late =
        compare(TelemetrySettings.DEFAULT, t -> 100, t -> 10, TelemetryBuffer::violatingShare);
    assertThat(late.worst(0, SECONDS, late.pods[20])).isLessThan(0.005);
    // Inside the bucket (0.25, 0.5], and still what is true of exponential latencies.
    assertThat(late.pods[20]).isCloseTo(1 - Both.below(0.4), within(1e-3));
  }

  @Test
  void failedScrapesTakeGaugesAwayInTheSameShare() {
    Curves queued =
        compare(
            TelemetrySettings.DEFAULT.withFailedScrapes(0.2),
            t -> 100,
            t -> 10,
            TelemetryBuffer::queuedRequests);
    // Two in each of ten queues, a fifth unseen; 40 times 100 answers.
    assertThat(mean(queued.pods)).isCloseTo(16, within(0.15));
    assertThat(mean(queued.window)).isCloseTo(16, within(0.15));
    Curves rates =
        compare(
            TelemetrySettings.DEFAULT.withFailedScrapes(0.2),
            t -> 100,
            t -> 10,
            TelemetryBuffer::arrivalRate);
    LOG.info("failed scrapes: window {}, pods {}", mean(rates.window), mean(rates.pods));
    assertThat(mean(rates.pods)).as("a missing newest sample costs half a scrape").isLessThan(92);
    assertThat(mean(rates.window)).isCloseTo(mean(rates.pods), within(2.0));
  }

  private static double mean(double[] values) {
    return java.util.Arrays.stream(values).average().orElseThrow();
  }

  @Test
  void aMissingMetricIsUnknownAndTheOthersAreNot() {
    for (MetricFamily metric : MetricFamily.values()) {
      Both both = new Both(TelemetrySettings.DEFAULT.withMissing(metric, 1, 300), 1, 5);
      for (int t = 0; t < 300; t++) {
        both.second(50);
      }
      both.read();
      for (TelemetryBuffer shown : new TelemetryBuffer[] {both.ofWindow, both.ofPods}) {
        assertThat(Double.isNaN(shown.arrivalRate)).isEqualTo(metric == MetricFamily.ARRIVALS);
        assertThat(Double.isNaN(shown.sampleAgeSeconds)).isEqualTo(metric == MetricFamily.ARRIVALS);
        assertThat(Double.isNaN(shown.completionRate)).isEqualTo(metric == MetricFamily.LATENCY);
        assertThat(Double.isNaN(shown.p95LatencySeconds)).isEqualTo(metric == MetricFamily.LATENCY);
        assertThat(Double.isNaN(shown.queuedRequests)).isEqualTo(metric == MetricFamily.QUEUED);
        assertThat(Double.isNaN(shown.runningRequests)).isEqualTo(metric == MetricFamily.RUNNING);
        assertThat(Double.isNaN(shown.gpuUtilisation)).isEqualTo(metric == MetricFamily.GPU);
      }
    }
  }

  @Test
  void withoutPodsThereIsNothingToSee() {
    Both both = new Both(TelemetrySettings.DEFAULT, 1, 5);
    for (int t = 0; t < 300; t++) {
      both.second(50);
    }
    both.setReady(0);
    for (int t = 0; t < 90; t++) {
      both.second(50);
    }
    both.read();
    for (TelemetryBuffer shown : new TelemetryBuffer[] {both.ofWindow, both.ofPods}) {
      assertThat(shown.arrivalRate).isNaN();
      assertThat(shown.sampleAgeSeconds).isNaN();
      assertThat(shown.queuedRequests).isNaN();
      assertThat(shown.p95LatencySeconds).isNaN();
    }
    both.setReady(5);
    for (int t = 0; t < 90; t++) {
      both.second(50);
    }
    both.read();
    assertThat(both.ofWindow.arrivalRate).isCloseTo(50, within(5.0));
    assertThat(both.ofPods.arrivalRate).isCloseTo(50, within(5.0));
  }

  @Test
  void rulesOfAnotherReleaseApply() {
    // Scrapes lie exactly a window apart where its start is inside.
    TelemetrySettings settings =
        TelemetrySettings.of(15, 30).withDelays(0, 0, 0).withRules(PromqlRules.V2_51);
    ScrapeWindow old = new ScrapeWindow();
    old.reset(settings, RandomSource.XO_SHI_RO_256_PP.create(1), 1, 0);
    old.setReady(1);
    TelemetryBuffer out = new TelemetryBuffer(1);
    int scraped = 0;
    for (int t = 1; scraped < 3; t++) {
      old.arrived(10);
      if (old.due(t)) {
        old.scrape(t, 0, 0, 0);
        scraped++;
        old.read(t, SLO, out);
      }
    }
    assertThat(out.sampleAgeSeconds).isZero();
    double threeSamples = out.arrivalRate * 30;
    assertThat(threeSamples)
        .as("a whole count, not extrapolated")
        .isEqualTo(Math.rint(threeSamples));
  }
}
