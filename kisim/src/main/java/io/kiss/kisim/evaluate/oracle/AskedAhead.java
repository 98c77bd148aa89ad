package io.kiss.kisim.evaluate.oracle;



/** From the pods that should be ready to those that have to be asked for, and when. */
final class AskedAhead {
  private AskedAhead() {}

  /**
   * Each start is asked for as long ahead as the pod that it will be takes. Where one takes much
   * longer than the next, both are asked for by then: pods are numbered as they are created.
   *
   * @param ready pods wanted in each second
   * @param initial pods at the start
   * @param leadSeconds from asking for the n-th pod after those until it is ready; the last counts
   *     for all beyond
   * @param spare seconds to be early
   */
  static int[] desired(int[] ready, int initial, double[] leadSeconds, double spare) {
    int starts = 0;
    int last = initial;
    for (int count : ready) {
      starts += Math.max(0, count - last);
      last = count;
    }
    int[] from = new int[starts];
    int[] until = new int[starts];
    int[] level = new int[starts];
    int at = 0;
    last = initial;
    for (int second = 0; second < ready.length; second++) {
      for (int more = last + 1; more <= ready[second]; more++) {
        double lead = leadSeconds[Math.min(at, leadSeconds.length - 1)] + spare;
        from[at] = (int) Math.max(0, Math.floor(second + 0.5 - lead));
        until[at] = second;
        level[at++] = more;
      }
      last = ready[second];
    }
    int[] desired = ready.clone();
    for (int s = starts - 1; s >= 0; s--) {
      from[s] = s < starts - 1 ? Math.min(from[s], from[s + 1]) : from[s];
      for (int second = from[s]; second < until[s]; second++) {
        desired[second] = Math.max(desired[second], level[s]);
      }
    }
    return desired;
  }

}
