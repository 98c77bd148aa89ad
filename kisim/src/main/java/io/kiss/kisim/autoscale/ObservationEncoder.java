package io.kiss.kisim.autoscale;

import io.kiss.kisim.telemetry.Telemetry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * Turns telemetry and its history into a dimensionless observation, so that one policy serves any
 * Deployment.
 *
 * <p>Loads are counted in replicas (arrival rate over the capacity of one replica), latencies in
 * SLOs, times in start-up times; logarithms make a factor count the same at any size.
 */
final class ObservationEncoder {

  private static final List<String> OWN =
      List.of(
          "log load per desired replica, now",
          "log load per desired replica, 1 min",
          "log load per desired replica, 4 min",
          "log load per desired replica, 20 min",
          "log highest load per desired replica, 4 min",
          "log highest load per desired replica, 20 min",
          "log highest over lowest load, 20 min",
          "load slope over 30 s per desired replica",
          "load slope over 1 min per desired replica",
          "load slope over 4 min per desired replica",
          "log load per ready replica",
          "log p95 latency over SLO",
          "latency is known",
          "violating share",
          "log of 1 + queue over what ready replicas clear in the SLO slack",
          "ready share of desired",
          "share of desired pending and due within 30 s",
          "share of desired pending and due within 90 s",
          "share of desired pending",
          "log start-up time over 60 s",
          "log SLO over service time",
          "log service time",
          "log desired replicas",
          "1 / desired replicas",
          "desired over max replicas",
          "min over desired replicas",
          "time since the last change over start-up time",
          "log of the last change",
          "log violation price over 10",
          "log of requests that a full replica holds",
          "mean rise of the load within a start-up time",
          "usual rise of the load within a start-up time",
          "worst rise of the load within a start-up time",
          "log highest load per desired replica, 1 h",
          "log highest load per desired replica, 6 h",
          "log highest load per ready replica that kept the SLO",
          "violating share, 5 min",
          "violating share, 30 min");

  static final List<String> NAMES =
      Stream.concat(OWN.stream(), RuleRehearsal.features().stream()).toList();

  /** Features that tell what a Deployment is, and stay as they are: logarithms all. */
  private static final Set<String> DESCRIPTIONS =
      Set.of(
          "log start-up time over 60 s",
          "log SLO over service time",
          "log service time",
          "log violation price over 10",
          "log of requests that a full replica holds");

  private static final boolean[] DESCRIBES = new boolean[NAMES.size()];

  static {
    for (int i = 0; i < DESCRIBES.length; i++) {
      DESCRIBES[i] = DESCRIPTIONS.contains(NAMES.get(i));
    }
  }

  /** Length of an observation. */
  static final int SIZE = NAMES.size();

  /** Changes whenever a feature does: a policy is bound to it. */
  static final String ID = "obs-" + SIZE + "/" + checksum();

  private static final double SMALLEST_LOAD = 0.02;

  private WorkloadSpec workload;
  private final int ticks30s;
  private final int ticks1m;
  private final int ticks4m;
  private final int[] windows;
  private final double[] summary = new double[9];
  private float logStartup;
  private float logSlack;
  private float logService;
  private float logPrice;
  private float logHeld;
  private double lastDesired = Double.NaN;
  private float logDesired;

  ObservationEncoder(WorkloadSpec workload) {
    describe(workload);
    ticks30s = ticks(30);
    ticks1m = ticks(60);
    ticks4m = ticks(240);
    windows = new int[] {ticks1m, ticks4m, ticks(LoadHistory.SPAN_SECONDS)};
  }

  /** Encodes for another Deployment from now on, one with the same tick. */
  void describe(WorkloadSpec workload) {
    this.workload = workload;
    logStartup = (float) Math.log(workload.startupSeconds() / 60);
    logSlack = (float) Math.log(workload.sloSeconds() / workload.serviceTimeSeconds());
    logService = (float) Math.log(workload.serviceTimeSeconds());
    logPrice = (float) Math.log(workload.violationPrice() / 10);
    logHeld = (float) Math.log(workload.replicaCapacity() * workload.serviceTimeSeconds());
  }

  /** Whether a feature tells what the Deployment is, and does not change from tick to tick. */
  static boolean describesDeployment(int feature) {
    return DESCRIBES[feature];
  }

  private int ticks(double seconds) {
    return Math.max(1, (int) Math.round(seconds / workload.tickSeconds()));
  }

