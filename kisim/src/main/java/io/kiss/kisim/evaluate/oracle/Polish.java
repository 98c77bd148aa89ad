package io.kiss.kisim.evaluate.oracle;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Improves a path on the fluid engine itself by changing stretches of it, as far as it finds
 * anything in a set number of runs: what the search before it did not know of (faults, missing
 * nodes, pods that join beside a line) is found out here. The same path comes out every time.
 */
final class Polish {
  /** With so few stretches and levels all are tried, again and again; otherwise some at random. */
  private static final int TRY_ALL = 1500;

  private final Trial trial;
  private final int least;
  private final int most;
  private final int mostRuns;
  private int[] best;
  private double cost;

  /**
   * Begins without a path.
   *
   * @param least replicas
   * @param most replicas
   * @param mostRuns of the trial, all together
   */
  Polish(Trial trial, int least, int most, int mostRuns) {
    this.trial = trial;
    this.least = least;
    this.most = most;
    this.mostRuns = mostRuns;
    cost = Double.POSITIVE_INFINITY;
  }

  /** Takes a path if it is better than all so far. */
  boolean offer(int[] path) {
    double found = trial.cost(path);
    if (found < cost) {
      cost = found;
      best = path.clone();
      return true;
    }
    return false;
  }

  /** Changes the best path so far until the runs are used up. */
  void climb() {
    SplittableRandom random = new SplittableRandom(best.length);
    long stretches = (long) best.length * (best.length + 1) / 2;
    if (stretches * (most - least + 1) > TRY_ALL) {
      tryAtRandom(random);
      return;
    }
    climbFrom(best.clone(), cost);
    while (trial.runs() < mostRuns) {
      // What no single stretch helps may need two.
      int[] kicked = best.clone();
      kick(kicked, random);
      kick(kicked, random);
      climbFrom(kicked, trial.cost(kicked));
    }
  }

  private void kick(int[] path, SplittableRandom random) {
    int from = random.nextInt(path.length);
    int to = random.nextInt(from, path.length) + 1;
    Arrays.fill(path, from, to, random.nextInt(least, most + 1));
  }

  private void climbFrom(int[] path, double pathCost) {
    double lowest = pathCost;
    boolean better = true;
    while (better && trial.runs() < mostRuns) {
      better = false;
      for (int from = 0; from < path.length; from++) {
        for (int to = from + 1; to <= path.length; to++) {
          for (int level = least; level <= most; level++) {
            int[] changed = path.clone();
            Arrays.fill(changed, from, to, level);
            double found = Arrays.equals(changed, path) ? lowest : trial.cost(changed);
            if (found < lowest) {
              lowest = found;
              System.arraycopy(changed, 0, path, 0, path.length);
              better = true;
            }
          }
        }
      }
    }
    if (lowest < cost) {
      cost = lowest;
      best = path;
    }
  }

  /** Stretches that begin or end where the path changes, and some that lie anywhere. */
  private void tryAtRandom(SplittableRandom random) {
    while (trial.runs() < mostRuns) {
      int[] changed = best.clone();
      int from = random.nextInt(best.length);
      int to = from + 1 + (int) (best.length * Math.pow(random.nextDouble(), 4));
      if (random.nextInt(3) > 0) {
        while (from > 0 && best[from] == best[from - 1]) {
          from--;
        }
      }
      if (random.nextInt(3) > 0) {
        to = from + 1;
        while (to < best.length && best[to] == best[to - 1]) {
          to++;
        }
      }
      int by = random.nextBoolean() ? 1 : -1;
      for (int s = from; s < Math.min(to, best.length); s++) {
        changed[s] = Math.max(least, Math.min(most, changed[s] + by));
      }
      offer(changed);
    }
  }

  int[] best() {
    return best;
  }

  double cost() {
    return cost;
  }
}
