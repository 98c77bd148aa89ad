package io.kiss.kisim.evaluate.oracle;

import io.kiss.kisim.cluster.FaultSettings;
import io.kiss.kisim.fluid.SteadyPods;
import io.kiss.kisim.serving.TimeoutAction;
import java.util.Arrays;

/**
 * A cost that no path of replicas is below, on the fluid engine with this seed: the optimum of a
 * problem in which everything costs at most what it does there. Dynamic programming over seconds,
 * serving pods, and requests present.
 *
 * <ul>
 *   <li>Whoever serves in a second holds its GPU; half a second less at its first (and its last, if
 *       pods come and go between whole seconds), since the engine counts half seconds as whole.
 *       Pods that finish what they have serve too, so there may be twice the maximum.
 *   <li>A pod that becomes ready was held as long as it took to start: {@link StartPrice}.
 *   <li>All pods together serve no more in a second than all at the highest capacity per pod of any
 *       number of pods. A pod that goes may finish half a second's work, and a request, at once.
 *   <li>Where waits are bounded, who has not been served after the longest wait and the longest
 *       service has left unanswered and violates the SLO, but for as many as full pods hold beside
 *       their line. Only these count as violating here: that requests wait at random, and that they
 *       may be late and yet answered, is left out, as it depends on how they are spread.
 *   <li>As many requests depart as there are at all.
 * </ul>
 *
 * <p>By induction over seconds the requests present here are never more than in the engine on the
 * same path, so no more leave unanswered here. Where two ways are kept as one, it has the lower
 * cost and the fewer requests of both. Of closed traffic the arrivals depend on the path; there is
 * no bound then, {@code NaN}.
 */
final class LowerBound {
  private static final int WAYS = 3;

  /** A bound is rounded down by this share, more than all rounding errors. */
  private static final double ROUNDING = 1e-7;

  private final Outlook outlook;
  private final StartPrice starts;
  private final int least;
  private final int counts;

  /** Highest capacity and content per pod. */
  private double capacity;

  private double besideLine;
  private double longestWait;
  private final double perStart;
  private final double perStop;
  private final double finished;

  // Of each number of pods up to WAYS ways in [cost, content] columns.
  private double[] cost;
  private double[] content;
  private int[] size;
  private final double[] upCost;
  private final double[] upContent;
  private final int[] upSize;

  private LowerBound(Outlook outlook, int likelyStarts) {
    this.outlook = outlook;
    starts = StartPrice.of(outlook, likelyStarts);
    boolean faults = !outlook.scenario.cluster().faults().equals(FaultSettings.NONE);
    least = faults ? 0 : Math.min(outlook.least, outlook.initial);
    counts = 2 * outlook.most - least + 1;
    for (int n = 1; n <= 2 * outlook.most; n++) {
      SteadyPods pods = SteadyPods.of(outlook.scenario, outlook.cv, n);
      double[] contents = pods.contents();
      capacity = Math.max(capacity, pods.capacity() / n);
      besideLine = Math.max(besideLine, contents[contents.length - 1] / n);
      longestWait = Math.max(longestWait, pods.patience() + pods.fullService() + 1);
    }
    boolean leave = outlook.scenario.service().batching().timeoutAction() == TimeoutAction.REJECT;
    if (!leave) {
      longestWait = Double.POSITIVE_INFINITY;
    } else if (faults) {
      longestWait += outlook.scenario.cluster().faults().notReadySeconds() + 1;
    }
    double half = StartPrice.atWholeSeconds(outlook.scenario) ? 0 : 0.5;
    perStart = (starts.perStart() - 0.5) * outlook.perPodSecond;
    perStop = -half * outlook.perPodSecond;
    finished = 0.5 * capacity + 1;
    cost = new double[counts * WAYS];
    content = new double[counts * WAYS];
    size = new int[counts];
    upCost = new double[counts * WAYS];
    upContent = new double[counts * WAYS];
    upSize = new int[counts];
  }

  /**
   * The bound, {@code NaN} if there is none.
   *
   * @param likelyStarts in a good path; whatever it is, the bound holds
   */
  static double of(Outlook outlook, int likelyStarts) {
    if (!outlook.open || outlook.before[outlook.seconds] <= 0) {
      return Double.NaN;
    }
    LowerBound bound = new LowerBound(outlook, likelyStarts);
    double found = bound.run() - bound.starts.rebate() * outlook.perPodSecond;
    return Math.max(0, Math.min(found, bound.ofManyStarts()) * (1 - ROUNDING));
  }

