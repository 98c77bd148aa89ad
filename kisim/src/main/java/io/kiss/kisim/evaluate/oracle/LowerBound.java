package io.kiss.kisim.evaluate.oracle;

import io.kiss.kisim.cluster.FaultSettings;
import io.kiss.kisim.fluid.SteadyPods;
import io.kiss.kisim.serving.TimeoutAction;

/**
 * A cost that no path of replicas is below, on the fluid engine with this seed: the optimum of a
 * problem in which everything costs at most what it does there.
 *
 * <ul>
 *   <li>Whoever serves in a second holds its GPU; half a second less at its first (and its last, if
 *       pods come and go between whole seconds), since the engine counts half seconds as whole.
 *       Pods that finish what they have serve too, so there may be any number.
 *   <li>A pod that becomes ready was held as long as it took to start: {@link StartPrice}.
 *   <li>All pods together serve no more in a second than all at the highest capacity per pod of any
 *       number of pods; and a pod that goes may finish half a second's work, and a request, at
 *       once.
 *   <li>Where waits are bounded, who has not been served after the longest wait and the longest
 *       service has left unanswered and violates the SLO, but for as many as full pods hold beside
 *       their line. Only these count as violating here: that requests wait at random, and that some
 *       are late and yet answered, is left out, as it depends on how pods share them.
 *   <li>All requests depart.
 *   <li>The minimum is held at any time, unless there are faults.
 * </ul>
 *
 * <p>Time is cut into blocks. In a block A arrive and pods serve at most their mean number times
 * capacity times length; what was present at its ends is between zero and the bound above. A price
 * y for a request present at each end between two blocks (y = 0 after the last) makes blocks
 * independent, whatever the price (Lagrange): each costs its GPU time plus the least, over what is
 * present at its ends, of price × violations + y × (present after − present before), a convex
 * function of the mean number of pods. Of the means, no more is gone up than of the path itself. So
 * the bound is the least, over any sequence of numbers, of the blocks' costs plus the price of
 * going up, found exactly with {@link ConvexLine}; the highest over some block lengths and prices.
 *
 * <p>Of closed traffic the arrivals depend on the path; there is no bound then, {@code NaN}.
 */
final class LowerBound {
  private static final int[] BLOCK_SECONDS = {5, 10, 20, 30, 45, 60, 90, 150, 300};

  /** Prices of a request carried over, in what serving it costs. */
  private static final double[] CARRIED = {0.5, 0.8, 1, 1.3, 2, 4};

  /** A bound is rounded down by this share, more than all rounding errors. */
  private static final double ROUNDING = 1e-7;

  private final Outlook outlook;
  private final StartPrice starts;
  private final int least;

  /** Highest capacity per pod. */
  private double capacity;

  /** Most that pods hold beside their lines. */
  private double besideLine;

  private double longestWait;

  /** What a pod more costs, and what at most it brings when it goes. */
  private final double perStart;

  private final double perStop;

  private LowerBound(Outlook outlook, int likelyStarts) {
    this.outlook = outlook;
    starts = StartPrice.of(outlook, likelyStarts);
    boolean faults = !outlook.scenario.cluster().faults().equals(FaultSettings.NONE);
    least = faults ? 0 : Math.min(outlook.least, outlook.initial);
    measure(faults);
    double half = StartPrice.atWholeSeconds(outlook.scenario) ? 0 : 0.5;
    perStop = half * outlook.perPodSecond + (0.5 * capacity + 1) * outlook.perViolation;
    perStart = Math.max(0, (starts.perStart() - 0.5) * outlook.perPodSecond - perStop);
  }

