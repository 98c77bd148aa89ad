package io.kiss.kisim.fluid;

import io.kiss.kisim.engine.Scenario;
import java.util.Arrays;

/**
 * The steady states that the fluid engine follows for one number of pods, in seconds and requests
 * per second, for planning beside the engine. Immutable.
 */
public final class SteadyPods {
  /** As {@link Station} has it. */
  private static final double LEAST_MIRRORED = 0.5;

  private final StationaryCurve curve;
  private final StationLimits limits;
  private final double mostSteady;

  private SteadyPods(StationaryCurve curve, StationLimits limits) {
    this.curve = curve;
    this.limits = limits;
    mostSteady = curve.contentOfWait(0.5 * limits.patience(curve));
  }

  /**
   * Of the service of a scenario.
   *
   * @param cv coefficient of variation of the gaps between requests
   * @param pods ready
   */
  public static SteadyPods of(Scenario scenario, double cv, int pods) {
    StationaryTable table = StationaryTable.of(scenario.service(), scenario.routing(), cv);
    return new SteadyPods(table.curve(pods), StationLimits.of(scenario.service()));
  }

  /** Pods it is of. */
  public int pods() {
    return curve.pods;
  }

  /** Requests in the system at each node, growing; the last is that of full pods. A copy. */
  public double[] contents() {
    return curve.content.clone();
  }

  /** Requests per second served at each node. */
  public double[] flows() {
    return Arrays.stream(curve.flow).map(flow -> flow * limits.unitsPerSecond()).toArray();
  }

  /** Requests per second while every pod is full. */
  public double capacity() {
    return curve.capacity * limits.unitsPerSecond();
  }

  /** Share of the requests whose latency at a node exceeds this, seconds. */
  public double laterThan(int node, double seconds) {
    return seconds <= 0 ? 1 : 1 - curve.shareWithin(node, seconds * limits.unitsPerSecond());
  }

  /** Mean wait at a node, seconds. */
  public double wait(int node) {
    return curve.wait[node] * limits.unitSeconds();
  }

  /** Mean time in service at a node, seconds. */
  public double service(int node) {
    return curve.service(node) * limits.unitSeconds();
  }

  /** Mean time in service while every pod is full, seconds. */
  public double fullService() {
    return curve.fullService * limits.unitSeconds();
  }

  /** Longest wait that pods let anybody have, seconds; infinite where nothing bounds it. */
  public double patience() {
    return limits.patience(curve) * limits.unitSeconds();
  }

  /** Requests that may be here; infinite where the queue has no limit. */
  public double mostContent() {
    return limits.mostContent(curve.pods);
  }

  /**
   * Most that is held as in a steady state; what is beyond stands in line.
   *
   * @param load arrivals over the capacity
   */
  public double steadyRoom(double load) {
    if (limits.patience(curve) == Double.POSITIVE_INFINITY) {
      return curve.content[StationaryCurve.NODES - 2];
    }
    return load <= 1
        ? mostSteady
        : Math.min(mostSteady, curve.contentAt(Math.max(LEAST_MIRRORED, 2 - load)));
  }
}
