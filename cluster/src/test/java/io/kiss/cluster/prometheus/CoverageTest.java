package io.kiss.cluster.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.actors.live.MetricsPort.Target;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A window of 60 s and a round every 15 s, at which the newest sample is 5 s old. */
class CoverageTest {
  private static final double NONE = Double.NaN;
  private static final double AGE = 5;
  private static final List<Target> WEB = List.of(Fixtures.target("web", 1, "web-1"));

  private final Coverage coverage = new Coverage(60);

  private boolean isDoubtful(double now, double openingAge) {
    return coverage.see("web", now, AGE, true, openingAge);
  }

  /** Of the window that is asked for beside the usual one; zero: none is. */
  private double windowSeconds(double now) {
    return coverage.resumed(WEB, now).window().toMillis() / 1000.0;
  }

  @Test
  void aWindowThatBeginsWithASampleIsBelievedAtOnce() {
    assertThat(coverage.opening()).isEqualTo(Duration.ofMillis(52_500));
    assertThat(coverage.hasUnseen(WEB)).isTrue();
    assertThat(isDoubtful(1000, 60.5)).isFalse();
    assertThat(coverage.hasUnseen(WEB)).as("need not be asked again").isFalse();
    assertThat(windowSeconds(1015)).isZero();
    assertThat(isDoubtful(1015, NONE)).isFalse();
  }

  @Test
  void whereAWindowsBeginningHasNoSamplesThereIsNoRateAndThenOneFromTheFirstSeenOn() {
    assertThat(isDoubtful(1000, 68)).as("a scrape before it is missing").isTrue();
    // From the sample at 995 on, a little before it.
    assertThat(windowSeconds(1015)).isEqualTo(20.2);
    assertThat(isDoubtful(1015, NONE)).isFalse();
    assertThat(windowSeconds(1045)).isEqualTo(50.2);
    assertThat(windowSeconds(1056)).as("the usual one is full again").isZero();
  }

  @Test
  void whatPrometheusDoesNotSayOfTheBeginningIsNotBelieved() {
    assertThat(isDoubtful(1000, NONE)).isTrue();
  }

  @Test
  void aNodeThatStartedInsideTheGapDoesNotBelieveTheFirstSamplesBehindIt() {
    assertThat(coverage.see("web", 1000, NONE, true, NONE)).isFalse();
    assertThat(coverage.hasUnseen(WEB)).isTrue();
    assertThat(isDoubtful(1015, NONE)).isTrue();
    assertThat(windowSeconds(1030)).isEqualTo(20.2);
  }

  @Test
  void aRoundWithoutAnAnswerAtTheStartIsAskedForAgain() {
    assertThat(coverage.see("web", 1000, NONE, false, NONE)).isFalse();
    assertThat(coverage.hasUnseen(WEB)).isTrue();
    assertThat(isDoubtful(1015, 55)).isFalse();
  }
}
