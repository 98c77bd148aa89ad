package io.kiss.kisim.fluid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.cluster.FaultKind;
import io.kiss.kisim.cluster.FaultSettings;
import io.kiss.kisim.cluster.ScriptedFault;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.serving.TimeoutAction;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.traffic.OpenTraffic;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pods of one server that answers one request a second. */
class FluidQueueTest {
  private static final ServiceModel POD =
      ServiceModel.ofServers("q", 1, 1, ServiceNoise.lognormal(0.1), StartUp.ofTotal(20, 0, 30));

  private static float[] constant(double rate, int seconds) {
    float[] rates = new float[seconds];
    Arrays.fill(rates, (float) rate);
    return rates;
  }

  private static DynamicBatching bounded(int limit, double timeout, TimeoutAction action) {
    return new DynamicBatching(1, new int[0], 0, 1, limit, timeout, action);
  }

  private static FluidEngine engine(
      ServiceModel pod, Routing routing, float[] rates, int pods, ScriptedFault... faults) {
    ClusterSpec cluster = ClusterSpec.AMPLE.with(FaultSettings.NONE.withScript(List.of(faults)));
    FluidEngine engine = new FluidEngine();
    engine.reset(
        new Scenario(
            "queue",
            pod,
            routing,
            OpenTraffic.poisson(rates),
            rates.length,
            cluster,
            5,
            pods,
            20,
            TelemetrySettings.DEFAULT),
        1);
    return engine;
  }

  private static void assertNothingIsMadeOrForgotten(FluidEngine engine, double before) {
    Truth truth = engine.truth();
    assertThat(truth.departed() + truth.present())
        .isCloseTo(before + truth.requests(), within(1e-6 * truth.requests()));
  }

  @Test
  void aTimeoutCutsTheLineAndThoseWhoAreServedWaitedForLess() {
    FluidEngine engine =
        engine(
            POD.with(bounded(0, 15, TimeoutAction.REJECT)),
            Routing.ROUND_ROBIN,
            constant(4, 600),
            2);
    double before = engine.truth().present();
    engine.advance(600);
    Truth truth = engine.truth();
    // Two of four a second are served, the others leave after 15 s.
    assertThat(truth.served()).isCloseTo(1200, within(30.0));
    assertThat(truth.timedOut()).isCloseTo(1200 - 2 * 15, within(60.0));
    assertThat(truth.latencyQuantile(0.99)).isBetween(14.0, 18.5);
    assertNothingIsMadeOrForgotten(engine, before);
  }

  @Test
  void thoseWhoArePutOffAreServedWhenThereIsRoom() {
    float[] rates = constant(0.2, 900);
    Arrays.fill(rates, 100, 300, 4);
    FluidEngine engine =
        engine(POD.with(bounded(0, 15, TimeoutAction.DELAY)), Routing.ROUND_ROBIN, rates, 2);
    double before = engine.truth().present();
    engine.advance(300);
    // 800 came, 400 were served.
    assertThat(engine.truth().present()).isCloseTo(400, within(25.0));
    engine.advance(600);
    // 1.8 a second are free: 223 s.
    assertThat(engine.truth().present()).isLessThan(5);
    assertThat(engine.truth().timedOut()).isZero();
    assertThat(engine.truth().latencyQuantile(0.99)).isGreaterThan(100);
    assertNothingIsMadeOrForgotten(engine, before);
  }

  @Test
  void aFullQueueTurnsAway() {
    FluidEngine engine =
        engine(
            POD.with(bounded(10, 0, TimeoutAction.REJECT)),
            Routing.LEAST_OUTSTANDING,
            constant(6, 600),
            3);
    double before = engine.truth().present();
    engine.advance(600);
    Truth truth = engine.truth();
    assertThat(truth.rejected()).isCloseTo(3 * 600, within(60.0));
    assertThat(truth.present()).isLessThanOrEqualTo(33 + 1e-9);
    // Eleven are in a pod: 10 s until one's turn, 1 s of service.
    assertThat(truth.latencyQuantile(0.5)).isBetween(9.0, 12.0);
    assertNothingIsMadeOrForgotten(engine, before);
  }

