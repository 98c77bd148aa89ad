package io.kiss.kisim.evaluate.oracle;

/**
 * Asks earlier for pods that would be ready too late, since they take longer than they were
 * expected to: the pod that a start will be follows from all starts before it.
 */
final class Repair {
  private static final int MOST_PASSES = 12;

  private Repair() {}

  /**
   * Changes {@code desired} until no pod is late that could be in time, or further passes do not
   * help.
   *
   * @param wanted pods that are to be ready in each second
   */
  static void inTime(Fleet fleet, int[] desired, int[] wanted) {
    for (int pass = 0; pass < MOST_PASSES; pass++) {
      fleet.follow(desired);
      if (!shift(fleet, desired, wanted)) {
        return;
      }
    }
  }

  private static boolean shift(Fleet fleet, int[] desired, int[] wanted) {
    boolean shifted = false;
    int from = 0;
    for (int second = 0; second < wanted.length; second++) {
      if (fleet.ready[second] >= wanted[second]) {
        continue;
      }
      while (from < fleet.created && fleet.createdAt[from] < second - 4000) {
        from++;
      }
      int late = nextReady(fleet, from, second);
      if (late < 0) {
        continue;
      }
      int asked = (int) fleet.createdAt[late];
      int earlier = (int) Math.ceil(fleet.readyAt[late] - second - 0.5);
      int start = Math.max(0, asked - Math.max(1, earlier));
      if (start < asked) {
        shifted = true;
        int level = Math.min(desired[asked], desired[asked - 1] + 1);
        for (int s = start; s < asked; s++) {
          desired[s] = Math.max(desired[s], level);
        }
      }
      second = (int) fleet.readyAt[late];
    }
    return shifted;
  }

  /** The pod there is at a second that is ready next after it, -1: none. */
  private static int nextReady(Fleet fleet, int from, int second) {
    int next = -1;
    for (int pod = from; pod < fleet.created && fleet.createdAt[pod] <= second; pod++) {
      double at = fleet.readyAt[pod];
      if (at > second + 0.5
          && at < Double.POSITIVE_INFINITY
          && (next < 0 || at < fleet.readyAt[next])) {
        next = pod;
      }
    }
    return next;
  }
}
