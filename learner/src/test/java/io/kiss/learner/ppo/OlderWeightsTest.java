package io.kiss.learner.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.actors.protocol.TrajectorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A batch that weights collected which are not those that learn from it. */
class OlderWeightsTest {
  private static final NetworkShape SHAPE = new NetworkShape("o", 3, "a", List.of(3, 4));
  private static final int[] HEADS = {3, 4};
  private static final int ACTIONS = 7;
  private static final double GAMMA = 0.9;
  private static final double LAMBDA = 0.8;

  private final Random random = new Random(5);
  private final TrajectorySegment segment = Segments.random(SHAPE, 20, 3, 5);
  private final float[] logits = Segments.gaussian(random, segment.environmentSteps() * ACTIONS);
  private final float[] values = Segments.gaussian(random, batch(segment).valued());

  private static TrainingBatch batch(TrajectorySegment segment) {
    return new TrainingBatch(List.of(segment), 3, 2, new ObservationNormaliser(3), new float[0]);
  }

  /** Of both heads' actions under the softmax over what is allowed, by its definition. */
  private double logProbability(int row) {
    double log = 0;
    int from = 0;
    for (int h = 0; h < HEADS.length; h++) {
      double sum = 0;
      for (int a = 0; a < HEADS[h]; a++) {
        if ((segment.masks()[row] >> (from + a) & 1) == 1) {
          sum += Math.exp(logits[row * ACTIONS + from + a]);
        }
      }
      int taken = segment.actions()[row * HEADS.length + h];
      log += Math.log(Math.exp(logits[row * ACTIONS + from + taken]) / sum);
      from += HEADS[h];
    }
    return log;
  }

  private boolean decided(int row) {
    return (segment.flags()[row] & TrajectorySegment.POLICY_DECIDED) != 0;
  }

  /** As if a policy had acted that took each action so many times as likely as these logits. */
  private TrajectorySegment collectedBy(double timesAsLikely) {
    float[] logProbabilities = segment.logProbabilities().clone();
    for (int row = 0; row < logProbabilities.length; row++) {
      if (decided(row)) {
        logProbabilities[row] = (float) (logProbability(row) + Math.log(timesAsLikely));
      }
    }
    return Segments.withLogProbabilities(segment, logProbabilities);
  }

  /** Advantages before they are brought to mean 0 and deviation 1: return less value. */
  private double[] advantages(TrainingBatch batch) {
    batch.estimate(values, GAMMA, LAMBDA);
    double[] advantages = new double[batch.rows];
    Arrays.setAll(advantages, row -> (double) batch.returns[row] - values[row]);
    return advantages;
  }

  @Test
  void theRatioIsTakenOverThePolicyThatLearns() {
    TrainingBatch batch = batch(segment);
    batch.centreOn(logits, HEADS);
    for (int row = 0; row < batch.rows; row++) {
      double expected = decided(row) ? logProbability(row) : segment.logProbabilities()[row];
      assertThat((double) batch.oldLogProbabilities[row])
          .as("row %d", row)
          .isCloseTo(expected, within(1e-5));
    }
  }

  @Test
  void thePolicyThatActedItselfChangesNothing() {
    TrainingBatch corrected = batch(collectedBy(1));
    corrected.centreOn(logits, HEADS);
    double[] expected = advantages(batch(segment));
    assertThat(advantages(corrected)).containsExactly(expected, within(1e-5));
  }

  @Test
  void actionsOnceTwiceAsLikelyHalveWhatComesAfterThem() {
    TrainingBatch corrected = batch(collectedBy(2));
    corrected.centreOn(logits, HEADS);
    assertThat(advantages(corrected)).containsExactly(byDefinition(0.5), within(1e-4));
  }

  @Test
  void actionsThatBecameMoreLikelyCountOnce() {
    TrainingBatch corrected = batch(collectedBy(0.25));
    corrected.centreOn(logits, HEADS);
    assertThat(advantages(corrected)).containsExactly(byDefinition(1), within(1e-4));
  }

  /** From each step on, every later temporal difference weighed by the decisions in between. */
  private double[] byDefinition(double weight) {
    int envs = segment.environments();
    double[] sums = new double[segment.environmentSteps()];
    for (int from = 0; from < sums.length; from++) {
      double factor = 1;
      for (int row = from; row < sums.length; row += envs) {
        factor *= row == from ? 1 : GAMMA * LAMBDA * (decided(row) ? weight : 1);
        boolean ended = segment.flags()[row] > TrajectorySegment.POLICY_DECIDED;
        sums[from] += factor * (segment.rewards()[row] + GAMMA * next(row) - values[row]);
        if (ended) {
          break;
        }
      }
    }
    return sums;
  }

  private double next(int row) {
    int envs = segment.environments();
    int rows = segment.environmentSteps();
    if ((segment.flags()[row] & TrajectorySegment.TERMINATED) != 0) {
      return 0;
    }
    if ((segment.flags()[row] & TrajectorySegment.TRUNCATED) != 0) {
      int endedBefore = 0;
      for (int i = 0; i < row; i++) {
        endedBefore += segment.flags()[i] > TrajectorySegment.POLICY_DECIDED ? 1 : 0;
      }
      return values[rows + envs + endedBefore];
    }
    return row + envs < rows ? values[row + envs] : values[rows + row % envs];
  }
}
