package io.kiss.kisim.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.time.Delay;
import io.kiss.kisim.time.Nanos;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which pod gets which device and when, which pods go first, and which nodes are asked for. */
class SchedulingTest {
  private static final DeviceSharing EXCLUSIVE = new DeviceSharing.Exclusive();

  private static ClusterSpec cluster(NodePool... pools) {
    return new ClusterSpec(List.of(pools), Delay.NONE, Delay.NONE, FaultSettings.NONE);
  }

  private static NodePool growing(String name, int gpus, int initial, int max) {
    return new NodePool(name, gpus, initial, max, Delay.constant(100), 600, false, true);
  }

  private static int[] devices(ClusterRun run, int pods) {
    int[] devices = new int[pods];
    Arrays.setAll(devices, run.cluster::deviceOf);
    return devices;
  }

  /** GPUs with the cloud on average between two times. */
  private static double gpusBetween(ClusterRun run, double from, double to) {
    run.until(from);
    BigInteger before = run.cluster.nodeUnitNanos(Nanos.of(from)).exact();
    run.until(to);
    BigInteger after = run.cluster.nodeUnitNanos(Nanos.of(to)).exact();
    return after.subtract(before).doubleValue() / 840 / ((to - from) * 1e9);
  }

  @Test
  void ofTwentyReplicasOnTwelveGpusEightWaitAndGetRoomInTheOrderOfCreation() {
    ClusterRun run =
        ClusterRun.of(cluster(NodePool.fixed("gpu", 3, 4)), StartUp.ofTotal(5, 0, 30), 12)
            .finishingAfter(20);
    // Three pods drain until 30, three more until 31; all twelve GPUs are held until then.
    run.until(10);
    run.cluster.setDesired(9);
    run.until(11);
    run.cluster.setDesired(6);
    run.until(12);
    run.news();
    run.cluster.setDesired(20);
    assertThat(run.cluster.current()).isEqualTo(20);
    assertThat(run.cluster.ready()).isEqualTo(6);
    assertThat(run.cluster.terminating()).isEqualTo(6);
    assertThat(run.cluster.unschedulable()).isEqualTo(14);
    run.until(30.999999999);
    assertThat(run.cluster.unschedulable()).isEqualTo(11);
    run.until(1000);
    assertThat(run.cluster.ready()).isEqualTo(12);
    assertThat(run.cluster.unschedulable()).isEqualTo(8);
    assertThat(run.cluster.pending()).isEqualTo(8);
    assertThat(run.cluster.pendingSinceNanos(7)).isEqualTo(12_000_000_000L);
    assertThat(run.news().stream().filter(line -> line.contains("ready")))
        .containsExactly(
            "35 ready 12",
            "35 ready 13",
            "35 ready 14",
            "36 ready 15",
            "36 ready 16",
            "36 ready 17");
  }

  @Test
  void theClusterAsksForJustTheNodesThatTheWaitingPodsNeed() {
    for (int gpus : new int[] {1, 3, 4, 5, 8, 16}) {
      ClusterSpec spec = cluster(NodePool.fixed("own", 3, 4), growing("cloud", gpus, 0, 100));
      ClusterRun run = ClusterRun.of(spec, StartUp.ofTotal(5, 0, 30), 12);
      run.until(10);
      run.cluster.setDesired(20);
      assertThat(run.cluster.unschedulable()).isEqualTo(8);
      int nodes = (8 + gpus - 1) / gpus;
      assertThat(gpusBetween(run, 11, 12)).isEqualTo(12 + nodes * gpus);
      run.until(109.999999999);
      assertThat(run.cluster.unschedulable()).isEqualTo(8);
      run.until(110);
      assertThat(run.cluster.unschedulable()).isZero();
      run.until(115);
      assertThat(run.cluster.ready()).isEqualTo(20);
    }
  }

