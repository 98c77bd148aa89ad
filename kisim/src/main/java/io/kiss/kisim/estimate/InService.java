package io.kiss.kisim.estimate;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** Requests in service and completed, tick by tick; the newest ticks. */
final class InService {
  /** Requests that must have been seen in service for Little's law. */
  static final double LEAST_RUNNING = 30;

  /** Most requests in service a replica over fewest, before growth is told from noise. */
  private static final double LEAST_SPREAD = 1.2;

  /** As a share of what was seen; so far is not extrapolated from anything. */
  private static final double LEAST_SHARE = 0.25;

  /** A third of the ticks stands for low load, another for high. */
  private static final int PARTS = 3;

  private final double[] running;
  private final double[] completions;
  private final double[] loads;
  private int seen;

  InService(int ticks) {
    running = new double[ticks];
    completions = new double[ticks];
    loads = new double[ticks];
  }

  void add(double runningNow, double completionRate, int ready) {
    int at = seen++ % running.length;
    running[at] = runningNow;
    completions[at] = completionRate;
    loads[at] = completionRate / ready;
  }

  private int ticks() {
    return Math.min(seen, running.length);
  }

  /** Mean time in service where the load is least; of ever more ticks until enough were seen. */
  OptionalDouble meanSeconds() {
    int[] byLoad = byLoad();
    int ticks = byLoad.length;
    double[] sorted = Arrays.stream(byLoad).mapToDouble(i -> loads[i]).toArray();
    for (int count = Math.max(ServiceEstimator.LEAST_TICKS, ticks / 10); count <= ticks; count++) {
      int upTo = count;
      while (upTo < ticks && sorted[upTo] == sorted[count - 1]) {
        upTo++;
      }
      Part part = part(byLoad, 0, upTo);
      if (part.running >= LEAST_RUNNING) {
        return OptionalDouble.of(part.seconds());
      }
    }
    return OptionalDouble.empty();
  }

  private int[] byLoad() {
    return IntStream.range(0, ticks())
        .boxed()
        .sorted((a, b) -> Double.compare(loads[a], loads[b]))
        .mapToInt(i -> i)
        .toArray();
  }

  /** Ticks taken together, so that what is counted at an instant does not matter. */
  private record Part(double running, double completions, double occupancies, int ticks) {
    double seconds() {
      return running / completions;
    }

    /** In service at a replica. */
    double occupancy() {
      return occupancies / ticks;
    }
  }

  private Part part(int[] order, int from, int to) {
    double sum = 0;
    double completed = 0;
    double occupancies = 0;
    for (int i = from; i < to; i++) {
      sum += running[order[i]];
      completed += completions[order[i]];
      occupancies += running[order[i]] * loads[order[i]] / completions[order[i]];
    }
    return new Part(sum, completed, occupancies, to - from);
  }

  /**
   * Time of a lone request. Larger batches take longer; by how much is told by the ticks with least
   * and with most load of both kinds: seconds grow as a power of the requests in service, as
   * between those two. Unchanged where they are too close, or few, or where requests were alone.
   *
   * @param seconds as seen where the load was least
   */
  static double alone(InService one, InService other, double seconds) {
    InService both = new InService(Math.max(1, one.ticks() + other.ticks()));
    one.copyInto(both);
    other.copyInto(both);
    int ticks = both.ticks();
    if (ticks < 2 * ServiceEstimator.LEAST_TICKS) {
      return seconds;
    }
    int[] byLoad = both.byLoad();
    Part low = both.part(byLoad, 0, Math.max(ServiceEstimator.LEAST_TICKS, ticks / PARTS));
    Part high = both.part(byLoad, ticks - ticks / PARTS, ticks);
    if (low.running < LEAST_RUNNING
        || low.occupancy() <= 1
        || high.occupancy() < LEAST_SPREAD * low.occupancy()
        || high.seconds() <= low.seconds()) {
      return seconds;
    }
    double exponent =
        Math.log(high.seconds() / low.seconds()) / Math.log(high.occupancy() / low.occupancy());
    double alone = low.seconds() * Math.pow(low.occupancy(), -exponent);
    return Math.max(LEAST_SHARE * seconds, Math.min(seconds, alone));
  }

  private void copyInto(InService both) {
    for (int i = 0; i < ticks(); i++) {
      int at = both.seen++;
      both.running[at] = running[i];
      both.completions[at] = completions[i];
      both.loads[at] = loads[i];
    }
  }
}
