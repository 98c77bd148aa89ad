package io.kiss.cluster.reproduce;

import io.kiss.kisim.evaluate.Interval;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * 95 % percentile bootstrap intervals over agents and the episodes they played (Efron and
 * Tibshirani, An Introduction to the Bootstrap, §13). The same scores give the same interval.
 */
final class Resampling {
  private static final int RESAMPLES = 4000;
  private static final double TAIL = 0.025;
  private static final long SEED = 1;

  private Resampling() {}

  /**
   * Mean of scores.
   *
   * @param scores {@code [agents][episodes]}; agents and episodes are both drawn with replacement,
   *     the same episodes for every agent
   */
  static Interval mean(double[][] scores) {
    return interval(new double[][][] {scores}, means -> means[0]);
  }

  /** Mean of the first over the mean of the second, both over the same episodes. */
  static Interval ratio(double[][] first, double[][] second) {
    return interval(new double[][][] {first, second}, means -> means[0] / means[1]);
  }

  /**
   * Relative gain of each agent's last figure over its first, of the means over agents.
   *
   * @param first one an agent
   * @param last one an agent
   */
  static Interval gain(double[] first, double[] last) {
    int agents = first.length;
    double[] values = new double[RESAMPLES];
    SplittableRandom random = new SplittableRandom(SEED);
    for (int r = 0; r < RESAMPLES; r++) {
      double before = 0;
      double after = 0;
      for (int i = 0; i < agents; i++) {
        int agent = random.nextInt(agents);
        before += first[agent];
        after += last[agent];
      }
      values[r] = after / before - 1;
    }
    return of(sum(last) / sum(first) - 1, values, agents > 1);
  }

  private static double sum(double[] values) {
    return Arrays.stream(values).sum();
  }

  private static Interval interval(double[][][] samples, ToDoubleFunction<double[]> figure) {
    int episodes = samples[0][0].length;
    double[] means = new double[samples.length];
    int[] all = new int[episodes];
    Arrays.setAll(all, i -> i);
    boolean several = episodes > 1;
    for (int s = 0; s < samples.length; s++) {
      int[] agents = new int[samples[s].length];
      Arrays.setAll(agents, i -> i);
      means[s] = mean(samples[s], agents, all);
    }
    final double estimate = figure.applyAsDouble(means);
    SplittableRandom random = new SplittableRandom(SEED);
    double[] values = new double[RESAMPLES];
    int[] drawn = new int[episodes];
    for (int r = 0; r < RESAMPLES; r++) {
      draw(drawn, episodes, random);
      for (int s = 0; s < samples.length; s++) {
        int[] agents = new int[samples[s].length];
        draw(agents, agents.length, random);
        means[s] = mean(samples[s], agents, drawn);
      }
      values[r] = figure.applyAsDouble(means);
    }
    return of(estimate, values, several);
  }

  private static void draw(int[] indices, int below, SplittableRandom random) {
    for (int i = 0; i < indices.length; i++) {
      indices[i] = random.nextInt(below);
    }
  }

  private static double mean(double[][] scores, int[] agents, int[] episodes) {
    double sum = 0;
    for (int agent : agents) {
      for (int episode : episodes) {
        sum += scores[agent][episode];
      }
    }
    return sum / (agents.length * episodes.length);
  }

  private static Interval of(double estimate, double[] values, boolean known) {
    if (!known) {
      return new Interval(estimate, Double.NaN, Double.NaN);
    }
    Arrays.sort(values);
    int low = (int) Math.floor(TAIL * RESAMPLES);
    return new Interval(estimate, values[low], values[RESAMPLES - 1 - low]);
  }
}