  @Test
  void nodesOnTheirWayCountAndPoolsAreFilledInTheirOrder() {
    ClusterSpec spec = cluster(growing("a", 2, 1, 2), growing("b", 4, 0, 2));
    ClusterRun run = ClusterRun.of(spec, StartUp.INSTANT, 2);
    run.until(10);
    run.cluster.setDesired(3); // one more of a
    assertThat(gpusBetween(run, 11, 12)).isEqualTo(4);
    run.cluster.setDesired(4); // fits on it as well
    assertThat(gpusBetween(run, 13, 14)).isEqualTo(4);
    run.cluster.setDesired(5); // a is at its largest
    assertThat(gpusBetween(run, 15, 16)).isEqualTo(8);
    run.cluster.setDesired(30); // so is b after one more
    assertThat(gpusBetween(run, 17, 18)).isEqualTo(12);
    run.until(1000);
    assertThat(run.cluster.ready()).isEqualTo(12);
    assertThat(run.cluster.unschedulable()).isEqualTo(18);
  }

  @Test
  void aNodeAboveTheInitialOnesGoesBackWhenItHasBeenIdleLongEnough() {
    ClusterRun run =
        ClusterRun.of(cluster(growing("a", 1, 1, 3)), StartUp.INSTANT, 1).finishingAfter(7);
    run.until(10);
    run.cluster.setDesired(3);
    run.until(200);
    assertThat(run.cluster.ready()).isEqualTo(3);
    run.cluster.setDesired(1); // empty at 207
    assertThat(gpusBetween(run, 300, 807)).isEqualTo(3);
    assertThat(gpusBetween(run, 807, 2000)).isEqualTo(1);
    run.cluster.setDesired(0); // the initial one stays for good
    assertThat(gpusBetween(run, 2100, 9000)).isEqualTo(1);
  }

  @Test
  void aNodeUsedAgainStartsItsIdleTimeAnew() {
    ClusterRun run = ClusterRun.of(cluster(growing("a", 1, 0, 1)), StartUp.INSTANT, 1);
    run.until(10);
    run.cluster.setDesired(0);
    run.until(500);
    run.cluster.setDesired(1);
    run.until(550);
    run.cluster.setDesired(0);
    assertThat(gpusBetween(run, 551, 1150)).isEqualTo(1);
    assertThat(gpusBetween(run, 1150, 1200)).isEqualTo(0);
  }

  @Test
  void theFullestNodeAndOnItTheFullestDeviceGetsTheNextPod() {
    // Nodes of 2 GPUs, 2 pods each; rows 0, 1 of the devices are node 0's.
    ClusterRun run =
        ClusterRun.of(
            cluster(NodePool.fixed("gpu", 3, 2)),
            StartUp.INSTANT,
            new DeviceSharing.TimeSliced(2, 0),
            6);
    assertThat(devices(run, 6)).containsExactly(0, 0, 1, 1, 2, 2);
    assertThat(run.cluster.allocatedUnits()).isEqualTo(6 * 420);
    run.cluster.crash(0);
    run.until(1);
    run.cluster.setDesired(5); // the youngest goes, from device 2
    run.cluster.setDesired(6);
    assertThat(devices(run, 6)).containsExactly(0, 0, 1, 1, 2, 2);
    run.cluster.setDesired(9);
    assertThat(devices(run, 9)).containsExactly(0, 0, 1, 1, 2, 2, 3, 3, 4);
  }

  @Test
  void fullnessIsAShareOfTheNode() {
    // Three of four beats three of eight, whichever came first.
    ClusterSpec spec =
        cluster(NodePool.fixed("eight", 1, 8), NodePool.fixed("four", 1, 4))
            .with(
                FaultSettings.NONE.withScript(
                    List.of(
                        new ScriptedFault(10, FaultKind.GPU, 1),
                        new ScriptedFault(20, FaultKind.GPU, 0))));
    // All twelve, then one GPU of "four" and one of "eight" fail and their pods wait.
    ClusterRun run = ClusterRun.of(spec, StartUp.INSTANT, 12);
    run.until(30);
    assertThat(run.cluster.unschedulable()).isEqualTo(2);
    run.cluster.setDesired(2); // oldest two stay: on "eight", which has the rows 0..7
    assertThat(run.cluster.current()).isEqualTo(2);
    run.cluster.setDesired(9);
    long onEight =
        java.util.stream.IntStream.range(0, run.cluster.mostPods())
            .filter(pod -> run.cluster.deviceOf(pod) >= 0 && run.cluster.deviceOf(pod) < 8)
            .count();
    assertThat(onEight).isEqualTo(7);
  }

