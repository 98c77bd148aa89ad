package io.kiss.kisim.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When Prometheus sees which pod. */
class PodScraperTest {
  private static final long SECOND = 1_000_000_000L;
  private static final TelemetrySettings PLAIN = TelemetrySettings.DEFAULT.withDelays(0, 0, 0);

  private final TelemetryBuffer read = new TelemetryBuffer(1);
  private final List<Double> scrapes = new ArrayList<>();
  private double now;

  /** A pod that gets ten requests a second, counted since {@code began}. */
  private double began;

  private PodScraper scraper;

  private PodScraper watch(TelemetrySettings settings, long seed) {
    scraper = new PodScraper(settings, this::expose, seed, 0);
    return scraper;
  }

  private void expose(int pod, PodMetrics out) {
    scrapes.add(now);
    out.arrived = 10 * (now - began);
    out.answered[5] = 4 * (now - began);
    out.answered[6] = 4 * (now - began);
    out.queued = 3 + pod;
    out.running = 2;
    out.busySeconds = 0.456 * now;
  }

  private void passTo(double seconds) {
    while (scraper.nextNanos() <= seconds * SECOND) {
      now = scraper.nextNanos() * 1e-9;
      scraper.passTo(scraper.nextNanos());
    }
    now = seconds;
  }

  private Telemetry readAt(double seconds) {
    passTo(seconds);
    scraper.read(Math.round(seconds * SECOND), 0.375, read);
    return read;
  }

  /** When the first scrape of a pod is that began to serve at {@code seconds}. */
  private double firstScrape(double seconds) {
    double age = readAt(seconds + 15.001).sampleAgeSeconds();
    return seconds + 15.001 - age;
  }

  @Test
  void aPodIsSeenFromItsFirstScrapeAndHasRatesFromItsSecond() {
    watch(PLAIN, 1);
    passTo(100);
    began = 100;
    scraper.serving(0, 100 * SECOND);
    assertThat(readAt(100).queuedRequests()).isNaN();
    double first = firstScrape(100);
    assertThat(first).isBetween(100.0, 115.0);
    assertThat(readAt(first + 14).arrivalRate()).isNaN();
    assertThat(read.queuedRequests()).isEqualTo(3);
    assertThat(read.runningRequests()).isEqualTo(2);
    assertThat(read.gpuUtilisation()).as("whole percents, as DCGM shows").isEqualTo(0.46);
    // 150 in 15 s; goes back to zero if that is less than half an interval, and on by 7 s.
    double back = Math.min(first - 100, 7.5);
    assertThat(readAt(first + 22).arrivalRate()).isCloseTo(10 * (back + 15 + 7) / 60, within(1e-3));
    // Timestamps are whole milliseconds.
    assertThat(readAt(first + 60.01).arrivalRate()).isCloseTo(10, within(1e-3));
    assertThat(read.completionRate()).isCloseTo(8, within(1e-3));
    assertThat(read.sampleAgeSeconds()).isCloseTo(0.01, within(2e-3));
    // Half of the answers in (0.1, 0.25], half in (0.25, 0.5].
    assertThat(read.p50LatencySeconds()).isCloseTo(0.25, within(1e-9));
    assertThat(read.p95LatencySeconds()).isCloseTo(0.25 + 0.25 * 0.9, within(1e-9));
    // The SLO is in the middle of the last bucket, above which next to nothing is taken to be.
    assertThat(read.violatingShare()).isCloseTo(Math.sqrt(0.5 * 1e-4), within(1e-9));
  }

  @Test
  void podsHaveOffsetsOfTheirOwnAndKeepThem() {
    watch(PLAIN.withDelays(0.5, 0, 0), 2);
    for (int p = 0; p < 30; p++) {
      scraper.serving(p, 0);
    }
    scrapes.clear();
    passTo(15);
    // Each pod is asked twice an interval: a second before its scrape, for DCGM, and at it.
    assertThat(scrapes.stream().distinct().count()).isGreaterThan(50);
    double youngest = readAt(600).sampleAgeSeconds();
    assertThat(youngest).as("of 30 pods the newest sample is young").isBetween(0.0, 3.0);
    assertThat(read.arrivalRate()).isCloseTo(300, within(3.0));
    assertThat(read.queuedRequests()).isEqualTo(30 * 3 + 29 * 15);
  }

  @Test
  void aRefusedScrapeEndsThePodsGaugesAtOnceAndItsRatesWithTheWindow() {
    watch(PLAIN, 3);
    scraper.serving(0, 0);
    double last = 100 - readAt(100).sampleAgeSeconds();
    scraper.refusing(0);
    assertThat(readAt(last + 14.9).queuedRequests()).isEqualTo(3);
    assertThat(readAt(last + 15.1).queuedRequests()).isNaN();
    assertThat(read.sampleAgeSeconds()).isNaN();
    assertThat(readAt(last + 44).arrivalRate()).isPositive();
    assertThat(readAt(last + 46).arrivalRate()).isNaN();
    // The container begins anew, and so do its counters.
    began = last + 47;
    scraper.serving(0, Math.round((last + 47) * SECOND));
    assertThat(readAt(last + 60.1).queuedRequests()).isEqualTo(3);
    assertThat(readAt(last + 120.1).arrivalRate()).isCloseTo(10, within(0.01));
  }