  private void measure(boolean faults) {
    for (int n = 1; n <= 2 * outlook.most; n++) {
      SteadyPods pods = SteadyPods.of(outlook.scenario, outlook.cv, n);
      double[] contents = pods.contents();
      capacity = Math.max(capacity, pods.capacity() / n);
      besideLine = Math.max(besideLine, contents[contents.length - 1] / n);
      longestWait = Math.max(longestWait, pods.patience() + pods.fullService() + 1);
    }
    besideLine *= 2 * outlook.most;
    if (outlook.scenario.service().batching().timeoutAction() != TimeoutAction.REJECT) {
      longestWait = Double.POSITIVE_INFINITY;
    } else if (faults) {
      longestWait += outlook.scenario.cluster().faults().notReadySeconds() + 1;
    }
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
    double found = bound.best(bound.perStart) - bound.starts.rebate() * outlook.perPodSecond;
    // Also when pods were stopped that there were from the start.
    found -= bound.perStop * outlook.initial;
    double always = bound.least * outlook.seconds * outlook.perPodSecond;
    return Math.max(always, Math.min(found, bound.ofManyStarts())) * (1 - ROUNDING);
  }

  /**
   * Of paths that create more pods than starts are priced for: each costs a second at least, and
   * those that become ready also what they bring when they go.
   */
  private double ofManyStarts() {
    if (starts.mostPods() == Double.POSITIVE_INFINITY) {
      return Double.POSITIVE_INFINITY;
    }
    double each =
        Math.min(outlook.perPodSecond, (starts.soonest() - 0.5) * outlook.perPodSecond - perStop);
    double served = each > 0 ? best(0) - perStop * outlook.initial : 0;
    return served + starts.mostPods() * Math.max(0, each);
  }

  private double best(double pricePerUp) {
    double highest = 0;
    for (int length : BLOCK_SECONDS) {
      for (double carried : CARRIED) {
        double price = Math.min(outlook.perViolation, carried * outlook.perPodSecond / capacity);
        highest = Math.max(highest, least(length, price, pricePerUp));
      }
    }
    return highest;
  }

  private double least(int length, double carriedPrice, double pricePerUp) {
    ConvexLine cost = new ConvexLine(least);
    cost.addBend(outlook.initial, pricePerUp);
    double presentBefore = 0;
    for (int from = 0; from < outlook.seconds; from += length) {
      int to = Math.min(outlook.seconds, from + length);
      boolean last = to == outlook.seconds;
      double presentAfter = mostPresent(to - 1);
      double arriving = outlook.before[to] - outlook.before[from];
      if (from == 0) {
        arriving += outlook.present;
      } else {
        cost.letGo(pricePerUp);
      }
      addBlock(
          cost,
          to - from,
          arriving,
          from == 0 ? 0 : carriedPrice,
          presentBefore,
          last ? 0 : carriedPrice,
          presentAfter);
      presentBefore = presentAfter;
    }
    return cost.lowest();
  }

  private double mostPresent(int second) {
    return longestWait == Double.POSITIVE_INFINITY
        ? outlook.before[second + 1] + outlook.present
        : outlook.within(second, longestWait) + besideLine;
  }

  /**
   * Adds what a block costs as a function of the mean number of pods: GPU time, and of the requests
   * that are short of capacity, the cheapest of three: fewer were present before, more are present
   * after, or they violate.
   */
  private void addBlock(
      ConvexLine cost,
      int seconds,
      double arriving,
      double priceBefore,
      double before,
      double priceAfter,
      double after) {
    double each = capacity * seconds;
    boolean afterFirst = priceAfter < priceBefore;
    double first = afterFirst ? priceAfter : priceBefore;
    double second = afterFirst ? priceBefore : priceAfter;
    double roomFirst = afterFirst ? after : before;
    // Short of capacity by −before nothing is short; from there on prices go up one after the
    // other.
    double start = -before;
    double middle = start + roomFirst;
    double end = after;
    // As a function of pods it falls: with slope −price × each, steepest for few pods.
    double violation = outlook.perViolation;
    cost.addLine(outlook.perPodSecond * seconds, -priceBefore * before);
    // The value where nothing is short, and three bends on the way down to fewer pods.
    addShort(cost, arriving, each, start, first);
    addShort(cost, arriving, each, middle, second - first);
    addShort(cost, arriving, each, end, violation - second);
  }

  /** Adds price × max(0, arriving − each × pods − free). */
  private static void addShort(
      ConvexLine cost, double arriving, double each, double free, double price) {
    double enough = (arriving - free) / each;
    cost.addLine(-price * each, price * (arriving - free));
    cost.addBend(enough, price * each);
  }
}
