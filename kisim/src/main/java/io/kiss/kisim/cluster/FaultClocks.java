package io.kiss.kisim.cluster;

import io.kiss.kisim.time.Delay;
import io.kiss.kisim.time.EventHeap;
import java.util.Arrays;

/**
 * When the next fault by rate comes. Each kind of fault is a Poisson process whose rate is
 * proportional to how many things it may hit. That rate is constant between two events of the
 * cluster, so a unit-exponential time to spend, spent at that rate, gives the process exactly. A
 * kind with rate 0 draws nothing.
 */
final class FaultClocks {
  private static final int KINDS = 4;
  private static final double NANOS_PER_HOUR = 3600e9;
  private static final Delay UNIT = Delay.exponential(1);

  private final double[] perThing = new double[KINDS];
  private final double[] left = new double[KINDS];
  private final int[] things = new int[KINDS];
  private final int[] fired = new int[KINDS];
  private final long[] due = new long[KINDS];
  private final Draws draws;
  private long settled;
  private long next;
  private boolean silent;

  FaultClocks(Draws draws) {
    this.draws = draws;
  }

  void reset(FaultSettings faults, long now) {
    perThing[FaultKind.CRASH.ordinal()] = faults.crashesPerPodHour() / NANOS_PER_HOUR;
    perThing[FaultKind.GPU.ordinal()] = faults.gpuFaultsPerGpuHour() / NANOS_PER_HOUR;
    perThing[FaultKind.NODE.ordinal()] = faults.nodeLossesPerNodeHour() / NANOS_PER_HOUR;
    perThing[FaultKind.PREEMPTION.ordinal()] = faults.preemptionsPerNodeHour() / NANOS_PER_HOUR;
    Arrays.fill(things, 0);
    Arrays.fill(fired, 0);
    Arrays.fill(due, EventHeap.NEVER);
    settled = now;
    next = EventHeap.NEVER;
    silent = true;
    for (int kind = 0; kind < KINDS; kind++) {
      if (perThing[kind] > 0) {
        silent = false;
        left[kind] = draws.seconds(Draws.FAULT_TIME + kind, 0, UNIT);
      }
    }
  }

  /** Time of the next fault if nothing else happens before. */
  long next() {
    return next;
  }

  /** The kind of the next fault. */
  int nextKind() {
    int kind = 0;
    while (due[kind] != next) {
      kind++;
    }
    return kind;
  }

  /** The fault happens: which of the things it hits. */
  int fire(int kind, long now) {
    settle(now);
    int victim = draws.below(Draws.FAULT_VICTIM + kind, fired[kind], things[kind]);
    fired[kind]++;
    left[kind] = draws.seconds(Draws.FAULT_TIME + kind, fired[kind], UNIT);
    schedule(kind, now);
    return victim;
  }

  /** How many things each kind may hit from {@code now} on. */
  void refresh(int pods, int gpus, int nodes, int spotNodes, long now) {
    if (silent
        || (pods == things[0]
            && gpus == things[1]
            && nodes == things[2]
            && spotNodes == things[3])) {
      return;
    }
    settle(now);
    things[0] = pods;
    things[1] = gpus;
    things[2] = nodes;
    things[3] = spotNodes;
    for (int kind = 0; kind < KINDS; kind++) {
      schedule(kind, now);
    }
  }

  private void settle(long now) {
    for (int kind = 0; kind < KINDS; kind++) {
      left[kind] = Math.max(0, left[kind] - perThing[kind] * things[kind] * (now - settled));
    }
    settled = now;
  }

  private void schedule(int kind, long now) {
    double rate = perThing[kind] * things[kind];
    double wait = Math.ceil(left[kind] / rate);
    due[kind] = rate > 0 && wait < 4e18 ? now + (long) wait : EventHeap.NEVER;
    next = Math.min(Math.min(due[0], due[1]), Math.min(due[2], due[3]));
  }
}
