package io.kiss.kisim.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpikeLogTest {
  private static final double SLO = 1;

  /** Steps of 15 s with so many requests each and this p95. */
  private static void steps(SpikeLog log, int count, double requests, double p95) {
    for (int i = 0; i < count; i++) {
      log.step(requests, p95, 15);
    }
  }

  @Test
  void aSpikeLastsFromTheFirstStepOverTheSloToTheEndOfTheFirstInside() {
    SpikeLog log = new SpikeLog(SLO, 15);
    steps(log, 20, 100, 0.5);
    steps(log, 3, 300, 2);
    steps(log, 1, 300, 0.9);
    steps(log, 10, 300, 0.5);
    assertThat(log.spikes()).isEqualTo(1);
    assertThat(log.absorbSeconds()).isEqualTo(4 * 15);
  }

  @Test
  void aLevelThatCrossesTheSloByItselfIsNoSpike() {
    SpikeLog log = new SpikeLog(SLO, 15);
    steps(log, 20, 100, 0.5);
    steps(log, 3, 100, 2);
    steps(log, 5, 100, 0.5);
    assertThat(log.spikes()).isZero();
    assertThat(log.absorbSeconds()).isNaN();
  }

  @Test
  void theSloMayBeCrossedUpToAMinuteAfterTheRise() {
    // A rise of 30 % in one step lifts the minute's mean by 7.5, 15, 22.5 and 30 %: from the second
    // on it has risen, and still does while the five minutes before have less than 130 / 1.1.
    SpikeLog soon = new SpikeLog(SLO, 15);
    steps(soon, 40, 100, 0.5);
    steps(soon, 1, 130, 0.5);
    steps(soon, 1, 130, 2);
    assertThat(soon.spikes()).isEqualTo(1);
    SpikeLog atOnce = new SpikeLog(SLO, 15);
    steps(atOnce, 40, 100, 0.5);
    steps(atOnce, 1, 130, 2);
    assertThat(atOnce.spikes()).isZero();
  }

  @Test
  void whatIsNotAbsorbedCountsToTheEnd() {
    SpikeLog log = new SpikeLog(SLO, 15);
    steps(log, 20, 100, 0.5);
    steps(log, 6, 300, 2);
    log.step(100, 2, 5);
    assertThat(log.absorbSeconds()).isEqualTo(6 * 15 + 5);
  }

  @Test
  void aStepWithoutAnswersNeitherBeginsNorEndsASpike() {
    SpikeLog log = new SpikeLog(SLO, 15);
    steps(log, 20, 100, 0.5);
    steps(log, 1, 300, Double.NaN);
    assertThat(log.spikes()).isZero();
    steps(log, 1, 300, 3);
    steps(log, 2, 300, Double.NaN);
    steps(log, 1, 300, 0.5);
    assertThat(log.spikes()).isEqualTo(1);
    assertThat(log.absorbSeconds()).isEqualTo(4 * 15);
  }

  @Test
  void theTimeIsTheMeanOverSpikes() {
    SpikeLog log = new SpikeLog(SLO, 15);
    steps(log, 20, 100, 0.5);
    steps(log, 1, 300, 2);
    steps(log, 40, 100, 0.5);
    steps(log, 3, 300, 2);
    steps(log, 40, 100, 0.5);
    assertThat(log.spikes()).isEqualTo(2);
    assertThat(log.absorbSeconds()).isEqualTo((2 + 4) * 15 / 2.0);
  }
}
