package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.WorkloadSpec;

/** What a target counts in, so that one figure can serve services of any size. */
enum TargetUnit {
  /** Requests, or requests a second, as the project has it. */
  REQUESTS,
  /** What one replica serves at once, or sustains a second. */
  REPLICA;

  static final String HELP = "of the target; replica: shares of what one serves";

  /** How many requests one unit is. */
  double of(Signal signal, WorkloadSpec workload) {
    if (this == REQUESTS) {
      return 1;
    }
    double rate = workload.replicaCapacity();
    return signal == Signal.RPS ? rate : Math.max(1, rate * workload.serviceTimeSeconds());
  }
}
