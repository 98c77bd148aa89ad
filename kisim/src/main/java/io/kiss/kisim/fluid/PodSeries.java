package io.kiss.kisim.fluid;

/**
 * The arrival counters of single pods, for the fluid engine: pods share the load evenly, so one
 * counter a pod could have, and when groups of pods came and went, is all there is to them.
 *
 * <p>It matters while pods come and go. A new pod's series begin with its first scrape and have a
 * rate from the second, guessed back to where the pod began; a gone pod's window runs dry. {@code
 * sum(rate(…))} therefore dips after each change of the replicas, by a tenth and more, which an
 * autoscaler must not take for less load.
 */
final class PodSeries {
  private static final int GROUPS = 16;
  private static final int NEVER = Integer.MAX_VALUE;

  private final ScrapeRows rows;

  /** By slot: what a pod that is there all along has counted. */
  private double[] countedAt = new double[0];

  private double counted;
  private double sinceScrape;
  private int ready;

  // Groups of pods that came together, oldest first; of the first one all are older than the rows.
  private int groups;
  private final int[] pods = new int[GROUPS];
  private final int[] firstRow = new int[GROUPS];
  private final int[] lastRow = new int[GROUPS];

  /**
   * What a pod that is there all along had counted when these came; infinitely less for old ones.
   */
  private final double[] begun = new double[GROUPS];

  PodSeries(ScrapeRows rows) {
    this.rows = rows;
  }

  void reset(int pods) {
    if (countedAt.length < rows.slots) {
      countedAt = new double[rows.slots];
    }
    counted = 0;
    sinceScrape = 0;
    groups = 0;
    add(pods, 0, NEVER, Double.NEGATIVE_INFINITY);
    ready = pods;
  }

  private void add(int number, int first, int last, double begin) {
    if (groups == GROUPS) {
      // So many changes at once that the two oldest may look alike.
      merge(1);
    }
    pods[groups] = number;
    firstRow[groups] = first;
    lastRow[groups] = last;
    begun[groups] = begin;
    groups++;
  }

  /** Drops a group, its living pods into the first one. */
  private void merge(int group) {
    if (lastRow[group] == NEVER) {
      pods[0] += pods[group];
    }
    groups--;
    for (int g = group; g < groups; g++) {
      pods[g] = pods[g + 1];
      firstRow[g] = firstRow[g + 1];
      lastRow[g] = lastRow[g + 1];
      begun[g] = begun[g + 1];
    }
  }

  /** Says how many pods are there from now on; the youngest go first. */
  void setReady(int number) {
    if (number > ready) {
      add(number - ready, NEVER, NEVER, sinceScrape);
    }
    int going = ready - number;
    ready = number;
    for (int g = groups - 1; g >= 0 && going > 0; g--) {
      if (lastRow[g] != NEVER) {
        continue;
      }
      int fromHere = Math.min(going, pods[g]);
      pods[g] -= fromHere;
      going -= fromHere;
      if (firstRow[g] != NEVER && rows.newest >= 0 && fromHere > 0) {
        add(fromHere, firstRow[g], rows.newest, begun[g]);
      }
    }
  }

  /** Counts requests, spread evenly over the pods. */
  void arrived(double requests) {
    if (ready > 0) {
      sinceScrape += requests / ready;
    }
  }

  /** Counts the newest row, of whose arrivals there were {@code scale} times those expected. */
  void scrape(double scale, boolean outage) {
    for (int g = 0; g < groups; g++) {
      if (firstRow[g] == NEVER && begun[g] >= 0) {
        begun[g] = counted + scale * begun[g];
        // In an outage the first scrape is still to come; what is counted by then has no row.
        firstRow[g] = rows.newest + (outage ? 1 : 0);
      }
    }
    counted += scale * sinceScrape;
    sinceScrape = 0;
    if (outage) {
      return;
    }
    countedAt[rows.slot(rows.newest)] = counted;
    for (int g = groups - 1; g > 0; g--) {
      boolean old = firstRow[g] < rows.oldest();
      boolean dry = lastRow[g] != NEVER && lastRow[g] < rows.oldest();
      if (pods[g] == 0 || dry || old && lastRow[g] == NEVER) {
        merge(g);
      }
    }
  }

  /**
   * Whether all pods have been there longer than the rows reach back, and every scrape succeeds.
   */
  boolean uniform(boolean failing) {
    return groups == 1 && pods[0] > 0 && !failing;
  }

  /**
   * {@code sum(increase(arrived_total[…]))}.
   *
   * @param top newest row that the query sees
   * @return {@code NaN} where no pod has a rate
   */
  double increase(int top, long startMillis, long endMillis, int metric, boolean failing) {
    double sum = 0;
    boolean any = false;
    int sampled = failing ? ScrapeRows.SAMPLED_PODS : 1;
    for (int g = 0; g < groups; g++) {
      if (pods[g] == 0 || firstRow[g] == NEVER) {
        continue;
      }
      int to = Math.min(top, lastRow[g]);
      double share = (double) pods[g] / sampled;
      for (int pod = 0; pod < sampled; pod++) {
        if (rows.find(firstRow[g], to, startMillis, metric, failing ? pod : -1)) {
          double from = countedAt[rows.slot(rows.first)];
          double grown = countedAt[rows.slot(rows.last)] - from;
          double value = Math.max(0, from - begun[g]);
          sum += share * grown * rows.extrapolation(startMillis, endMillis, value, grown);
          any = true;
        }
      }
    }
    return any ? sum : Double.NaN;
  }
}
