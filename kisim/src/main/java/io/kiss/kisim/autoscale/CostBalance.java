package io.kiss.kisim.autoscale;

import io.kiss.kisim.telemetry.Telemetry;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * Whether one Deployment, by its own record, held too few replicas or too many: how careful its
 * policy is to be.
 *
 * <p>Replicas cost least where one percent more of them costs as much as the violations that it
 * spares, the newsvendor's critical fractile. What a percent more costs is a percent of what was
 * held. What it would have spared is not seen, but reckoned from the violations that were: where
 * the odds of a violation fall by a power s of the replicas, the violating share v falls by s · v
 * (1 − v) percent. So a tick at which a few requests of many were late speaks for more replicas,
 * and one at which a spike made all of them late does not: a percent more would not have helped.
 *
 * <p>Training knows Deployments of one kind, and is right on the average of that kind. This is what
 * a Deployment adds that is unlike the average, without training anew.
 */
final class CostBalance {
  /**
   * By what power of the replicas the odds of a violation at a tick fall. Median 13 over recorded
   * traces and 7 over training's draws, of the totals 15 and 10 (learner/RECIPE.md).
   */
  private static final double STEEPNESS = 15;

  /** What is remembered: time after which a tick counts 1 / e. */
  private static final double MEMORY_SECONDS = 5400;

  /** How long a record in balance is taken for granted before there is one. */
  private static final double DOUBT_SECONDS = 1800;

  /** Rise of the level where violations cost e times what replicas do. */
  private static final double GAIN = 0.2;

  private static final double MOST_SPARING = 0.35;
  private static final double MOST_CAREFUL = 0.75;

  private WorkloadSpec workload;
  private final double kept;
  private final double ticksOfDoubt;

  /** Of the ticks remembered, the newest counting most: replicas held... */
  private double held;

  /**
   * ...the change of late load by the logarithm of the replicas, in replicas, without the sign...
   */
  private double spared;

  /** ...and how many they are. */
  private double ticks;

  CostBalance(WorkloadSpec workload) {
    describe(workload);
    kept = Math.exp(-workload.tickSeconds() / MEMORY_SECONDS);
    ticksOfDoubt = DOUBT_SECONDS / workload.tickSeconds();
  }

  /** Weighs another Deployment from the next {@link #reset} on, one with the same tick. */
  void describe(WorkloadSpec workload) {
    this.workload = workload;
  }

  void reset() {
    held = 0;
    spared = 0;
    ticks = 0;
  }

  /**
   * Takes in a tick whose replicas the policy had chosen. At a limit it had no choice, which says
   * nothing of it.
   *
   * @param telemetry its arrival rate known
   */
  void add(Telemetry telemetry) {
    int replicas = telemetry.desiredReplicas();
    double share = telemetry.violatingShare();
    if (Double.isNaN(share)
        || replicas <= workload.minReplicas()
        || replicas >= workload.maxReplicas()) {
      return;
    }
    double late = Math.max(0, Math.min(1, share));
    double load = telemetry.arrivalRate() / workload.replicaCapacity();
    held = held * kept + replicas;
    spared = spared * kept + STEEPNESS * load * late * (1 - late);
    ticks = ticks * kept + 1;
  }

  /**
   * The share of the policy's distribution, its actions in order, up to which to go: 0.5 where the
   * record is in balance or short, more where too little was held.
   */
  double level() {
    if (ticks == 0) {
      return ActionSpace.MEDIAN;
    }
    double doubt = ticksOfDoubt * held / ticks;
    // At the present price, whatever it was when requests were late.
    double worth = workload.violationPrice() * spared;
    double level = ActionSpace.MEDIAN + GAIN * Math.log((worth + doubt) / (held + doubt));
    return Math.max(MOST_SPARING, Math.min(MOST_CAREFUL, level));
  }

  void write(DataOutputStream out) throws IOException {
    out.writeDouble(held);
    out.writeDouble(spared);
    out.writeDouble(ticks);
  }

  void read(DataInputStream in) throws IOException {
    held = in.readDouble();
    spared = in.readDouble();
    ticks = in.readDouble();
  }
}
