package io.kiss.kisim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.serving.ReadinessProbe;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.time.Delay;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Faults by script, worked by hand. */
class FaultTimelineTest {
  /** Pull 30 s, start 2 s, load 3 s. */
  private static final StartUp STAGES =
      new StartUp(
          Delay.constant(30), Delay.constant(2), Delay.constant(3), ReadinessProbe.IMMEDIATE, 30);

  private static ClusterSpec cluster(NodePool pool, FaultSettings settings, ScriptedFault... f) {
    return new ClusterSpec(
        List.of(pool), Delay.NONE, Delay.constant(1), settings.withScript(List.of(f)));
  }

  private static NodePool fixed(int nodes, int gpus) {
    return new NodePool(
        "gpu", gpus, nodes, nodes, Delay.constant(84), Double.POSITIVE_INFINITY, false, false);
  }

  private static FaultSettings repairs(double gpu, double node) {
    FaultSettings none = FaultSettings.NONE;
    return new FaultSettings(
        0, 0, 0, 0, List.of(), Delay.constant(gpu), Delay.constant(node), 40, 300, 120, 10);
  }

  @Test
  void aLostNodeIsNoticedAfterFortySecondsAndItsPodsReplacedAfterFiveMinutesMore() {
    ClusterSpec spec =
        cluster(fixed(2, 2), FaultSettings.NONE, new ScriptedFault(100, FaultKind.NODE, 0));
    ClusterRun run = ClusterRun.of(spec, STAGES, 3);
    run.news();
    run.until(100);
    assertThat(run.news()).containsExactly("100 unreachable 0", "100 unreachable 1");
    assertThat(run.cluster.ready()).isEqualTo(3);
    assertThat(run.cluster.unreachable()).isEqualTo(2);
    run.until(139.999999999);
    assertThat(run.news()).isEmpty();
    run.until(140);
    assertThat(run.news()).containsExactly("140 killed 0", "140 killed 1");
    assertThat(run.cluster.ready()).isEqualTo(1);
    assertThat(run.cluster.pending()).isEqualTo(2);
    assertThat(run.cluster.pendingSinceNanos(0)).isEqualTo(140_000_000_000L);
    run.until(439.999999999);
    assertThat(run.news()).isEmpty();
    // One free GPU is left, on a node that has the image; the other waits for the lost node,
    // which is back at 700 and has to pull.
    run.until(700);
    assertThat(run.news())
        .containsExactly(
            "440 gone 0", "440 gone 1", "440 created 0", "440 created 1", "446 ready 0");
    run.until(1000);
    assertThat(run.news()).containsExactly("735 ready 1");
  }

  @Test
  void aNodeBackBeforeAnyoneNoticedHasLostItsPodsAllTheSame() {
    ClusterSpec spec =
        cluster(fixed(1, 2), repairs(1800, 25), new ScriptedFault(100, FaultKind.NODE, 0));
    ClusterRun run = ClusterRun.of(spec, STAGES, 1);
    run.news();
    run.until(1000);
    assertThat(run.news())
        .containsExactly(
            "100 unreachable 0", "125 killed 0", "125 gone 0", "125 created 0", "161 ready 0");
  }

  @Test
  void podsThatDrainOrStartOnALostNodeAreLostWithIt() {
    ClusterSpec spec =
        cluster(fixed(1, 4), FaultSettings.NONE, new ScriptedFault(100, FaultKind.NODE, 0));
    ClusterRun run = ClusterRun.of(spec, STAGES, 3).finishingAfter(15);
    run.until(95);
    run.cluster.setDesired(2); // pod 2 drains until 110, were it not for the loss
    run.cluster.setDesired(3); // pod 3 would be ready at 101
    run.news();
    run.until(120);
    assertThat(run.news())
        .containsExactly("100 unreachable 0", "100 unreachable 1", "100 killed 2");
    run.cluster.setDesired(1); // pod 3 first, then unreachable 1; neither can confirm its end
    assertThat(run.news()).containsExactly("120 killed 1");
    assertThat(run.cluster.terminating()).isEqualTo(3);
    run.until(500);
    assertThat(run.news())
        .containsExactly(
            "140 killed 0",
            "440 gone 0",
            "440 gone 1",
            "440 gone 2",
            "440 gone 3",
            "440 created 0");
    assertThat(run.cluster.terminating()).isZero();
  }

