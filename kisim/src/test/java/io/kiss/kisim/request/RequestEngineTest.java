package io.kiss.kisim.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.gpu.DeviceKind;
import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.gpu.DeviceType;
import io.kiss.kisim.serving.BatchCurve;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.serving.TimeoutAction;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Small time lines worked out by hand; a batch of b takes 10 + b ms on the GPU. */
class RequestEngineTest {
  private static final BatchCurve LINE = BatchCurve.line(0.010, 0.001);

  private final List<String> seen = new ArrayList<>();

  private RequestEngine engine(ServiceModel model, int replicas, double... millis) {
    RequestEngine engine =
        new RequestEngine(model, Routing.ROUND_ROBIN, new ListedLoad(millis), replicas, 1);
    engine.observe(
        (pod, arrived, started, left, outcome) ->
            seen.add(
                "%s %d-%s-%d"
                    .formatted(
                        outcome, ms(arrived), started < 0 ? "" : "" + ms(started), ms(left))));
    return engine;
  }

  private static long ms(long nanos) {
    return Math.round(nanos / 1e6);
  }

  private static void run(RequestEngine engine, double seconds) {
    engine.advanceTo(Services.seconds(seconds));
  }

  private static ServiceModel batching(DynamicBatching batching) {
    return Services.model(LINE, ServiceNoise.NONE, batching);
  }

  @Test
  void whatWaitsWhileABatchRunsMakesTheNextBatch() {
    RequestEngine engine = engine(batching(DynamicBatching.greedy(4, 1)), 1, 0, 1, 2, 3);
    run(engine, 1);
    assertThat(seen)
        .containsExactly("SERVED 0-0-11", "SERVED 1-11-24", "SERVED 2-11-24", "SERVED 3-11-24");
  }

  @Test
  void aBatchIsHeldBackUntilItIsFullOrItsOldestRequestHasWaitedTheDelay() {
    DynamicBatching batching =
        new DynamicBatching(3, new int[0], 0.005, 1, 0, 0, TimeoutAction.REJECT);
    RequestEngine engine = engine(batching(batching), 1, 0, 1, 2, 100, 103);
    run(engine, 1);
    assertThat(seen)
        .containsExactly(
            "SERVED 0-2-15",
            "SERVED 1-2-15",
            "SERVED 2-2-15",
            "SERVED 100-105-117",
            "SERVED 103-105-117");
  }

  @Test
  void aFullQueueRefusesAndATimedOutRequestIsRefusedAtItsTimeout() {
    DynamicBatching batching =
        new DynamicBatching(1, new int[0], 0, 1, 2, 0.015, TimeoutAction.REJECT);
    RequestEngine engine = engine(batching(batching), 1, 0, 1, 2, 3);
    run(engine, 1);
    assertThat(seen)
        .containsExactly("REJECTED 3--3", "SERVED 0-0-11", "TIMED_OUT 2--17", "SERVED 1-11-22");
  }

  @Test
  void aDelayedRequestIsServedAfterThoseThatHaveNotTimedOut() {
    DynamicBatching batching =
        new DynamicBatching(1, new int[0], 0, 1, 0, 0.015, TimeoutAction.DELAY);
    RequestEngine engine = engine(batching(batching), 1, 0, 1, 2, 10);
    run(engine, 1);
    assertThat(seen)
        .containsExactly("SERVED 0-0-11", "SERVED 1-11-22", "SERVED 10-22-33", "SERVED 2-33-44");
  }

  @Test
  void aGpuWorksOnTheBatchesOfOnePodInOrder() {
    RequestEngine engine = engine(batching(DynamicBatching.greedy(1, 2)), 1, 0, 1);
    run(engine, 1);
    assertThat(seen).containsExactly("SERVED 0-0-11", "SERVED 1-1-22");
    assertThat(engine.fleet().busyDeviceSeconds(engine.nowNanos())).isCloseTo(0.022, within(1e-9));
  }

  @Test
  void aCpuSharesItsCoresEqually() {
    ServiceModel model =
        new ServiceModel(
            "cpu",
            new DeviceType("cpu", DeviceKind.CPU, 8, 10, 50, 0.1, 1, "test"),
            new DeviceSharing.Exclusive(),
            LINE,
            ServiceNoise.NONE,
            DynamicBatching.greedy(1, 2),
            1,
            StartUp.INSTANT);
    // Both get half the speed from 1 ms on: the first has 10 ms left, so it ends at 21, the second
    // has 1 ms left then and the CPU for itself.
    RequestEngine engine = engine(model, 1, 0, 1);
    run(engine, 1);
    assertThat(seen).containsExactly("SERVED 0-0-21", "SERVED 1-1-22");
  }