  @Test
  void migSlicesThatDoNotFitTogetherDoNotShareADevice() {
    ClusterRun run =
        ClusterRun.of(
            cluster(NodePool.fixed("gpu", 1, 2)),
            StartUp.INSTANT,
            new DeviceSharing.Mig(3, 3 / 7.0),
            4);
    assertThat(devices(run, 4)).containsExactly(0, 0, 1, 1);
    assertThat(run.cluster.allocatedUnits()).isEqualTo(4 * 360);
    ClusterRun more =
        ClusterRun.of(
            cluster(NodePool.fixed("gpu", 1, 2)),
            StartUp.INSTANT,
            new DeviceSharing.Mig(3, 3 / 7.0),
            5);
    assertThat(more.cluster.unschedulable()).isEqualTo(1);
  }

  @Test
  void podsWithoutANodeGoFirstThenThoseNotReadyThenReadyOnesEachTheYoungest() {
    ClusterRun run =
        ClusterRun.of(cluster(NodePool.fixed("gpu", 1, 4)), StartUp.ofTotal(50, 0, 30), 2)
            .finishingAfter(1);
    run.until(10);
    run.cluster.crash(0); // pod 0 starts anew, and is the oldest
    run.cluster.setDesired(6); // 2, 3 starting; 4, 5 unschedulable
    run.news();
    run.cluster.setDesired(5);
    assertThat(run.news()).containsExactly("10 gone 5");
    run.cluster.setDesired(3);
    assertThat(run.news()).containsExactly("10 gone 4", "10 gone 3");
    run.cluster.setDesired(1);
    assertThat(run.news()).containsExactly("10 gone 2", "10 gone 0");
    run.cluster.setDesired(0);
    assertThat(run.news()).containsExactly("10 draining 1");
  }

  @Test
  void initialReplicasAreReadyOnNodesThatTheirPoolsWouldHaveGrownBy() {
    ClusterRun run = ClusterRun.of(cluster(growing("a", 2, 1, 3)), StartUp.ofTotal(50, 0, 30), 8);
    assertThat(run.cluster.ready()).isEqualTo(6);
    assertThat(run.cluster.unschedulable()).isEqualTo(2);
    assertThat(gpusBetween(run, 0, 1)).isEqualTo(6);
  }

  @Test
  void podsOfOneNodeThatComeTogetherWaitForTheSamePull() {
    NodePool bare =
        new NodePool("gpu", 3, 1, 1, Delay.NONE, Double.POSITIVE_INFINITY, false, false);
    StartUp pulls =
        new StartUp(
            Delay.constant(30),
            Delay.constant(2),
            Delay.constant(3),
            io.kiss.kisim.serving.ReadinessProbe.IMMEDIATE,
            30);
    ClusterRun run = ClusterRun.of(cluster(bare), pulls, 0);
    run.until(10);
    run.cluster.setDesired(2);
    run.until(25);
    run.cluster.setDesired(3);
    run.until(1000);
    assertThat(run.news().stream().filter(line -> line.contains("ready")))
        .containsExactly("45 ready 0", "45 ready 1", "45 ready 2");
  }

  @Test
  void callsThatCannotBeMeantAreRefusedWithAReason() {
    ClusterRun run = ClusterRun.of(ClusterSpec.AMPLE, EXCLUSIVE_START, EXCLUSIVE, 2);
    run.until(10);
    assertThatThrownBy(() -> run.cluster.setDesired(101)).hasMessageContaining("0..100, not 101");
    assertThatThrownBy(() -> run.cluster.setDesired(-1)).hasMessageContaining("0..100, not -1");
    assertThatThrownBy(() -> run.cluster.drained(0)).hasMessageContaining("pod 0 is not draining");
    assertThatThrownBy(() -> run.cluster.crash(2)).hasMessageContaining("ready pod 2 of 2");
    assertThatThrownBy(() -> run.cluster.pendingSinceNanos(0))
        .hasMessageContaining("pending pod 0 of 0");
    assertThatThrownBy(() -> run.cluster.advanceTo(0)).hasMessageContaining("cannot go back");
  }

  private static final StartUp EXCLUSIVE_START = StartUp.INSTANT;
}