  @Test
  void aFailedGpuTakesAllItsPodsAndIsOutOfUseUntilRepaired() {
    ClusterSpec spec =
        cluster(fixed(1, 2), repairs(500, 600), new ScriptedFault(100, FaultKind.GPU, 0));
    ClusterRun run = ClusterRun.of(spec, STAGES, new DeviceSharing.TimeSliced(2, 0), 4);
    run.news();
    run.until(599.999999999);
    assertThat(run.news())
        .containsExactly(
            "100 killed 0",
            "100 gone 0",
            "100 killed 1",
            "100 gone 1",
            "100 created 0",
            "100 created 1");
    assertThat(run.cluster.unschedulable()).isEqualTo(2);
    run.until(1000);
    assertThat(run.news()).containsExactly("605 ready 0", "605 ready 1");
    assertThat(run.cluster.deviceOf(0)).isZero();
  }

  @Test
  void aPreemptedNodesPodsDrainAtOnceAndAreCutOffByNoticeOrGrace() {
    NodePool spot =
        new NodePool("spot", 2, 2, 2, Delay.constant(84), Double.POSITIVE_INFINITY, true, false);
    FaultSettings shortNotice =
        new FaultSettings(
            0, 0, 0, 0, List.of(), Delay.constant(1), Delay.constant(1), 40, 300, 20, 10);
    ClusterSpec spec = cluster(spot, shortNotice, new ScriptedFault(100, FaultKind.PREEMPTION, 0));
    ClusterRun run = ClusterRun.of(spec, STAGES, 3).finishingAfter(ClusterRun.FOREVER);
    run.news();
    run.until(100);
    assertThat(run.news())
        .containsExactly("100 draining 0", "100 draining 1", "100 created 3", "100 created 4");
    run.until(1000);
    // One replacement fits beside pod 2 and its image; the other waits for the node that is
    // asked for when the old one has gone at 120, there at 204.
    assertThat(run.news())
        .containsExactly(
            "106 ready 3",
            "120 killed 0",
            "120 gone 0",
            "120 killed 1",
            "120 gone 1",
            "239 ready 4");

    ClusterSpec longNotice =
        cluster(spot, FaultSettings.NONE, new ScriptedFault(100, FaultKind.PREEMPTION, 0));
    run = ClusterRun.of(longNotice, STAGES, 3).finishingAfter(ClusterRun.FOREVER);
    run.until(1000);
    assertThat(run.news()).contains("130 killed 0", "130 gone 0", "339 ready 4");
  }

  @Test
  void onlySpotNodesArePreempted() {
    ClusterSpec spec =
        cluster(fixed(2, 2), FaultSettings.NONE, new ScriptedFault(100, FaultKind.PREEMPTION, 0));
    ClusterRun run = ClusterRun.of(spec, STAGES, 3);
    run.news();
    assertThat(run.until(1000).news()).isEmpty();
  }

  @Test
  void aContainerThatCrashesAgainAndAgainWaitsLongerEachTime() {
    ClusterRun run = ClusterRun.of(cluster(fixed(1, 1), FaultSettings.NONE), STAGES, 1);
    double now = 0;
    List<String> expected = new ArrayList<>();
    for (int wait : new int[] {0, 10, 20, 40, 80, 160, 300, 300}) {
      now += 50;
      run.until(now);
      run.news();
      run.cluster.crash(0);
      double ready = now + wait + 5;
      run.until(ready);
      expected.clear();
      expected.add((int) now + " killed 0");
      expected.add((int) ready + " ready 0");
      assertThat(run.news()).isEqualTo(expected);
      now = ready;
    }
    // Ten minutes from its start, five seconds ago, without a crash: all is forgotten.
    now += 595.000000001;
    run.until(now);
    run.cluster.crash(0);
    run.news();
    run.until(now + 5);
    assertThat(run.news()).hasSize(1);
  }

  @Test
  void aScriptMayBeInAnyOrderAndWhatItCannotHitIsLeftOut() {
    ClusterSpec spec =
        cluster(
            fixed(1, 2),
            repairs(10, 600),
            new ScriptedFault(200, FaultKind.CRASH, 3),
            new ScriptedFault(100, FaultKind.CRASH, 1));
    ClusterRun run = ClusterRun.of(spec, STAGES, 2);
    run.news();
    run.until(300);
    assertThat(run.news())
        .containsExactly("100 killed 1", "105 ready 1", "200 killed 1", "215 ready 1");
    ClusterRun none = ClusterRun.of(spec, STAGES, 0);
    assertThat(none.until(300).news()).isEmpty();
  }
}
