package io.kiss.kisim.evaluate.oracle;

import java.util.Arrays;

/** From the pods that should be ready to those that have to be asked for, and when. */
final class AskedAhead {
  private final int[] ready;
  private final double[] leads;
  private final double spare;

  /** Since when each level is not ready any more, seconds. */
  private final int[] goneSince;

  // Of each start, in their order.
  private int[] from = new int[16];
  private int[] until = new int[16];
  private int[] level = new int[16];
  private int starts;

  private AskedAhead(int[] ready, double[] leads, double spare, int most) {
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
    return new AskedAhead(ready, leads, spare, most).desired(initial);
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
    if (goneSince[at] >= asked) {
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

  private static void raise(int[] desired, int from, int until, int level) {
    for (int second = from; second < until; second++) {
      desired[second] = Math.max(desired[second], level);
    }
  }
}
