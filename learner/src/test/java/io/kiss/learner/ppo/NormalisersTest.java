package io.kiss.learner.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class NormalisersTest {
  @Test
  void batchesMergedOneByOneHaveTheMomentsAndRangeOfAllTheirRowsTogether() {
    int features = 3;
    Random random = new Random(5);
    ObservationNormaliser normaliser = new ObservationNormaliser(features);
    double[] sum = new double[features];
    double[] squares = new double[features];
    float[] highest = {-99, -99, -99};
    int count = 0;
    for (int batch = 0; batch < 7; batch++) {
      int rows = 1 + random.nextInt(50);
      float[] observations = new float[rows * features];
      byte[] flags = new byte[rows];
      for (int row = 0; row < rows; row++) {
        flags[row] = (byte) (random.nextInt(3) > 0 ? 1 : 6);
        count += flags[row] & 1;
        for (int i = 0; i < features; i++) {
          float x = (float) (batch + 10 * i + random.nextGaussian());
          observations[row * features + i] = x;
          if (flags[row] == 1) {
            sum[i] += x;
            squares[i] += (double) x * x;
            highest[i] = Math.max(highest[i], x);
          }
        }
      }
      normaliser.add(observations, flags, (byte) 1);
    }
    for (int i = 0; i < features; i++) {
      double mean = sum[i] / count;
      assertThat((double) normaliser.mean()[i]).isCloseTo(mean, within(1e-5));
      assertThat((double) normaliser.deviation()[i])
          .isCloseTo(Math.sqrt(squares[i] / count - mean * mean), within(1e-5));
      assertThat(normaliser.highest()[i]).isEqualTo(highest[i]);
    }
  }

  @Test
  void anEmptyNormaliserChangesNothingAndHasARangeThatNothingIsInsideOf() {
    ObservationNormaliser normaliser = new ObservationNormaliser(1);
    float[] out = new float[2];
    normaliser.normalise(new float[] {3, -12}, out, 0);
    assertThat(out).containsExactly(3, -10); // clipped as in the policy network
    assertThat(normaliser.lowest()[0]).isGreaterThan(normaliser.highest()[0]);
  }

  @Test
  void returnsOfTheFirstBatchCountInFullAndLaterOnesByTheRate() {
    ValueNormaliser normaliser = new ValueNormaliser();
    normaliser.add(new float[] {2, 4, 99}, 2, 0.1);
    assertThat(normaliser.mean()).isCloseTo(3, within(1e-9));
    assertThat(normaliser.deviation()).isCloseTo(1, within(1e-9));
    normaliser.add(new float[] {13}, 1, 0.1);
    // Weights 0.09 of the first batch and 0.1 of the second: (0.09*3 + 0.1*13) / 0.19.
    assertThat(normaliser.mean()).isCloseTo((0.27 + 1.3) / 0.19, within(1e-9));
  }

  @Test
  void theCriticsAnswerInUnitsOfTheRewardOutlivesAChangeOfTheMoments() {
    ValueNormaliser normaliser = new ValueNormaliser();
    normaliser.add(new float[] {0, 10}, 2, 0.5);
    float[] head = {7, 0.5f, -1.5f, 0.25f, 7};
    double before = normaliser.mean() + normaliser.deviation() * (0.5 * 0.3 - 1.5 * 0.8 + 0.25);
    double mean = normaliser.mean();
    double deviation = normaliser.deviation();
    normaliser.add(new float[] {100, 400}, 2, 0.5);
    normaliser.preserve(head, 1, 3, mean, deviation);
    double after =
        normaliser.mean() + normaliser.deviation() * (head[1] * 0.3 + head[2] * 0.8 + head[3]);
    assertThat(after).isCloseTo(before, within(1e-4));
    assertThat(head[0]).isEqualTo(7);
    assertThat(head[4]).isEqualTo(7);
  }
}
