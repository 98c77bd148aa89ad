package io.kiss.kisim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.serving.ReadinessProbe;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.time.Delay;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One pod's life by hand, to the nanosecond: every stage has its own digits. */
class PodTimelineTest {
  private static final StartUp STAGES =
      new StartUp(
          Delay.constant(30),
          Delay.constant(9.5),
          Delay.constant(22.7),
          new ReadinessProbe(20, 10),
          30);

  @Test
  void aPodGoesThroughEveryStageFromScaleUpToReady() {
    NodePool pool = new NodePool("gpu", 2, 0, 2, Delay.constant(84), 600, false, false);
    ClusterRun run =
        ClusterRun.of(
            new ClusterSpec(
                List.of(pool), Delay.constant(0.25), Delay.constant(1), FaultSettings.NONE),
            STAGES,
            0);
    run.until(5);
    run.cluster.setDesired(1);
    run.until(5.249999999);
    assertThat(run.news()).isEmpty();
    // 5.25 created, 6.25 unschedulable, 90.25 node, 120.25 image, 129.75 container started,
    // 152.45 loaded, probes at 149.75 and 159.75
    run.until(6.25);
    assertThat(run.news()).containsExactly("5.25 created 0");
    assertThat(run.cluster.unschedulable()).isEqualTo(1);
    run.until(90.25);
    assertThat(run.cluster.unschedulable()).isZero();
    assertThat(run.cluster.pending()).isEqualTo(1);
    run.until(159.749999999);
    assertThat(run.news()).isEmpty();
    run.until(159.75);
    assertThat(run.news()).containsExactly("159.75 ready 0");
    assertThat(run.cluster.ready()).isEqualTo(1);

    // The second pod shares node and image: 200 + 0.25 + 1 + 9.5, probes at 230.75 and 240.75,
    // and the model is there at 233.45.
    run.until(200);
    run.cluster.setDesired(2);
    run.until(1000);
    assertThat(run.news()).containsExactly("200.25 created 1", "240.75 ready 1");
    // Bound at 90.25 and 201.25, until 1000; one node asked for at 6.25.
    assertThat(run.cluster.allocatedUnitNanos(1_000_000_000_000L).exact())
        .isEqualTo(BigInteger.valueOf((909_750_000_000L + 798_750_000_000L) * 840));
    assertThat(run.cluster.nodeUnitNanos(1_000_000_000_000L).exact())
        .isEqualTo(BigInteger.valueOf(993_750_000_000L * 2 * 840));
  }

  @Test
  void aPodWithNothingToWaitForIsReadyAtOnce() {
    ClusterRun run = ClusterRun.of(ClusterSpec.AMPLE, StartUp.INSTANT, 1);
    assertThat(run.news()).containsExactly("0 created 0", "0 ready 0");
    run.until(3);
    run.cluster.setDesired(3);
    assertThat(run.news()).containsExactly("3 created 1", "3 ready 1", "3 created 2", "3 ready 2");
    run.cluster.setDesired(2);
    assertThat(run.news()).containsExactly("3 draining 2", "3 gone 2");
  }

  @Test
  void aDrainLongerThanTheGracePeriodIsCutOffAtItsEndAndOnce() {
    ClusterRun run = ClusterRun.of(ClusterSpec.AMPLE, STAGES, 3).finishingAfter(30.000000001);
    run.news();
    run.until(10);
    run.cluster.setDesired(1);
    assertThat(run.news()).containsExactly("10 draining 2", "10 draining 1");
    assertThat(run.cluster.terminating()).isEqualTo(2);
    run.until(39.999999999);
    assertThat(run.news()).isEmpty();
    run.until(1000);
    assertThat(run.news()).containsExactly("40 killed 1", "40 gone 1", "40 killed 2", "40 gone 2");
    assertThat(run.cluster.terminating()).isZero();
  }

  @Test
  void aDrainShorterThanTheGracePeriodEndsWhenNothingIsLeft() {
    ClusterRun run = ClusterRun.of(ClusterSpec.AMPLE, STAGES, 2).finishingAfter(12.5);
    run.until(10);
    run.news();
    run.cluster.setDesired(1);
    run.until(1000);
    assertThat(run.news()).containsExactly("10 draining 1", "22.5 gone 1");
    // Two until 22.5, one until 1000.
    assertThat(run.cluster.allocatedUnitNanos(1_000_000_000_000L).exact())
        .isEqualTo(BigInteger.valueOf(1_022_500_000_000L * 840));
  }

  @Test
  void ofChangesInsideTheLatencyTheNewestWins() {
    ClusterSpec spec =
        new ClusterSpec(
            ClusterSpec.AMPLE.pools(), Delay.constant(5), Delay.NONE, FaultSettings.NONE);
    ClusterRun run = ClusterRun.of(spec, StartUp.INSTANT, 1);
    run.news();
    run.until(10);
    run.cluster.setDesired(4);
    run.until(12);
    run.cluster.setDesired(2);
    assertThat(run.cluster.desired()).isEqualTo(2);
    assertThat(run.cluster.current()).isEqualTo(1);
    run.until(100);
    assertThat(run.news()).containsExactly("15 created 1", "15 ready 1");
  }
}
