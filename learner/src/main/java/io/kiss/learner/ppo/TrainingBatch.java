package io.kiss.learner.ppo;

import io.kiss.actors.protocol.TrajectorySegment;
import java.util.Arrays;
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
  private final int valued;

  /** Normalised {@code [valued × features]}, the batch's rows first; it may be longer. */
  final float[] observations;

  /** Allowed actions, the heads' bits one after the other {@code [rows]}. */
  final int[] masks;

  /** Taken, counted from 0 in each head {@code [rows × heads]}. */
  final byte[] actions;

  /**
   * Of the actions under the policy that is updated, which PPO's ratio is taken over {@code
   * [rows]}.
   */
  final float[] oldLogProbabilities;

  /** How much of what follows a step counts for the steps before it, 0..1 {@code [rows]}. */
  private final float[] traces;

  /** 1 where the policy decided, else 0 {@code [rows]}. */
  final float[] decided;

  /** Mean 0 and deviation 1 over the rows where the policy decided {@code [rows]}. */
  final float[] advantages;

  /** Advantage plus value, in units of the reward {@code [rows]}. */
  final float[] returns;

  /**
   * @param room for the observations, used if there is enough of it: megabytes that are new in
   *     every update have to be cleared, and their pages fetched, each time
   */
  TrainingBatch(
      List<TrajectorySegment> segments,
      int features,
      int heads,
      ObservationNormaliser normaliser,
      float[] room) {
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
    valued = steps + extra;
    observations = HostBuffer.room(room, valued * features);
    masks = new int[steps];
    actions = new byte[steps * heads];
    oldLogProbabilities = new float[steps];
    traces = new float[steps];
    Arrays.fill(traces, 1);
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
    return valued;
  }

  /**
   * Corrects for having been collected by a policy that may be an update older than the one that is
   * updated, as ADR 8 has it. PPO's ratio is taken over the latter, so that what the update between
   * them changed does not count against this one's clip and KL limit (the proximal policy of <a
   * href="https://arxiv.org/abs/2110.00641">Hilton et al., Batch size-invariance for policy
   * optimization</a>); and advantages look ahead through actions that have become unlikely only as
   * far as they still are likely ({@link Gae}).
   *
   * @param logits of the policy that is updated {@code [rows × actions]}
   * @param heads number of each head's actions
   */
  void centreOn(float[] logits, int[] heads) {
    int width = logits.length / rows;
    for (int row = 0; row < rows; row++) {
      if (decided[row] > 0) {
        double sum = 0;
        int from = 0;
        for (int h = 0; h < heads.length; h++) {
          int taken = actions[row * heads.length + h];
          int allowed = masks[row] >>> from;
          sum += logProbability(logits, row * width + from, heads[h], allowed, taken);
          from += heads[h];
        }
        traces[row] = (float) Math.min(1, Math.exp(sum - oldLogProbabilities[row]));
        oldLogProbabilities[row] = (float) sum;
      }
    }
  }

  /** Of one head's action under the softmax over its allowed ones. */
  private static double logProbability(float[] logits, int at, int size, int allowed, int taken) {
    double highest = Double.NEGATIVE_INFINITY;
    for (int a = 0; a < size; a++) {
      if ((allowed & 1 << a) != 0) {
        highest = Math.max(highest, logits[at + a]);
      }
    }
    double sum = 0;
    for (int a = 0; a < size; a++) {
      if ((allowed & 1 << a) != 0) {
        sum += Math.exp(logits[at + a] - highest);
      }
    }
    return logits[at + taken] - highest - Math.log(sum);
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
          segment, values, row, values, extra, values, terminal, gamma, lambda, traces, advantages);
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

  /** Where a part of the batch begins, of so many that are as large as each other but for one. */
  int begin(int part, int parts) {
    return (int) ((long) rows * part / parts);
  }

  /**
   * Deals the rows out to so many parts at random. Within a part they are in their order: a sum
   * does not depend on it, and memory is read forwards.
   *
   * @return the parts one after the other, each from {@link #begin} on
   */
  int[] dealt(int parts, SplittableRandom random) {
    int[] dealt = new int[rows];
    int[] next = new int[parts];
    for (int part = 0; part < parts; part++) {
      next[part] = begin(part, parts);
      Arrays.fill(dealt, next[part], begin(part + 1, parts), part);
    }
    for (int i = 0; i < rows; i++) {
      int other = random.nextInt(i + 1);
      int part = dealt[i];
      dealt[i] = dealt[other];
      dealt[other] = part;
    }
    int[] order = new int[rows];
    for (int row = 0; row < rows; row++) {
      order[next[dealt[row]]++] = row;
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
