package io.kiss.kisim.evaluate.oracle;

import io.kiss.kisim.fluid.SteadyPods;

/**
 * The cheapest path of ready pods when all arrivals are known: dynamic programming forward over
 * seconds, ready pods, and how much they hold.
 *
 * <p>With foresight pods are asked for one start-up time ahead, so pending pods need no state of
 * their own: a start costs its time on a GPU, and going down and up again within a start-up time
 * never pays. Of each number of pods a {@link Front} of ways is kept, each with its exact content;
 * that is the quantisation of the backlog. All starts take the mean time.
 */
final class PathSearch {
  private static final int WAYS = 4;

  /** Requests that one request fewer can keep from being late, at most. */
  private static final double LATE_BEHIND_ONE = 30;

  /**
   * The engine lets a pod that joins beside a line queue apart, and until both are one again
   * requests go to and fro between them; it makes about all of so many seconds late.
   */
  private static final double SPLIT_SECONDS = 5;

  private final Outlook outlook;
  private final int counts;
  private final Pool[] pools;
  private final double perStart;
  private final double perStop;
  private final double[] firstStarts;
  private final char[] origins;
  private Front[] ways;
  double expected;
  private final Front[] rising;
  private final Front[] falling;

  /**
   * A search.
   *
   * @param startSeconds GPU time of a start
   * @param stopSeconds GPU time of a stop
   * @param firstReady time at which the first new pods can be ready, sorted
   */
  PathSearch(Outlook outlook, double startSeconds, double stopSeconds, double[] firstReady) {
    this.outlook = outlook;
    counts = outlook.most - outlook.least + 1;
    pools = new Pool[counts];
    for (int n = 0; n < counts; n++) {
      SteadyPods pods = SteadyPods.of(outlook.scenario, outlook.cv, outlook.least + n);
      pools[n] = new Pool(outlook, pods);
    }
    perStart = startSeconds * outlook.perPodSecond;
    perStop = stopSeconds * outlook.perPodSecond;
    firstStarts = firstReady;
    origins = new char[Math.multiplyExact(outlook.seconds, counts * WAYS)];
    ways = fronts();
    rising = fronts();
    falling = fronts();
  }

  private Front[] fronts() {
    Front[] made = new Front[counts];
    for (int n = 0; n < counts; n++) {
      made[n] = new Front(WAYS, LATE_BEHIND_ONE * outlook.perViolation);
    }
    return made;
  }

  /** Ready pods in each second. */
  int[] run() {
    int start = Math.max(outlook.least, Math.min(outlook.most, outlook.initial)) - outlook.least;
    ways[start].add(0, outlook.present, 0, start * WAYS);
    for (int second = 0; second < outlook.seconds; second++) {
      pass(second);
    }
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int n = 0; n < counts; n++) {
      for (int i = 0; i < ways[n].size; i++) {
        if (ways[n].cost[i] < least) {
          least = ways[n].cost[i];
          best = n * WAYS + i;
        }
      }
    }
    expected = least;
    int[] ready = new int[outlook.seconds];
    for (int second = outlook.seconds - 1; second >= 0; second--) {
      ready[second] = outlook.least + best / WAYS;
      best = origins[second * counts * WAYS + best];
    }
    return ready;
  }

  private void pass(int second) {
    int top = highest(second);
    double apart = SPLIT_SECONDS * outlook.arriving[second] * outlook.perViolation;
    for (int n = 0; n < counts; n++) {
      // Ways are numbered anew here, so that each knows where in the last second it comes from.
      for (int i = 0; i < ways[n].size; i++) {
        ways[n].from[i] = n * WAYS + i;
      }
      rising[n].clear();
      if (n > 0 && n <= top) {
        rising[n].addAll(rising[n - 1], perStart);
        rising[n].addAll(ways[n - 1], perStart, apart);
      }
    }
    for (int n = counts - 1; n >= 0; n--) {
      falling[n].clear();
      if (n < counts - 1) {
        falling[n].addAll(falling[n + 1], perStop);
        falling[n].addAll(ways[n + 1], perStop);
      }
    }
    for (int n = 0; n < counts; n++) {
      rising[n].addAll(ways[n], 0);
      rising[n].addAll(falling[n], 0);
    }
    for (int n = 0; n < counts; n++) {
      step(second, n, rising[n]);
    }
  }

  /** Index of the highest number of pods that can be gone up to; -1: none are there yet. */
  private int highest(int second) {
    int there = 0;
    while (there < firstStarts.length && firstStarts[there] <= second + 0.5) {
      there++;
    }
    if (there == 0 || there == firstStarts.length) {
      return there - 1 < 0 ? -1 : counts - 1;
    }
    return Math.min(counts - 1, outlook.initial - outlook.least + there);
  }

  private void step(int second, int n, Front before) {
    Pool pool = pools[n];
    Front after = ways[n];
    after.clear();
    int base = (second * counts + n) * WAYS;
    double held = (outlook.least + n) * outlook.perPodSecond;
    for (int i = 0; i < before.size; i++) {
      pool.pass(second, before.content[i], before.line[i]);
      double cost = before.cost[i] + held + pool.violating * outlook.perViolation;
      after.add(cost, pool.content, pool.line, before.from[i]);
    }
    for (int i = 0; i < after.size; i++) {
      origins[base + i] = (char) after.from[i];
    }
  }
}