  @Test
  void timeSlicedPodsSlowEachOtherDownAndPayForSwitching() {
    ServiceModel model =
        Services.model(
            LINE,
            ServiceNoise.NONE,
            DynamicBatching.greedy(1, 1),
            new DeviceSharing.TimeSliced(2, 0.5),
            StartUp.INSTANT);
    // Alone until 1 ms; then a quarter of the speed each. The first needs 10 ms more: 41 ms. The
    // second has 1 ms left then, at full speed: 42 ms.
    RequestEngine engine = engine(model, 2, 0, 1);
    run(engine, 1);
    assertThat(seen).containsExactly("SERVED 0-0-41", "SERVED 1-1-42");
    assertThat(engine.allocatedDeviceSeconds()).isCloseTo(1, within(1e-9));
  }

  @Test
  void aMigSliceIsSlowerAndDisturbedByNobody() {
    ServiceModel model =
        Services.model(
            LINE,
            ServiceNoise.NONE,
            DynamicBatching.greedy(1, 1),
            new DeviceSharing.Mig(2, 0.25),
            StartUp.INSTANT);
    RequestEngine engine = engine(model, 2, 0, 1);
    run(engine, 7);
    assertThat(seen).containsExactly("SERVED 0-0-44", "SERVED 1-1-45");
    assertThat(engine.allocatedDeviceSeconds()).isCloseTo(4, within(1e-9));
  }

  @Test
  void aPodServesAfterItsStartUpTimeAndDrainsWithinItsGracePeriod() {
    ServiceModel model =
        Services.model(
            LINE,
            ServiceNoise.NONE,
            DynamicBatching.greedy(1, 1),
            new DeviceSharing.Exclusive(),
            StartUp.ofTotal(0.1, 0, 0.015));
    RequestEngine engine = engine(model, 0, 50, 150, 151, 152, 200);
    engine.setReplicas(1);
    run(engine, 0.155);
    assertThat(engine.fleet().readyCount()).isEqualTo(1);
    engine.setReplicas(0);
    assertThat(engine.fleet().readyCount()).isZero();
    assertThat(engine.cluster().terminating()).isEqualTo(1);
    run(engine, 1);
    // No endpoint at 50 and at 200; the grace period ends at 170, in the middle of the second.
    assertThat(seen)
        .containsExactly(
            "REJECTED 50--50",
            "SERVED 150-150-161",
            "LOST 151-161-170",
            "LOST 152--170",
            "REJECTED 200--200");
    assertThat(engine.allocatedDeviceSeconds()).isCloseTo(0.170, within(1e-9));
  }

  @Test
  void scalingDownEndsPendingPodsFirst() {
    ServiceModel model =
        Services.model(
            LINE,
            ServiceNoise.NONE,
            DynamicBatching.greedy(1, 1),
            new DeviceSharing.Exclusive(),
            StartUp.ofTotal(10, 0, 1));
    RequestEngine engine = engine(model, 2);
    run(engine, 1);
    engine.setReplicas(4);
    assertThat(engine.cluster().pending()).isEqualTo(2);
    engine.setReplicas(2);
    assertThat(engine.cluster().pending()).isZero();
    assertThat(engine.fleet().readyCount()).isEqualTo(2);
  }

  @Test
  void leastOutstandingAvoidsTheBusyPod() {
    RequestEngine engine =
        new RequestEngine(
            batching(DynamicBatching.greedy(1, 1)),
            Routing.LEAST_OUTSTANDING,
            new ListedLoad(0, 1, 12, 13),
            2,
            1);
    engine.observe(
        (pod, arrived, started, left, outcome) -> seen.add(ms(started) + "-" + ms(left)));
    run(engine, 1);
    assertThat(seen).containsExactly("0-11", "1-12", "12-23", "13-24");
  }

  @Test
  void oneStreamOfSmallBatchesShowsAFullyUsedGpuAndItsPowerAndPrice() {
    double[] everyEleven = new double[1000];
    for (int i = 0; i < everyEleven.length; i++) {
      everyEleven[i] = 11 * i;
    }
    RequestEngine engine = engine(batching(DynamicBatching.greedy(16, 1)), 1, everyEleven);
    run(engine, 11);
    double busy = engine.fleet().busyDeviceSeconds(engine.nowNanos());
    assertThat(busy / engine.fleet().servingDeviceSeconds(engine.nowNanos()))
        .isCloseTo(1, within(1e-6));
    DeviceType gpu = Services.GPU;
    assertThat(gpu.joules(11, busy)).isCloseTo(11 * 300, within(0.1));
    assertThat(gpu.joules(100, 10)).isCloseTo(100 * 50 + 10 * 250, within(1e-9));
    assertThat(gpu.cost(1000)).isCloseTo(1.0, within(1e-12));
  }
}
