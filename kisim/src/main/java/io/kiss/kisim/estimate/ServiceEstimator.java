package io.kiss.kisim.estimate;

import io.kiss.kisim.telemetry.Telemetry;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Estimates of one service's capacity, service time and start-up time. Each is unknown until enough
 * was seen of it; nothing stands in for what was not.
 *
 * <ul>
 *   <li><b>Service time</b>: by Little's law requests in service over completions, of the ticks
 *       with the least load, since full batches take longer. Where too few were in service, the
 *       median latency where nothing waits; of what was seen, the lower tenth: waiting only adds.
 *       Where it was never seen without a queue, as one that is overloaded from the start, the same
 *       of full batches: an upper bound, without which nobody would end the overload. What is left
 *       of the batches is taken out by how the time in service grew with the requests in service.
 *   <li><b>Capacity of a replica</b>: completions per ready replica while requests wait at all of
 *       them, which is what saturation looks like. A queue may also just wait for its batch, so the
 *       upper tenth of those ticks counts. Where none was seen, completions over the share of time
 *       that GPUs were busy, the upper tenth again: a GPU that shows busy could take more at once,
 *       the less the emptier it is. What is left of that is on the safe side, rather too many
 *       replicas than too few.
 *   <li><b>Start-up</b>: age of pods that were pending at one tick and are not at the next, while
 *       more became ready; the median. As coarse as half a tick.
 * </ul>
 *
 * <p>Relative errors against the simulator's truth, over 160 services with traffic, nodes, faults
 * and telemetry as training draws them (median, 90th percentile; {@code
 * EstimatesOfDrawnServicesTest} holds them). Kept 30 % to 150 % busy: capacity 2 % and 9 %, service
 * time 12 % and 97 %, start-up 13 % and 34 %. Kept 20 % to 70 % busy, so that saturation is never
 * seen: capacity 6 % and 41 %, nearly all of it too low; service time 6 % and 40 %, start-up 14 %
 * and 39 %. The large errors of the service time are those of batching services that are never seen
 * idle: too high, since of many at once nothing tells how fast one would be.
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

  /**
   * Rates look back over a window: what they count must have been served by the same replicas, and
   * been measured all the while, since a window that is half empty shows half the rate.
   */
  private static final double STEADY_SECONDS = 60;

  /** More completed than came in by this factor: a queue is being worked off. */
  private static final double WORKING_OFF = 1.1;

  /**
   * Where the median latency is below this share of the time in service by Little's law, the latter
   * was taken from ticks that do not show what it claims, such as those after a fault.
   */
  private static final double IMPLAUSIBLE = 0.7;

  private static final double UPPER = 0.9;
  private static final double LOWER = 0.1;

  /** Utilisations between these say something about capacity. */
  private static final double LEAST_BUSY = 0.1;

  private static final double MOST_BUSY = 0.95;

  private final Window latencies = new Window(TICKS);
  private final InService inService = new InService(TICKS);
  private final InService inFullBatches = new InService(TICKS);
  private final Window saturated = new Window(TICKS);
  private final Window byUtilisation = new Window(TICKS);
  private final Window startups = new Window(PODS);

  private double[] pendingSince = new double[0];
  private int readyBefore = -1;
  private double timeBefore;
  private double readySince;
  private double measuredSince = Double.NaN;

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
    boolean silent = telemetry.timeSeconds() - timeBefore > STEADY_SECONDS;
    if (readyBefore >= 0 && silent || Double.isNaN(telemetry.completionRate())) {
      measuredSince = telemetry.timeSeconds();
    }
    observePods(telemetry);
    double completions = telemetry.completionRate();
    int ready = telemetry.readyReplicas();
    boolean steady =
        telemetry.timeSeconds() - readySince >= STEADY_SECONDS
            && !(telemetry.timeSeconds() - measuredSince < STEADY_SECONDS);
    if (!(completions > 0) || ready == 0 || !steady || telemetry.rolloutInProgress()) {
      return;
    }
    boolean waiting = telemetry.queuedRequests() >= SATURATED_QUEUE * ready;
    if (telemetry.p50LatencySeconds() > 0 && !waiting) {
      latencies.add(telemetry.p50LatencySeconds());
    }
    // What is completed then came in before, while those in service are counted now.
    boolean workingOff = completions > WORKING_OFF * telemetry.arrivalRate();
    if (telemetry.runningRequests() >= 0 && !workingOff) {
      (waiting ? inFullBatches : inService).add(telemetry.runningRequests(), completions, ready);
    }
    if (waiting && !workingOff) {
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
    boolean clockWasSetBack = now < timeBefore;
    readySince = ready != readyBefore || clockWasSetBack ? now : readySince;
    pendingSince = Arrays.stream(since).filter(created -> isStarting(created, now)).toArray();
    readyBefore = ready;
    timeBefore = now;
  }

  /**
   * Whether a pod that is not ready has never been: one that was there at the tick before without
   * being pending has lost its readiness, and its age is no start-up.
   */
  private boolean isStarting(double created, double now) {
    return readyBefore < 0
        || contains(pendingSince, created)
        || created >= timeBefore - (now - timeBefore);
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

  /** Latency of a lone request, seconds, or a bound above it; empty: unknown. */
  public OptionalDouble serviceTimeSeconds() {
    OptionalDouble unqueued = latencies.quantile(LOWER, LEAST_TICKS);
    OptionalDouble known = inService.meanSeconds();
    if (known.isEmpty()
        || unqueued.isPresent() && unqueued.getAsDouble() < IMPLAUSIBLE * known.getAsDouble()) {
      known = unqueued;
    }
    if (known.isEmpty()) {
      known = inFullBatches.meanSeconds();
    }
    return known.isEmpty()
        ? known
        : OptionalDouble.of(InService.alone(inService, inFullBatches, known.getAsDouble()));
  }

  /** Requests per second that one ready replica sustains; empty: unknown. */
  public OptionalDouble replicaCapacity() {
    OptionalDouble seen = saturated.quantile(UPPER, LEAST_TICKS);
    return seen.isPresent() ? seen : byUtilisation.quantile(UPPER, LEAST_TICKS);
  }

  /** From asking for a replica until it is ready, seconds; empty: unknown. */
  public OptionalDouble startupSeconds() {
    return startups.quantile(0.5, 1);
  }
}