  @Test
  void aNodeThatDoesNotAnswerIsMissedOnlyAfterTheTimeout() {
    watch(PLAIN, 3);
    scraper.serving(0, 0);
    double last = 100 - readAt(100).sampleAgeSeconds();
    scraper.silent(0);
    assertThat(readAt(last + 24.9).queuedRequests()).isEqualTo(3);
    assertThat(readAt(last + 25.1).queuedRequests()).isNaN();
  }

  @Test
  void aDeletedPodHauntsTheGaugesForTwoIntervals() {
    watch(PLAIN, 4);
    scraper.serving(0, 0);
    double last = 100 - readAt(100).sampleAgeSeconds();
    scraper.gone(0);
    // The marker has the time of the scrape that would have been next, and comes 1.1 later.
    assertThat(readAt(last + 15 + 16.4).queuedRequests()).isEqualTo(3);
    assertThat(readAt(last + 15 + 16.6).queuedRequests()).isNaN();
  }

  @Test
  void aPodNumberIsAnotherSeriesWhenItIsUsedAgain() {
    watch(PLAIN, 5);
    scraper.serving(0, 0);
    readAt(100);
    scraper.gone(0);
    began = 100;
    scraper.serving(0, 100 * SECOND);
    // For a while both are seen.
    assertThat(readAt(115).queuedRequests()).isEqualTo(6);
    assertThat(readAt(132).queuedRequests()).isEqualTo(3);
    assertThat(readAt(200).arrivalRate()).isCloseTo(10, within(1e-3));
  }

  @Test
  void inAnOutageNothingEndsAndAllAges() {
    // From the second interval on, for all time.
    watch(PLAIN.withOutages(0.999999, 1e9, 0), 6);
    scraper.serving(0, 0);
    double first = firstScrape(0);
    readAt(100);
    scraper.gone(0);
    assertThat(readAt(first + 299).queuedRequests()).as("no marker is written").isEqualTo(3);
    assertThat(read.sampleAgeSeconds()).isCloseTo(299, within(0.01));
    assertThat(readAt(first + 301).queuedRequests()).isNaN();
    watch(PLAIN.withOutages(0.999999, 1e9, 1), 6);
    scraper.serving(0, 0);
    assertThat(readAt(14.999).queuedRequests()).isEqualTo(3);
    assertThat(readAt(15.001).queuedRequests()).as("nobody answers").isNaN();
    assertThat(read.sampleAgeSeconds()).isNaN();
  }

  @Test
  void aMetricIsMissingForItsShareOfTheTimeAndTheOthersAreNot() {
    watch(PLAIN.withMissing(MetricFamily.LATENCY, 0.3, 120), 7);
    scraper.serving(0, 0);
    int missing = 0;
    int ticks = 20_000;
    for (int i = 0; i < ticks; i++) {
      readAt(100 + 15 * i);
      missing += Double.isNaN(read.p95LatencySeconds()) ? 1 : 0;
      assertThat(read.arrivalRate()).isCloseTo(10, within(0.01));
    }
    double expected = fewerThanTwoOfFour(0.3, 15.0 / 120);
    assertThat(expected).isBetween(0.15, 0.3);
    assertThat((double) missing / ticks).isCloseTo(expected, within(0.04));
  }

  /** Chance that of four scrapes in a row fewer than two bring a metric that comes and goes. */
  private static double fewerThanTwoOfFour(double share, double ending) {
    double beginning = ending * share / (1 - share);
    double sum = 0;
    for (int missing = 0; missing < 16; missing++) {
      if (Integer.bitCount(missing) < 3) {
        continue;
      }
      double probability = (missing & 1) != 0 ? share : 1 - share;
      for (int i = 1; i < 4; i++) {
        boolean before = (missing >> i - 1 & 1) != 0;
        double change = before ? ending : beginning;
        boolean changed = before != ((missing >> i & 1) != 0);
        probability *= changed ? change : 1 - change;
      }
      sum += probability;
    }
    return sum;
  }

  @Test
  void anAnswerIsAsOldAsTheQuery() {
    watch(PLAIN.withDelays(0, 0, 5), 8);
    scraper.serving(0, 0);
    double first = firstScrape(0);
    assertThat(readAt(first + 64.999).sampleAgeSeconds()).isCloseTo(19.999, within(1e-3));
    assertThat(readAt(first + 65.001).sampleAgeSeconds()).isCloseTo(5.001, within(1e-3));
  }
}