  /** Of paths that create more pods than starts are priced for, each for a second at least. */
  private double ofManyStarts() {
    if (starts.mostPods() == Double.POSITIVE_INFINITY) {
      return Double.POSITIVE_INFINITY;
    }
    return starts.mostPods() * Math.min(1, starts.soonest()) * outlook.perPodSecond;
  }

  private double run() {
    add(cost, content, size, outlook.initial - least, 0, outlook.present);
    for (int second = 0; second < outlook.seconds; second++) {
      move(second + 0.5 >= starts.soonest());
      for (int n = 0; n < counts; n++) {
        pass(second, n);
      }
    }
    double lowest = Double.POSITIVE_INFINITY;
    for (int n = 0; n < counts; n++) {
      for (int i = 0; i < size[n]; i++) {
        lowest = Math.min(lowest, cost[n * WAYS + i]);
      }
    }
    return lowest;
  }

  /** From each number of pods to each. */
  private void move(boolean up) {
    Arrays.fill(upSize, 0);
    for (int n = 1; up && n < counts; n++) {
      addAll(upCost, upContent, upSize, n - 1, upCost, upContent, upSize, n, perStart, 0);
      addAll(cost, content, size, n - 1, upCost, upContent, upSize, n, perStart, 0);
    }
    for (int n = counts - 2; n >= 0; n--) {
      addAll(cost, content, size, n + 1, cost, content, size, n, perStop, finished);
    }
    for (int n = 1; n < counts; n++) {
      addAll(upCost, upContent, upSize, n, cost, content, size, n, 0, 0);
    }
  }

  private void pass(int second, int n) {
    int pods = least + n;
    double arriving = outlook.arriving[second];
    double served = pods * capacity;
    double most =
        longestWait == Double.POSITIVE_INFINITY
            ? longestWait
            : outlook.within(second, longestWait) + 2 * outlook.most * besideLine;
    double held = pods * outlook.perPodSecond;
    int ways = size[n];
    size[n] = 0;
    for (int i = 0; i < ways; i++) {
      double left = Math.max(0, content[n * WAYS + i] + arriving - served);
      double gone = Math.max(0, left - most);
      double now = cost[n * WAYS + i] + held + gone * outlook.perViolation;
      // Ways shrink in place: the one read next is never among those written already.
      add(cost, content, size, n, now, left - gone);
    }
  }

  private static void addAll(
      double[] fromCost,
      double[] fromContent,
      int[] fromSize,
      int from,
      double[] toCost,
      double[] toContent,
      int[] toSize,
      int to,
      double dearer,
      double fewer) {
    for (int i = 0; i < fromSize[from]; i++) {
      int at = from * WAYS + i;
      add(
          toCost,
          toContent,
          toSize,
          to,
          fromCost[at] + dearer,
          Math.max(0, fromContent[at] - fewer));
    }
  }

  /** Keeps a way unless another is no dearer and no fuller; too many become one. */
  private static void add(
      double[] costs, double[] contents, int[] sizes, int n, double cost, double content) {
    int base = n * WAYS;
    int kept = 0;
    for (int i = 0; i < sizes[n]; i++) {
      int at = base + i;
      if (costs[at] <= cost && contents[at] <= content) {
        return;
      }
    }
    for (int i = 0; i < sizes[n]; i++) {
      int at = base + i;
      if (costs[at] < cost || contents[at] < content) {
        costs[base + kept] = costs[at];
        contents[base + kept++] = contents[at];
      }
    }
    sizes[n] = kept;
    if (kept < WAYS) {
      costs[base + kept] = cost;
      contents[base + kept] = content;
      sizes[n]++;
      return;
    }
    join(costs, contents, base, cost, content);
  }

  /** The new way and the one that is nearest in cost become one that is as good as both. */
  private static void join(
      double[] costs, double[] contents, int base, double cost, double content) {
    int nearest = base;
    for (int at = base; at < base + WAYS; at++) {
      if (Math.abs(costs[at] - cost) < Math.abs(costs[nearest] - cost)) {
        nearest = at;
      }
    }
    costs[nearest] = Math.min(costs[nearest], cost);
    contents[nearest] = Math.min(contents[nearest], content);
  }
}
