package io.kiss.kisim.evaluate.oracle;

import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.env.Episode;
import java.util.Arrays;

public final class Oracle {
  private static final int TICK = 1;

  static int[] dbgReady, dbgDesired;
  private Oracle() {}

  public static OraclePlan plan(Episode episode, long seed) {
    Trial trial = new Trial(episode, seed);
    Outlook outlook = new Outlook(episode, seed, trial.presentAtStart());
    Scenario scenario = outlook.scenario;
    long t0 = System.nanoTime();
    double[] starts =
        PodStarts.seconds(scenario.service(), seed, outlook.initial + 20000);
    double[] leads = Arrays.copyOfRange(starts, outlook.initial, starts.length);
    double mean = Arrays.stream(leads).average().orElse(0);
    double ahead =
        scenario.cluster().api().meanSeconds() + scenario.cluster().scheduling().meanSeconds();
    for (int i = 0; i < leads.length; i++) {
      leads[i] += ahead;
    }
    double[] first = Arrays.copyOf(leads, Math.min(leads.length, Math.max(1, outlook.most - outlook.initial)));
    Arrays.sort(first);
    long t1 = System.nanoTime();
    PathSearch search = new PathSearch(outlook, mean, 0, first); int[] ready = search.run();
    long t2 = System.nanoTime();
    int[] desired = AskedAhead.desired(ready, outlook.initial, leads, 0);
    double c0 = trial.cost(desired); long tr=System.nanoTime();
    Repair.inTime(new Fleet(scenario, seed), desired, ready);
    if (Boolean.getBoolean("oracle.debug")) System.out.printf("repair %.0f ms from %.4f ", (System.nanoTime()-tr)/1e6, c0);
    dbgReady=ready; dbgDesired=desired;
    double cost = trial.cost(desired);
    long t3 = System.nanoTime();
    if (Boolean.getBoolean("oracle.debug")) {
      System.out.printf("starts %.0f ms search %.0f ms trial %.0f ms expected %.4f cost %.4f spare1 %.4f%n", (t1-t0)/1e6, (t2-t1)/1e6, (t3-t2)/1e6, search.expected, cost, trial.cost(AskedAhead.desired(ready, outlook.initial, leads, 1)));
    }
    return new OraclePlan(TICK, desired, cost, Double.NaN);
  }
}
