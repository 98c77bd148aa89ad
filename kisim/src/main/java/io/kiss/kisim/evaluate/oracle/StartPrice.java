package io.kiss.kisim.evaluate.oracle;

import io.kiss.kisim.cluster.FaultSettings;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.time.Delay;

/**
 * What starting pods costs at least: {@code perStart} GPU-seconds for each pod that becomes ready,
 * less {@code rebate} once. Holds for paths that create no more pods than {@code mostPods}.
 *
 * <p>The k-th pod of a run takes a time that the seed fixes, and a path may throw pods away to get
 * at one that starts fast; where pods are created and deleted at whole seconds only, each thrown
 * away costs a second. So for any price p the pods up to the k-th cost p for each that becomes
 * ready plus at least the sum over them of min(seconds − p, 1), and the rebate is the lowest that
 * this sum ever gets to.
 *
 * @param perStart GPU-seconds
 * @param rebate GPU-seconds
 * @param soonest seconds that no pod is ready before
 * @param mostPods created after the initial ones; infinite: as many as there can be
 */
record StartPrice(double perStart, double rebate, double soonest, double mostPods) {
  private static final int MOST_DRAWS = 100_000;
  private static final int FEWEST_DRAWS = 1000;
  private static final int PRICES = 16;

  /** Prices starts so that a path with so many of them is charged most. */
  static StartPrice of(Outlook outlook, int likelyStarts) {
    Scenario scenario = outlook.scenario;
    boolean whole = atWholeSeconds(scenario);
    double possible = (double) outlook.seconds * scenario.maxReplicas();
    if (!whole && possible > MOST_DRAWS) {
      return new StartPrice(0, 0, 0, Double.POSITIVE_INFINITY);
    }
    // Creating as many as half of the need has seconds costs as much as half of the need.
    double enough = whole ? Math.max(FEWEST_DRAWS, 0.5 / outlook.perPodSecond) : possible;
    int count = (int) Math.min(MOST_DRAWS, Math.min(possible, enough));
    double[] seconds = PodStarts.after(outlook, count);
    double least = Double.POSITIVE_INFINITY;
    double mean = 0;
    for (double each : seconds) {
      least = Math.min(least, each);
      mean += each / count;
    }
    StartPrice best = null;
    double mostCharged = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < (whole ? PRICES : 1); i++) {
      double price = least + i * (mean - least) / PRICES;
      double rebate = whole ? -lowestSum(seconds, price) : 0;
      if (price * likelyStarts - rebate > mostCharged) {
        mostCharged = price * likelyStarts - rebate;
        double pods = count < possible ? count : Double.POSITIVE_INFINITY;
        best = new StartPrice(price, rebate, least, pods);
      }
    }
    return best;
  }

  /** Whether pods are created, bound and deleted at whole seconds only. */
  static boolean atWholeSeconds(Scenario scenario) {
    return scenario.cluster().api().equals(Delay.NONE)
        && scenario.cluster().scheduling().equals(Delay.NONE)
        && scenario.cluster().faults().equals(FaultSettings.NONE)
        && scenario.cluster().pools().size() == 1
        && scenario.cluster().pools().get(0).gpusPerNode()
                * (long) scenario.cluster().pools().get(0).initialNodes()
            >= 2 * scenario.maxReplicas() * Math.max(1, scenario.service().gpusPerPod());
  }

  private static double lowestSum(double[] seconds, double price) {
    double sum = 0;
    double lowest = 0;
    for (double each : seconds) {
      sum += Math.min(each - price, 1);
      lowest = Math.min(lowest, sum);
    }
    return lowest;
  }
}