  @Test
  void newPodsHelpNewRequestsAndTheOldPodsKeepTheirLine() {
    // One pod under 3/s for 100 s: a line of 200. Then four pods under 1/s.
    float[] rates = constant(1, 400);
    Arrays.fill(rates, 0, 80, 3.5f);
    FluidEngine fair = engine(POD, Routing.LEAST_OUTSTANDING, rates, 1);
    FluidEngine turns = engine(POD, Routing.ROUND_ROBIN, rates, 1);
    for (FluidEngine engine : new FluidEngine[] {fair, turns}) {
      engine.advance(60);
      engine.setDesiredReplicas(4);
      engine.advance(20);
    }
    double line = fair.truth().present();
    assertThat(line).isCloseTo(2.5 * 80, within(15.0));
    for (FluidEngine engine : new FluidEngine[] {fair, turns}) {
      engine.truth().startWindow();
      engine.advance(100);
    }
    // The old pod serves its line at 1/s; where it still gets its turn, at 0.75/s.
    assertThat(fair.truth().present()).isCloseTo(line - 100, within(8.0));
    assertThat(turns.truth().present()).isCloseTo(line - 75, within(8.0));
    // Half of the answers are new requests', which find empty pods.
    assertThat(fair.truth().windowLatencyQuantile(0.4)).isLessThan(2);
    assertThat(fair.truth().windowLatencyQuantile(0.75)).isGreaterThan(50);
  }

  @Test
  void aCrashLosesWhatItsPodHeldAndNoMore() {
    FluidEngine engine =
        engine(
            POD,
            Routing.ROUND_ROBIN,
            constant(6, 200),
            4,
            new ScriptedFault(100, FaultKind.CRASH, 2));
    double before = engine.truth().present();
    engine.advance(99);
    double held = engine.truth().present();
    engine.advance(3);
    assertThat(engine.truth().lost()).isCloseTo(held / 4, within(0.02 * held));
    engine.advance(98);
    assertThat(engine.truth().lost()).isCloseTo(held / 4, within(0.02 * held));
    assertNothingIsMadeOrForgotten(engine, before);
  }

  @Test
  void aLostNodeSwallowsItsTurnsUntilKubernetesNotices() {
    // Eight pods on the only node in use, of eight; two more on the next.
    FluidEngine engine =
        engine(
            POD,
            Routing.ROUND_ROBIN,
            constant(2, 300),
            10,
            new ScriptedFault(100, FaultKind.NODE, 1));
    double before = engine.truth().present();
    engine.advance(139);
    assertThat(engine.truth().lost()).isZero();
    engine.advance(4);
    // Two of ten turns for 40 s, and what the pods held.
    assertThat(engine.truth().lost()).isCloseTo(0.2 * 2 * 40 + 0.4, within(1.0));
    engine.advance(157);
    assertNothingIsMadeOrForgotten(engine, before);
    FluidEngine fair =
        engine(
            POD,
            Routing.LEAST_OUTSTANDING,
            constant(2, 300),
            10,
            new ScriptedFault(100, FaultKind.NODE, 1));
    fair.advance(143);
    assertThat(fair.truth().lost()).isLessThan(2);
  }

  @Test
  void whatArrivesWhileEveryPodIsSilentIsCountedAndThenLost() {
    for (Routing routing : Routing.values()) {
      FluidEngine engine =
          engine(POD, routing, constant(2, 200), 3, new ScriptedFault(50, FaultKind.NODE, 0));
      double before = engine.truth().present();
      engine.advance(89);
      assertThat(engine.truth().requests()).as("%s", routing).isCloseTo(2 * 89, within(1e-6));
      engine.advance(4);
      // Two a second for 40 s, and what the pods held.
      assertThat(engine.truth().lost()).as("%s", routing).isCloseTo(2 * 40 + 3, within(4.0));
      assertNothingIsMadeOrForgotten(engine, before);
    }
  }

  @Test
  void withoutAPodRequestsAreTurnedAway() {
    FluidEngine engine =
        engine(POD, Routing.RANDOM, constant(0.5, 200), 1, new ScriptedFault(50, FaultKind.GPU, 0));
    engine.advance(50);
    double served = engine.truth().served();
    engine.advance(19);
    assertThat(engine.truth().rejected()).isCloseTo(0.5 * 19, within(1.0));
    assertThat(engine.truth().served()).isCloseTo(served, within(1.0));
    engine.advance(131);
    assertThat(engine.truth().rejected()).isCloseTo(0.5 * 20, within(1.0));
  }
}
