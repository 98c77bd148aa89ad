package io.kiss.kisim.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.autoscale.WorkloadSpec;
import org.junit.jupiter.api.Test;

class ReferenceScalerTest {
  /** 10 requests/s a replica, so 150 a tick; start-up 60 s; SLO 2 s; 1..20 replicas. */
  private static final WorkloadSpec WORKLOAD =
      new WorkloadSpec("test", 1, 20, 2, 0.1, 10, 60, 10, 15);

  private final ReferenceScaler reference = new ReferenceScaler();

  @Test
  void holdsALoadOf65PercentAndFiveMinutesOfTheHighest() {
    reference.reset(WORKLOAD, 4, 30);
    // 2.6 replicas' worth of requests make four replicas of 65 % each.
    reference.step(2.6 * 150);
    assertThat(reference.held()).isEqualTo(4);
    assertThat(reference.violating()).isZero();
    // What is there at the start counts as wished for.
    for (int tick = 0; tick < 18; tick++) {
      reference.step(0.5 * 150);
      assertThat(reference.held()).isEqualTo(4);
    }
    for (int tick = 0; tick < 3; tick++) {
      reference.step(0.5 * 150);
    }
    assertThat(reference.held()).isEqualTo(1);
    reference.step(1000 * 150);
    assertThat(reference.held()).isEqualTo(20);
  }

  @Test
  void aStepFindsItWithoutReplicasForAStartUpTimeAndATickAndLeavesAQueue() {
    reference.reset(WORKLOAD, 2, 30);
    // 600 arrivals where two replicas serve 300 a tick: the queue is cut at 30 s, two ticks' worth.
    double[] queues = {300, 600, 600, 600, 600};
    for (double queue : queues) {
      reference.step(600);
      double wait = queue / 300 * 15;
      assertThat(reference.violating()).isCloseTo(600 * Math.min(1, wait / 2), within(1e-9));
      assertThat(reference.held()).isEqualTo(7);
    }
    // Seven replicas serve 1050 a tick: 600 + 600 - 1050 = 150 are left, about 2.1 s of work.
    reference.step(600);
    assertThat(reference.violating()).isEqualTo(600);
    // The next tick clears them.
    reference.step(600);
    assertThat(reference.violating()).isZero();
  }
}
