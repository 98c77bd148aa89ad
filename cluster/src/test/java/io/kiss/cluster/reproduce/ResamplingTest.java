package io.kiss.cluster.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.evaluate.Interval;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The intervals of a study. */
class ResamplingTest {

  @Test
  void theGainIsOfTheMeansOverAgents() {
    Interval gain = Resampling.gain(new double[] {1, 3}, new double[] {2, 5});
    assertThat(gain.estimate()).isCloseTo(7.0 / 4 - 1, within(1e-12));
    // Resamples of two agents give 2/1, 7/4 or 5/3.
    assertThat(gain.low()).isCloseTo(5.0 / 3 - 1, within(1e-12));
    assertThat(gain.high()).isCloseTo(1, within(1e-12));
  }

  @Test
  void oneAgentAloneHasNoInterval() {
    assertThat(Resampling.gain(new double[] {2}, new double[] {1}).known()).isFalse();
  }

  @Test
  void theIntervalOfAMeanIsAsWideAsTheStandardErrorSays() {
    SplittableRandom random = new SplittableRandom(3);
    double[][] scores = new double[1][100];
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < 100; i++) {
      scores[0][i] = random.nextGaussian();
      sum += scores[0][i];
      squares += scores[0][i] * scores[0][i];
    }
    double error = Math.sqrt((squares / 100 - sum * sum / 1e4) / 100);
    Interval mean = Resampling.mean(scores);
    assertThat(mean.estimate()).isCloseTo(sum / 100, within(1e-12));
    assertThat(mean.high() - mean.low()).isCloseTo(2 * 1.96 * error, within(0.1 * 4 * error));
  }

  @Test
  void aRatioOfTheSameEpisodesHasNoSpreadWhereOneIsAMultipleOfTheOther() {
    double[][] first = {{2, 4, 10}};
    double[][] second = {{1, 2, 5}};
    Interval ratio = Resampling.ratio(first, second);
    assertThat(ratio.estimate()).isCloseTo(2, within(1e-12));
    assertThat(ratio.low()).isCloseTo(2, within(1e-12));
    assertThat(ratio.high()).isCloseTo(2, within(1e-12));
  }
}
