package io.kiss.kisim.evaluate.oracle;

import java.util.Arrays;

/** From the pods that should be ready to those that have to be asked for, and when. */
final class AskedAhead {
  /** Which starts there are depends on when they are asked for. */
  private static final int PASSES = 4;

  private final int[] ready;
  private final double[] leads;
  private final double spare;

  /** The path of the pass before. */
  private final int[] known;

  /** Since when each level is not ready any more, seconds. */
  private final int[] goneSince;

  // Of each start, in their order.
  private int[] from = new int[16];
  private int[] until = new int[16];
  private int[] level = new int[16];
  private int starts;

  private AskedAhead(int[] ready, double[] leads, double spare, int most, int[] known) {
    this.known = known;
    this.ready = ready;
    this.leads = leads;
    this.spare = spare;
    goneSince = new int[most + 1];
    Arrays.fill(goneSince, -1);
  }

  /**
   * Each start is asked for as long ahead as the very pod that it will be takes. A pod that would
   * have to be asked for anew before it goes, stays. Where one takes much longer than the next,
   * both are asked for by then, since pods are numbered as they are created.
   *
   * @param ready pods wanted in each second
   * @param initial pods at the start
   * @param leads seconds from asking for the n-th pod after those until it is ready; the last
   *     counts for all beyond
   * @param spare seconds to be early
   */
  static int[] desired(int[] ready, int initial, double[] leads, double spare) {
    int most = Math.max(initial, Arrays.stream(ready).max().orElse(0));
    int[] desired = ready;
    for (int pass = 0; pass < PASSES; pass++) {
      desired = new AskedAhead(ready, leads, spare, most, desired).desired(initial);
    }
    return desired;
  }

  /** How often a pod becomes ready after the initial ones. */
  static int starts(int[] ready, int initial) {
    int starts = 0;
    int last = initial;
    for (int count : ready) {
      starts += Math.max(0, count - last);
      last = count;
    }
    return starts;
  }

  private int[] desired(int initial) {
    int[] desired = ready.clone();
    int last = initial;
    for (int second = 0; second < ready.length; second++) {
      for (int l = ready[second] + 1; l <= last; l++) {
        goneSince[l] = second;
      }
      for (int l = last + 1; l <= ready[second]; l++) {
        start(l, second, desired);
      }
      last = ready[second];
    }
    for (int s = starts - 1; s >= 0; s--) {
      if (s < starts - 1) {
        from[s] = Math.min(from[s], from[s + 1]);
      }
      raise(desired, from[s], until[s], level[s]);
    }
    return desired;
  }

  private void start(int at, int second, int[] desired) {
    double lead = leads[Math.min(starts, leads.length - 1)] + spare;
    int asked = (int) Math.max(0, Math.floor(second + 0.5 - lead));
    if (goneSince[at] >= asked || isKept(at, second)) {
      raise(desired, goneSince[at], second, at);
      return;
    }
    if (starts == from.length) {
      from = Arrays.copyOf(from, 2 * starts);
      until = Arrays.copyOf(until, 2 * starts);
      level = Arrays.copyOf(level, 2 * starts);
    }
    from[starts] = asked;
    until[starts] = second;
    level[starts++] = at;
  }

  /** Whether a level does not go at all, for the sake of a higher one. */
  private boolean isKept(int at, int second) {
    int s = goneSince[at];
    while (s >= 0 && s < second && known[s] >= at) {
      s++;
    }
    return s == second;
  }

  private static void raise(int[] desired, int from, int until, int level) {
    for (int second = from; second < until; second++) {
      desired[second] = Math.max(desired[second], level);
    }
  }
}
