package io.kiss.kisim.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.cluster.FaultKind;
import io.kiss.kisim.cluster.FaultSettings;
import io.kiss.kisim.cluster.KubernetesCluster;
import io.kiss.kisim.cluster.NodePool;
import io.kiss.kisim.cluster.ScriptedFault;
import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.serving.BatchCurve;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.time.Delay;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What becomes of each request when its pod leaves or dies, worked out by hand. Lines read: pod,
 * outcome, arrived-started-left in milliseconds. Round robin begins with the second pod.
 */
class ClusterTimelinesTest {
  private final List<String> seen = new ArrayList<>();

  private static ServiceModel service(double batchSeconds, int maxBatch, StartUp startUp) {
    return Services.model(
        BatchCurve.line(batchSeconds, 0),
        ServiceNoise.NONE,
        DynamicBatching.greedy(maxBatch, 1),
        new DeviceSharing.Exclusive(),
        startUp);
  }

  private static FaultSettings faults(
      double notReadySeconds, double evictSeconds, ScriptedFault... script) {
    return new FaultSettings(
        0,
        0,
        0,
        0,
        List.of(script),
        Delay.constant(1000),
        Delay.constant(1000),
        notReadySeconds,
        evictSeconds,
        1,
        10);
  }

  private RequestEngine engine(
      ServiceModel model, int nodes, FaultSettings faults, int replicas, double... millis) {
    ClusterSpec spec =
        new ClusterSpec(List.of(NodePool.fixed("pool", nodes, 1)), Delay.NONE, Delay.NONE, faults);
    RequestEngine engine =
        new RequestEngine(
            new KubernetesCluster(),
            spec,
            model,
            Routing.ROUND_ROBIN,
            new ListedLoad(millis),
            replicas,
            8,
            1,
            0,
            null);
    engine.observe(
        (pod, arrived, started, left, outcome) ->
            seen.add(
                "%s%s %d-%s-%d"
                    .formatted(
                        pod < 0 ? "" : pod + " ",
                        outcome,
                        ms(arrived),
                        started == RequestObserver.NEVER_STARTED ? "" : "" + ms(started),
                        ms(left))));
    return engine;
  }

  private static long ms(long nanos) {
    return Math.round(nanos / 1e6);
  }

  @Test
  void aLostNodeTakesEverySecondRequestUntilItIsNoticed() {
    // The first pod's node is lost at 1000 ms, noticed at 1500: 5 of 10 requests go there until
    // then, of which the one of 996 is being worked on at that moment.
    RequestEngine engine =
        engine(
            service(0.011, 1, StartUp.INSTANT),
            2,
            faults(0.5, 100, new ScriptedFault(1, FaultKind.NODE, 0)),
            2,
            900,
            901,
            995,
            996,
            1100,
            1200,
            1300,
            1400,
            1450,
            1499,
            1501,
            1502);
    engine.advanceTo(Services.seconds(1.4995));
    assertThat(engine.counts().inFlight()).isEqualTo(4);
    assertThat(engine.fleet().readyCount()).isEqualTo(2);
    engine.advanceTo(Services.seconds(2));
    assertThat(engine.fleet().readyCount()).isEqualTo(1);

    assertThat(seen)
        .containsExactly(
            "1 SERVED 900-900-911",
            "0 SERVED 901-901-912",
            "1 SERVED 995-995-1006",
            "1 SERVED 1100-1100-1111",
            "1 SERVED 1300-1300-1311",
            "1 SERVED 1450-1450-1461",
            "0 LOST 996-996-1500",
            "0 LOST 1200--1500",
            "0 LOST 1400--1500",
            "0 LOST 1499--1500",
            "1 SERVED 1501-1501-1512",
            "1 SERVED 1502-1512-1523");
    // The lost pod worked for 11 + 4 ms, the other for 7 x 11.
    assertThat(engine.fleet().busyDeviceSeconds(engine.nowNanos())).isCloseTo(0.092, within(1e-9));
  }

  @Test
  void whatADrainingPodHasNotAnsweredWhenItsGracePeriodEndsIsLost() {
    // A second a request. The younger pod has five when it is asked to end at 0.5 s, and until 2.9.
    double[] atOnce = new double[10];
    RequestEngine engine =
        engine(service(1, 1, StartUp.ofTotal(0, 0, 2.4)), 2, FaultSettings.NONE, 2, atOnce);
    engine.advanceTo(Services.seconds(0.5));
    engine.setReplicas(1);
    assertThat(engine.fleet().readyCount()).isEqualTo(1);
    engine.advanceTo(Services.seconds(6));

    assertThat(seen)
        .containsExactly(
            "0 SERVED 0-0-1000",
            "1 SERVED 0-0-1000",
            "0 SERVED 0-1000-2000",
            "1 SERVED 0-1000-2000",
            "1 LOST 0-2000-2900",
            "1 LOST 0--2900",
            "1 LOST 0--2900",
            "0 SERVED 0-2000-3000",
            "0 SERVED 0-3000-4000",
            "0 SERVED 0-4000-5000");
    assertThat(engine.allocatedDeviceSeconds()).isCloseTo(6 + 2.9, within(1e-9));
  }

  @Test
  void aDrainingPodThatIsDoneGoesBeforeItsGracePeriodEnds() {
    RequestEngine engine =
        engine(service(1, 1, StartUp.ofTotal(0, 0, 30)), 2, FaultSettings.NONE, 2, 0, 0, 0);
    engine.advanceTo(Services.seconds(0.5));
    engine.setReplicas(1);
    engine.advanceTo(Services.seconds(6));

    assertThat(seen)
        .containsExactly("0 SERVED 0-0-1000", "1 SERVED 0-0-1000", "1 SERVED 0-1000-2000");
    assertThat(engine.allocatedDeviceSeconds()).isCloseTo(6 + 2, within(1e-9));
  }

  @Test
  void aCrashTakesTheRunningBatchAndTheQueueAndTheContainerStartsAgain() {
    RequestEngine engine =
        engine(
            service(0.01, 4, StartUp.ofTotal(0.1, 0, 30)),
            1,
            faults(40, 300, new ScriptedFault(0.015, FaultKind.CRASH, 0)),
            1,
            0,
            1,
            2,
            3,
            12,
            13,
            50,
            116);
    engine.advanceTo(Services.seconds(1));

    // The batch of three began at 10 ms; two wait when the container ends at 15, back at 115.
    assertThat(seen)
        .containsExactly(
            "0 SERVED 0-0-10",
            "0 LOST 1-10-15",
            "0 LOST 2-10-15",
            "0 LOST 3-10-15",
            "0 LOST 12--15",
            "0 LOST 13--15",
            "REJECTED 50--50",
            "0 SERVED 116-116-126");
    assertThat(engine.allocatedDeviceSeconds()).isCloseTo(1, within(1e-9));
    assertThat(engine.fleet().busyDeviceSeconds(engine.nowNanos())).isCloseTo(0.025, within(1e-9));
  }
}