  private static String checksum() {
    CRC32 crc = new CRC32();
    crc.update(String.join("|", NAMES).getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(crc.getValue());
  }

  /**
   * Writes the observation of this tick.
   *
   * @param telemetry of this tick, its arrival rate known
   * @param history with this tick's rate already added
   * @param memory of earlier ticks' load, this one's included; takes in how it was borne
   * @param rehearsal of rules, this tick's load included
   * @param previousDesired replicas desired at the tick before
   * @param lastChangeSeconds when replicas last changed; negative infinity: never
   * @param out receives {@link #SIZE} floats from {@code offset} on
   */
  void encode(
      Telemetry telemetry,
      LoadHistory history,
      LoadMemory memory,
      RuleRehearsal rehearsal,
      int previousDesired,
      double lastChangeSeconds,
      float[] out,
      int offset) {
    int i = offset;
    double desired = Math.max(1, telemetry.desiredReplicas());
    double perDesired = 1 / (workload.replicaCapacity() * desired);
    double rate = telemetry.arrivalRate();

    out[i++] = logLoad(rate * perDesired);
    history.summarise(windows, summary);
    out[i++] = logLoad(summary[0] * perDesired);
    out[i++] = logLoad(summary[3] * perDesired);
    out[i++] = logLoad(summary[6] * perDesired);
    float highest20m = logLoad(summary[7] * perDesired);
    out[i++] = summary[4] == summary[7] ? highest20m : logLoad(summary[4] * perDesired);
    out[i++] = highest20m;
    out[i++] = highest20m - logLoad(summary[8] * perDesired);
    out[i++] = slope(history, rate, ticks30s, perDesired);
    out[i++] = slope(history, rate, ticks1m, perDesired);
    out[i++] = slope(history, rate, ticks4m, perDesired);

    int ready = telemetry.readyReplicas();
    double readyCapacity = Math.max(0.5, ready) * workload.replicaCapacity();
    float logPerReady = logLoad(rate / readyCapacity);
    out[i++] = logPerReady;
    double p95 = telemetry.p95LatencySeconds();
    boolean latencyKnown = !Double.isNaN(p95);
    out[i++] = latencyKnown ? clip(Math.log(p95 / workload.sloSeconds()), -4, 4) : 0;
    out[i++] = latencyKnown ? 1 : 0;
    double violating = telemetry.violatingShare();
    out[i++] = Double.isNaN(violating) ? 0 : (float) violating;
    double queue = telemetry.queuedRequests();
    double slack = Math.max(0.1 * workload.sloSeconds(), slackSeconds());
    // The logarithm of one plus nothing is nothing, and mostly nothing waits.
    boolean waiting = queue > 0;
    out[i++] = waiting ? clip(Math.log1p(queue / (readyCapacity * slack)), 0, 8) : 0;

    i = encodePods(telemetry, desired, ready, out, i);

    out[i++] = logStartup;
    out[i++] = logSlack;
    out[i++] = logService;
    out[i++] = logDesired(desired);
    out[i++] = (float) (1 / desired);
    out[i++] = (float) (desired / workload.maxReplicas());
    out[i++] = (float) (workload.minReplicas() / desired);
    double sinceChange = telemetry.timeSeconds() - lastChangeSeconds;
    out[i++] = (float) Math.min(4, sinceChange / workload.startupSeconds());
    boolean changed = desired != Math.max(1, previousDesired);
    out[i++] = changed ? clip(Math.log(desired / Math.max(1, previousDesired)), -1, 1) : 0;
    out[i++] = logPrice;
    memory.addOutcome(logPerReady, violating);
    i = encodeMemory(memory, perDesired, out, i);
    i = rehearsal.encode(desired, out, i);
    assert i == offset + SIZE;
  }

  private int encodePods(Telemetry telemetry, double desired, int ready, float[] out, int start) {
    int i = start;
    int pending = telemetry.pendingReplicas();
    int due30 = 0;
    int due90 = 0;
    for (int p = 0; p < pending; p++) {
      double remaining = workload.startupSeconds() - telemetry.pendingAgeSeconds(p);
      if (remaining <= 30) {
        due30++;
      }
      if (remaining <= 90) {
        due90++;
      }
    }
    out[i++] = (float) (ready / desired);
    out[i++] = (float) (due30 / desired);
    out[i++] = (float) (due90 / desired);
    out[i++] = (float) (pending / desired);
    return i;
  }

  private int encodeMemory(LoadMemory memory, double perDesired, float[] out, int start) {
    int i = start;
    out[i++] = logHeld;
    out[i++] = (float) memory.meanRise();
    out[i++] = (float) memory.usualRise();
    out[i++] = (float) memory.worstRise();
    out[i++] = logLoad(memory.highestOfHour() * perDesired);
    out[i++] = logLoad(memory.highestOfHours() * perDesired);
    out[i++] = (float) memory.logKept();
    out[i++] = (float) memory.violatingSoon();
    out[i++] = (float) memory.violatingLate();
    return i;
  }

  /** Kept until another number is desired, which is seldom. */
  private float logDesired(double desired) {
    if (desired != lastDesired) {
      lastDesired = desired;
      logDesired = (float) Math.log(desired);
    }
    return logDesired;
  }

  private double slackSeconds() {
    return workload.sloSeconds() - workload.serviceTimeSeconds();
  }

  private static float slope(LoadHistory history, double rate, int ticks, double perDesired) {
    float before = history.at(ticks);
    return Float.isNaN(before) ? 0 : clip((rate - before) * perDesired, -4, 4);
  }

  private static float logLoad(double load) {
    return clip(Math.log(Math.max(SMALLEST_LOAD, load)), -4, 4);
  }

  private static float clip(double value, double low, double high) {
    return (float) Math.max(low, Math.min(high, value));
  }
}
