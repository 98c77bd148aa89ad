package io.kiss.learner.ppo;

import io.kiss.actors.protocol.TrajectorySegment;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The steps of some segments, one row each, in the order of the segments. Behind the rows lie the
 * observations that are only valued: of each segment its last and its terminal ones.
 */
final class TrainingBatch {
  private final List<TrajectorySegment> segments;
  private final int features;
  final int rows;

  /** Normalised {@code [valued × features]}, the batch's rows first. */
  final float[] observations;

  /** Allowed actions, the heads' bits one after the other {@code [rows]}. */
  final int[] masks;

  /** Taken, counted from 0 in each head {@code [rows × heads]}. */
  final byte[] actions;

  final float[] oldLogProbabilities;

  /** 1 where the policy decided, else 0 {@code [rows]}. */
  final float[] decided;

  /** Mean 0 and deviation 1 over the rows where the policy decided {@code [rows]}. */
  final float[] advantages;

  /** Advantage plus value, in units of the reward {@code [rows]}. */
  final float[] returns;

  TrainingBatch(
      List<TrajectorySegment> segments, int features, int heads, ObservationNormaliser normaliser) {
    this.segments = segments;
    this.features = features;
    int steps = 0;
    int extra = 0;
    for (TrajectorySegment segment : segments) {
      requireShape(segment, features, heads);
      steps += segment.environmentSteps();
      extra += segment.environments() + Gae.endedSteps(segment);
    }
    rows = steps;
    observations = new float[(steps + extra) * features];
    masks = new int[steps];
    actions = new byte[steps * heads];
    oldLogProbabilities = new float[steps];
    decided = new float[steps];
    advantages = new float[steps];
    returns = new float[steps];
    copy(heads, normaliser);
  }

  private static void requireShape(TrajectorySegment segment, int features, int heads) {
    int steps = segment.environmentSteps();
    boolean fits =
        segment.observations().length == steps * features
            && segment.masks().length == steps
            && segment.actions().length == steps * heads
            && segment.logProbabilities().length == steps
            && segment.rewards().length == steps
            && segment.flags().length == steps
            && segment.lastObservations().length == segment.environments() * features
            && segment.terminalObservations().length == Gae.endedSteps(segment) * features;
    if (!fits) {
      throw new IllegalArgumentException(
          "segment "
              + segment.sequence()
              + " of worker "
              + segment.worker()
              + " does not have the arrays that "
              + segment.steps()
              + " steps in "
              + segment.environments()
              + " environments of "
              + features
              + " features and "
              + heads
              + " heads need");
    }
  }

  private void copy(int heads, ObservationNormaliser normaliser) {
    int row = 0;
    int extra = rows * features;
    for (TrajectorySegment segment : segments) {
      int steps = segment.environmentSteps();
      normaliser.normalise(segment.observations(), observations, row * features);
      normaliser.normalise(segment.lastObservations(), observations, extra);
      extra += segment.lastObservations().length;
      normaliser.normalise(segment.terminalObservations(), observations, extra);
      extra += segment.terminalObservations().length;
      System.arraycopy(segment.masks(), 0, masks, row, steps);
      System.arraycopy(segment.actions(), 0, actions, row * heads, steps * heads);
      System.arraycopy(segment.logProbabilities(), 0, oldLogProbabilities, row, steps);
      for (int i = 0; i < steps; i++) {
        decided[row + i] = segment.flags()[i] & TrajectorySegment.POLICY_DECIDED;
      }
      row += steps;
    }
  }

  /** Number of observations to value. */
  int valued() {
    return observations.length / features;
  }

  /**
   * Fills advantages and returns.
   *
   * @param values of all observations, in units of the reward {@code [valued]}
   * @return explained variance of the returns by these values
   */
  double estimate(float[] values, double gamma, double lambda) {
    int row = 0;
    int extra = rows;
    for (TrajectorySegment segment : segments) {
      int terminal = extra + segment.environments();
      Gae.advantages(
          segment, values, row, values, extra, values, terminal, gamma, lambda, advantages);
      row += segment.environmentSteps();
      extra = terminal + Gae.endedSteps(segment);
    }
    Moments error = new Moments();
    Moments target = new Moments();
    Moments advantage = new Moments();
    for (int i = 0; i < rows; i++) {
      returns[i] = advantages[i] + values[i];
      error.add(advantages[i]);
      target.add(returns[i]);
      if (decided[i] > 0) {
        advantage.add(advantages[i]);
      }
    }
    double mean = advantage.mean();
    double deviation = Math.sqrt(advantage.variance()) + 1e-8;
    for (int i = 0; i < rows; i++) {
      advantages[i] = (float) ((advantages[i] - mean) / deviation);
    }
    return target.variance() > 0 ? 1 - error.variance() / target.variance() : Double.NaN;
  }

  /** The rows in a random order. */
  int[] shuffled(SplittableRandom random) {
    int[] order = new int[rows];
    for (int i = 0; i < rows; i++) {
      int other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order;
  }

  /** Sums for a mean and a variance. */
  private static final class Moments {
    private long count;
    private double mean;
    private double squares;

    void add(double x) {
      count++;
      double delta = x - mean;
      mean += delta / count;
      squares += delta * (x - mean);
    }

    double mean() {
      return mean;
    }

    double variance() {
      return count == 0 ? 0 : squares / count;
    }
  }
}
