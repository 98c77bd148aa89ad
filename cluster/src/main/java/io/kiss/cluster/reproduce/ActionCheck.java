package io.kiss.cluster.reproduce;

import io.kiss.kisim.paper.PaperPattern;
import io.kiss.kisim.paper.PaperPlayer;
import io.kiss.kisim.paper.PaperReward;
import io.kiss.kisim.paper.PaperRun;
import io.kiss.kisim.paper.Placement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Whether the reward depends on the actions at all, and through which of its terms: fixed rules of
 * choosing play the same episodes, and a permutation test asks whether their rewards could be of
 * one and the same rule (labels are exchanged inside each episode, since its traffic is common).
 */
final class ActionCheck {
  private static final int PERMUTATIONS = 4999;
  private static final long SEED = 2;

  /** Share of the spread below which chance in the arithmetic is all there is. */
  private static final double NOTHING = 1e-9;

  private ActionCheck() {}

  /**
   * What one pattern showed.
   *
   * @param client load generator
   * @param pattern of the traffic
   * @param rules names of the rules
   * @param rewards mean reward of each
   * @param p value of the permutation test
   * @param shares of the spread between the rules' mean rewards that each term makes, by {@link
   *     PaperReward#TERMS}; they sum to 1, or are all 0 where there is no spread
   */
  record Outcome(
      Client client,
      PaperPattern pattern,
      List<String> rules,
      double[] rewards,
      double p,
      double[] shares) {

    /** Share of the spread that comes from what was measured: latency, throughput, busy CPUs. */
    double measuredShare() {
      return shares[0] + shares[1] + shares[4];
    }

    double least() {
      return java.util.Arrays.stream(rewards).min().orElse(Double.NaN);
    }

    double most() {
      return java.util.Arrays.stream(rewards).max().orElse(Double.NaN);
    }

    /** Whether it depends, at the usual 1 %. */
    boolean depends() {
      return p < 0.01;
    }
  }

  /** The rules that are compared: doing nothing, anything, and the extremes. */
  static Map<String, PaperPlayer> rules() {
    Map<String, PaperPlayer> rules = new LinkedHashMap<>();
    rules.put("hold", PaperPlayer.always(2, 2, Placement.BALANCED));
    rules.put("random", PaperPlayer.random());
    rules.put("all up", PaperPlayer.always(4, 4, Placement.BALANCED));
    rules.put("all down", PaperPlayer.always(0, 0, Placement.BALANCED));
    rules.put("GPU up, CPU down", PaperPlayer.always(4, 0, Placement.PREFER_GPU));
    rules.put("GPU down, CPU up", PaperPlayer.always(0, 4, Placement.PREFER_CPU));
    return rules;
  }

  /**
   * Compares.
   *
   * @param runs by rule, the same episodes in the same order for each
   */
  static Outcome of(Client client, PaperPattern pattern, Map<String, List<PaperRun>> runs) {
    List<List<PaperRun>> all = List.copyOf(runs.values());
    int rules = all.size();
    int episodes = all.get(0).size();
    double[][] rewards = new double[rules][episodes];
    for (int rule = 0; rule < rules; rule++) {
      for (int e = 0; e < episodes; e++) {
        rewards[rule][e] = all.get(rule).get(e).reward();
      }
    }
    return new Outcome(
        client,
        pattern,
        List.copyOf(runs.keySet()),
        means(rewards),
        permutationTest(rewards),
        shares(all, means(rewards)));
  }

  /**
   * Chance that rules which do not differ spread as much as these.
   *
   * @param rewards {@code [rules][episodes]}
   */
  static double permutationTest(double[][] rewards) {
    double observed = spread(means(rewards));
    double[][] shuffled = new double[rewards.length][];
    for (int rule = 0; rule < rewards.length; rule++) {
      shuffled[rule] = rewards[rule].clone();
    }
    SplittableRandom random = new SplittableRandom(SEED);
    int asMuch = 0;
    for (int r = 0; r < PERMUTATIONS; r++) {
      for (int e = 0; e < rewards[0].length; e++) {
        for (int rule = rewards.length - 1; rule > 0; rule--) {
          int other = random.nextInt(rule + 1);
          double kept = shuffled[rule][e];
          shuffled[rule][e] = shuffled[other][e];
          shuffled[other][e] = kept;
        }
      }
      asMuch += spread(means(shuffled)) >= observed * (1 - NOTHING) ? 1 : 0;
    }
    return (asMuch + 1.0) / (PERMUTATIONS + 1.0);
  }

  private static double[] means(double[][] rewards) {
    double[] means = new double[rewards.length];
    for (int rule = 0; rule < rewards.length; rule++) {
      means[rule] = java.util.Arrays.stream(rewards[rule]).average().orElse(Double.NaN);
    }
    return means;
  }

  /** Sum of squared deviations from the mean. */
  private static double spread(double[] means) {
    return covariance(means, means);
  }

  private static double covariance(double[] a, double[] b) {
    double meanA = java.util.Arrays.stream(a).average().orElse(0);
    double meanB = java.util.Arrays.stream(b).average().orElse(0);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - meanA) * (b[i] - meanB);
    }
    return sum;
  }

  /** Covariance of each term with the reward over the rules, against the reward's variance. */
  private static double[] shares(List<List<PaperRun>> runs, double[] rewards) {
    double[] shares = new double[PaperReward.TERMS.size()];
    double spread = spread(rewards);
    for (int term = 0; term < shares.length; term++) {
      double[] means = new double[rewards.length];
      for (int rule = 0; rule < means.length; rule++) {
        int index = term;
        means[rule] =
            runs.get(rule).stream().mapToDouble(run -> run.terms()[index]).average().orElse(0);
      }
      shares[term] = spread > NOTHING ? covariance(means, rewards) / spread : 0;
    }
    return shares;
  }
}
