package io.kiss.kisim.evaluate.oracle;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.engine.WarmUp;
import io.kiss.kisim.env.Episode;
import java.util.Arrays;

/**
 * The clairvoyant scaler: it knows all arrivals of a run and how long each pod will take to start,
 * and plans the path of replicas that costs least on the fluid engine, in the cost-at-SLO that is
 * reported: GPU-seconds held over those needed, plus the violation price times the share of the
 * requests that violate the SLO.
 *
 * <p>A plan is made in three steps. {@link PathSearch} finds the cheapest path of ready pods,
 * second by second. {@link AskedAhead} and {@link Repair} ask for each pod as long ahead as it
 * takes. {@link Polish} tries changes on the engine itself, whose cost is the one stated. The plan
 * decides every second, more often than any other autoscaler; what it is not exact in: it keeps a
 * few backlogs for each number of pods, takes every start to cost the mean time while searching,
 * and knows of faults, missing nodes and the answers that closed traffic waits for only by trying.
 */
public final class Oracle {
  private static final int TICK_SECONDS = 1;

  /** Seconds that the engine may run for one plan. */
  private static final int ENGINE_SECONDS = 1_000_000;

  private static final int MOST_RUNS = 3000;
  private static final int FEWEST_RUNS = 12;

  private Oracle() {}

  /**
   * Plans one run of an episode. The same plan comes out every time, on any thread.
   *
   * @param seed of the run
   */
  public static OraclePlan plan(Episode episode, long seed) {
    Trial trial = new Trial(episode, seed);
    Outlook outlook = new Outlook(episode, seed, trial.presentAtStart());
    int perRun = outlook.seconds + WarmUp.seconds(outlook.scenario);
    int runs = Math.max(FEWEST_RUNS, Math.min(MOST_RUNS, ENGINE_SECONDS / perRun));
    Polish polish = new Polish(trial, outlook.least, outlook.most, runs);
    polish.offer(planned(outlook));
    offerConstant(polish, outlook, runs / 3);
    polish.climb();
    int starts = AskedAhead.starts(polish.best(), outlook.initial);
    double bound = LowerBound.of(outlook, starts);
    return new OraclePlan(TICK_SECONDS, polish.best(), polish.cost(), bound);
  }

  private static int[] planned(Outlook outlook) {
    ClusterSpec cluster = outlook.scenario.cluster();
    int few = Math.max(1, outlook.most - outlook.least + 1);
    double[] starts = PodStarts.after(outlook, few);
    double mean = Arrays.stream(starts).average().orElse(0);
    double ahead = cluster.api().meanSeconds() + cluster.scheduling().meanSeconds();
    double[] first = Arrays.stream(starts).map(start -> start + ahead).sorted().toArray();
    int[] ready = new PathSearch(outlook, mean, 0, first).run();
    int count = Math.max(1, AskedAhead.starts(ready, outlook.initial));
    double[] leads =
        Arrays.stream(PodStarts.after(outlook, count)).map(start -> start + ahead).toArray();
    int[] desired = AskedAhead.desired(ready, outlook.initial, leads, 0);
    Repair.inTime(new Fleet(outlook.scenario, outlook.seed), desired, ready);
    return desired;
  }

  /** Fixed numbers of replicas, spread evenly. */
  private static void offerConstant(Polish polish, Outlook outlook, int runs) {
    int counts = outlook.most - outlook.least + 1;
    int tried = Math.min(counts, runs);
    for (int i = 0; i < tried; i++) {
      int[] path = new int[outlook.seconds];
      Arrays.fill(path, outlook.least + (int) ((long) i * counts / tried));
      polish.offer(path);
    }
  }
}
