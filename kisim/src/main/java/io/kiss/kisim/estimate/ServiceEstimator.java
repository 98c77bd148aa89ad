package io.kiss.kisim.estimate;

import io.kiss.kisim.telemetry.Telemetry;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Estimates of one service's capacity, service time and start-up time. Each is unknown until enough
 * was seen of it; nothing stands in for what was not.
 *
 * <ul>
 *   <li><b>Service time</b>: the median latency where replicas are hardly busy, else by Little's
 *       law requests in service over completions. Of what was seen, the lower tenth: waiting only
 *       adds.
 *   <li><b>Capacity of a replica</b>: completions per ready replica while requests wait at all of
 *       them, which is what saturation looks like; the median of those ticks. Where that was never
 *       seen, completions over the share of time that GPUs were busy: too low where a GPU that
 *       shows busy could take more at once, so rather too many replicas than too few.
 *   <li><b>Start-up</b>: age of pods that were pending at one tick and are not at the next, while
 *       more became ready; the median. As coarse as half a tick.
 * </ul>
 *
 * <p>Not for several threads.
 */
public final class ServiceEstimator {
  private static final int TICKS = 64;
  private static final int PODS = 16;

  /** Ticks that must have been seen before an estimate is one. */
  static final int LEAST_TICKS = 4;

  /** Requests that must wait at each ready replica before all of them count as saturated. */
  static final double SATURATED_QUEUE = 1;

  /** Utilisations between these say something about capacity. */
  private static final double LEAST_BUSY = 0.1;

  private static final double MOST_BUSY = 0.95;

  private final Window latencies = new Window(TICKS);
  private final Window saturated = new Window(TICKS);
  private final Window byUtilisation = new Window(TICKS);
  private final Window startups = new Window(PODS);

  private double[] pendingSince = new double[0];
  private int readyBefore = -1;
  private double timeBefore;
  private boolean steady;

  /** The newest figures of one kind. */
  private static final class Window {
    private final double[] values;
    private int seen;

    Window(int size) {
      values = new double[size];
    }

    void add(double value) {
      values[seen++ % values.length] = value;
    }

    OptionalDouble quantile(double share, int least) {
      if (seen < least) {
        return OptionalDouble.empty();
      }
      double[] sorted = Arrays.copyOf(values, Math.min(seen, values.length));
      Arrays.sort(sorted);
      return OptionalDouble.of(sorted[(int) (share * (sorted.length - 1))]);
    }
  }

  /** Takes in what a tick shows. */
  public void observe(Telemetry telemetry) {
    observePods(telemetry);
    double completions = telemetry.completionRate();
    int ready = telemetry.readyReplicas();
    // Rates look back over a window: what they count must have been served by the same replicas.
    if (!(completions > 0) || ready == 0 || !steady || telemetry.rolloutInProgress()) {
      return;
    }
    double p50 = telemetry.p50LatencySeconds();
    double running = telemetry.runningRequests();
    double queued = telemetry.queuedRequests();
    boolean waiting = queued >= SATURATED_QUEUE * ready;
    if (p50 > 0 && !waiting) {
      latencies.add(p50);
    } else if (Double.isNaN(p50) && running > 0) {
      latencies.add(running / completions);
    }
    if (waiting && completions < 1.1 * telemetry.arrivalRate()) {
      saturated.add(completions / ready);
    }
    double busy = telemetry.gpuUtilisation();
    if (busy >= LEAST_BUSY && busy <= MOST_BUSY && !waiting) {
      byUtilisation.add(completions / ready / busy);
    }
  }

  private void observePods(Telemetry telemetry) {
    double now = telemetry.timeSeconds();
    int ready = telemetry.readyReplicas();
    double[] since = new double[telemetry.pendingReplicas()];
    for (int i = 0; i < since.length; i++) {
      since[i] = now - telemetry.pendingAgeSeconds(i);
    }
    Arrays.sort(since);
    int became = readyBefore < 0 ? 0 : ready - readyBefore;
    for (double created : pendingSince) {
      if (became > 0 && !contains(since, created)) {
        startups.add((now + timeBefore) / 2 - created);
        became--;
      }
    }
    steady = ready == readyBefore;
    pendingSince = since;
    readyBefore = ready;
    timeBefore = now;
  }

  /** Clocks are read twice: the same pod's time of creation may differ a little. */
  private static boolean contains(double[] times, double time) {
    for (double other : times) {
      if (Math.abs(other - time) < 0.5) {
        return true;
      }
    }
    return false;
  }

  /** Latency of a lone request, seconds; empty: unknown. */
  public OptionalDouble serviceTimeSeconds() {
    return latencies.quantile(0.1, LEAST_TICKS);
  }

  /** Requests per second that one ready replica sustains; empty: unknown. */
  public OptionalDouble replicaCapacity() {
    OptionalDouble seen = saturated.quantile(0.5, LEAST_TICKS);
    return seen.isPresent() ? seen : byUtilisation.quantile(0.5, LEAST_TICKS);
  }

  /** From asking for a replica until it is ready, seconds; empty: unknown. */
  public OptionalDouble startupSeconds() {
    return startups.quantile(0.5, 1);
  }
}
