package io.kiss.rollout;

import java.util.SplittableRandom;

/**
 * Draws actions from the softmax over the allowed ones of each head. Heads are independent of each
 * other given the observation, so the log-probability of their actions together is the sum.
 */
final class ActionSampler {
  private final int[] heads;
  private final double[] weights;

  ActionSampler(int[] heads) {
    this.heads = heads;
    int widest = 0;
    for (int head : heads) {
      widest = Math.max(widest, head);
    }
    weights = new double[widest];
  }

  /**
   * Draws one action a head.
   *
   * @param logits of all heads from {@code at} on
   * @param masks above 0 where an action is allowed, from {@code mask} on
   * @param chosen receives the actions, counted from 0 in each head, from {@code to} on
   * @return log-probability of the actions together
   */
  float sample(
      float[] logits,
      int at,
      float[] masks,
      int mask,
      SplittableRandom random,
      int[] chosen,
      int to) {
    double logProbability = 0;
    int from = 0;
    for (int h = 0; h < heads.length; h++) {
      int size = heads[h];
      float highest = Float.NEGATIVE_INFINITY;
      for (int a = 0; a < size; a++) {
        if (masks[mask + from + a] > 0) {
          highest = Math.max(highest, logits[at + from + a]);
        }
      }
      double sum = 0;
      for (int a = 0; a < size; a++) {
        boolean allowed = masks[mask + from + a] > 0;
        weights[a] = allowed ? Math.exp(logits[at + from + a] - highest) : 0;
        sum += weights[a];
      }
      int action = draw(random.nextDouble() * sum, size);
      logProbability += logits[at + from + action] - highest - Math.log(sum);
      chosen[to + h] = action;
      from += size;
    }
    return (float) logProbability;
  }

  private int draw(double level, int size) {
    int action = -1;
    double cumulated = 0;
    for (int a = 0; a < size; a++) {
      if (weights[a] > 0) {
        action = a;
        cumulated += weights[a];
        if (level < cumulated) {
          break;
        }
      }
    }
    if (action < 0) {
      throw new IllegalStateException("the environment allows no action, yet lets the policy act");
    }
    return action;
  }

  /** Fills in first actions, which nobody looks at, and returns 0. */
  float none(int[] chosen, int to) {
    for (int h = 0; h < heads.length; h++) {
      chosen[to + h] = 0;
    }
    return 0;
  }
}
