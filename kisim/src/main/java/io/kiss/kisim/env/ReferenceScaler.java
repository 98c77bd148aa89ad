package io.kiss.kisim.env;

import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.Arrays;

/**
 * What a plain threshold rule pays for the same arrivals, by the roughest of models: a part of the
 * cost that no action changes. Taken off the reward it leaves less noise to learn from, since a
 * crowd that nobody could foresee costs whoever scales (Mao et al., "Variance reduction for
 * reinforcement learning in input-driven environments", ICLR 2019).
 *
 * <p>The rule wishes for a load of {@value #TARGET} per replica and holds the highest wish of five
 * minutes; replicas are ready once they were held for a start-up time; a queue of fluid forms where
 * they do not suffice, in which nobody waits for longer than the timeout.
 */
final class ReferenceScaler {
  private static final double TARGET = 0.65;
  private static final double DOWN_SECONDS = 300;

  /** Remembered ticks, a power of two. */
  private static final int TICKS = 64;

  private final int[] wishes = new int[TICKS];
  private final int[] helds = new int[TICKS];
  private WorkloadSpec workload;
  private int startUpTicks;
  private int downTicks;
  private double timeoutSeconds;
  private int tick;
  private double queue;
  private double violating;

  /**
   * Begins an episode.
   *
   * @param initial replicas that are ready
   * @param timeoutSeconds after which a request leaves; 0: never
   */
  void reset(WorkloadSpec workload, int initial, double timeoutSeconds) {
    this.workload = workload;
    this.timeoutSeconds = timeoutSeconds > 0 ? timeoutSeconds : Double.POSITIVE_INFINITY;
    startUpTicks = ticks(workload.startupSeconds() + workload.tickSeconds());
    downTicks = ticks(DOWN_SECONDS);
    Arrays.fill(wishes, initial);
    Arrays.fill(helds, initial);
    tick = 0;
    queue = 0;
    violating = 0;
  }

  private int ticks(double seconds) {
    return (int) Math.min(TICKS - 1, Math.ceil(seconds / workload.tickSeconds()));
  }

  /** Lets a tick with so many arrivals pass. */
  void step(double arrivals) {
    double seconds = workload.tickSeconds();
    double perReplica = workload.replicaCapacity() * seconds;
    tick = tick + 1 & TICKS - 1;
    wishes[tick] = workload.clamp((int) Math.ceil(arrivals / (perReplica * TARGET)));
    int held = 0;
    for (int back = 0; back <= downTicks; back++) {
      held = Math.max(held, wishes[tick - back & TICKS - 1]);
    }
    helds[tick] = held;
    int ready = held;
    for (int back = 1; back <= startUpTicks; back++) {
      ready = Math.min(ready, helds[tick - back & TICKS - 1]);
    }
    double served = ready * perReplica;
    queue = Math.max(0, Math.min(served * timeoutSeconds / seconds, queue + arrivals - served));
    double wait = queue / served * seconds;
    violating = arrivals * Math.min(1, wait / workload.sloSeconds());
  }

  /** Replicas held in the last tick. */
  int held() {
    return helds[tick];
  }

  /** Requests that violated the SLO in the last tick. */
  double violating() {
    return violating;
  }
}
