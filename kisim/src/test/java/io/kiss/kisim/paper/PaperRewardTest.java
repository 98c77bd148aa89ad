package io.kiss.kisim.paper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The paper's reward against numbers worked by hand. */
class PaperRewardTest {

  @Test
  void halfTheLatencyTwiceTheThroughputAndThreeGpusOfFour() {
    PaperReward reward = PaperReward.of(PaperPattern.RANDOM, 1300, 20.8, 3, 1, 50, 0.01);
    assertThat(reward.latency()).isCloseTo(0.4 * 0.5, within(1e-12));
    assertThat(reward.throughput()).isCloseTo(0.3, within(1e-12));
    assertThat(reward.efficiency()).isCloseTo(0.2 * 0.75, within(1e-12));
    assertThat(reward.total()).isCloseTo(0.66, within(1e-12));
  }

  @Test
  void rampComparesWithTheMeanOfBothAndRewardsBalance() {
    // Lb = (5800 + 6700) / 2 = 6250, Tb = 10.25; 4 and 2 replicas: 1 - 2/6.
    PaperReward reward = PaperReward.of(PaperPattern.RAMP, 3125, 10.25, 4, 2, 90.5, -0.02);
    assertThat(reward.total()).isCloseTo(0.2 + 0 + 0.2 * 2 / 3 - 0.02 - 0.5, within(1e-12));
    assertThat(reward.penalty()).isEqualTo(-0.5);
  }

  @Test
  void whatIsWorseThanTheBaselineEarnsNothingAndCostsNothing() {
    PaperReward reward = PaperReward.of(PaperPattern.SPIKE, 9000, 1, 0, 4, 90, 0);
    assertThat(reward.total()).isZero();
  }

  @Test
  void aLatencyThatWasNotMeasuredEarnsNothing() {
    PaperReward reward = PaperReward.of(PaperPattern.PERIODIC, Double.NaN, 0, 2, 2, 0, 0);
    assertThat(reward.latency()).isZero();
    assertThat(reward.total()).isCloseTo(0.2, within(1e-12));
  }

  @Test
  void moreThanTwoScalingsInTheFiveStepsBeforeCost() {
    boolean[] scaled = {true, true, true, false, false, false, false, true, false, false};
    assertThat(PaperReward.stability(scaled, 0)).isZero();
    assertThat(PaperReward.stability(scaled, 1)).isZero();
    assertThat(PaperReward.stability(scaled, 2)).isEqualTo(0.01);
    assertThat(PaperReward.stability(scaled, 3)).isEqualTo(-0.02);
    assertThat(PaperReward.stability(scaled, 5)).isEqualTo(-0.02);
    assertThat(PaperReward.stability(scaled, 6)).isEqualTo(0.01);
  }

  @ParameterizedTest
  @EnumSource
  void theReleasedConstantsEarnWhatTheReleasedPlotShows(PaperPattern pattern) {
    assertThat(ReleasedConstants.episodeReward(pattern))
        .isCloseTo(ReleasedConstants.plotted(pattern), within(0.0005));
  }

  @Test
  void theConstantsOfTheRandomPatternByHand() {
    // Five steps of 0.4 * 1600/2600 + 0.2 / 2, and 0.01 in the last three.
    assertThat(ReleasedConstants.episodeReward(PaperPattern.RANDOM))
        .isCloseTo(5 * (0.4 * 1600 / 2600 + 0.1) + 0.03, within(1e-12));
  }
}
