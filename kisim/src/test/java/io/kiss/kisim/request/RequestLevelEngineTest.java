package io.kiss.kisim.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.cluster.FaultKind;
import io.kiss.kisim.cluster.FaultSettings;
import io.kiss.kisim.cluster.ScriptedFault;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.telemetry.HistogramBounds;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import io.kiss.kisim.telemetry.TelemetrySample;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.time.Delay;
import io.kiss.kisim.traffic.ClosedTraffic;
import io.kiss.kisim.traffic.OpenTraffic;
import io.kiss.kisim.traffic.Traffic;
import io.kiss.kisim.traffic.pattern.ClientSettings;
import io.kiss.kisim.traffic.pattern.LoadPatterns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The engine contract at request level; pods are M/M/1 queues that serve 10 requests a second. */
class RequestLevelEngineTest {
  private static final int SECONDS = 1200;

  private static Scenario scenario(Traffic traffic, int replicas, ClusterSpec cluster) {
    ServiceModel service =
        Services.station(1, 0.1, ServiceNoise.EXPONENTIAL, 0).with(StartUp.ofTotal(30, 0, 5));
    return new Scenario(
        "mm1",
        service,
        Routing.RANDOM,
        traffic,
        SECONDS,
        cluster,
        0.3,
        replicas,
        20,
        TelemetrySettings.DEFAULT.withBounds(HistogramBounds.ENVOY.with(0.3)));
  }

  private static Traffic poisson(double rate) {
    float[] rates = new float[SECONDS];
    Arrays.fill(rates, (float) rate);
    return OpenTraffic.poisson(rates);
  }

  private static RequestLevelEngine engine(Scenario scenario, long seed) {
    RequestLevelEngine engine = new RequestLevelEngine();
    engine.reset(scenario, seed);
    return engine;
  }

  private static double[] figures(Truth truth) {
    return new double[] {
      truth.requests(),
      truth.served(),
      truth.violating(),
      truth.rejected(),
      truth.timedOut(),
      truth.lost(),
      truth.present(),
      truth.waitingSeconds(),
      truth.gpuSeconds(),
      truth.busyGpuSeconds(),
      truth.nodeGpuSeconds(),
      truth.neededGpuSeconds(),
      truth.cost(),
      truth.joules(),
      truth.scalingActions(),
      truth.flaps(),
      truth.latencyQuantile(0.5),
      truth.latencyQuantile(0.99),
      truth.windowLatencyQuantile(0.95)
    };
  }

  @Test
  void aSteadyQueueHasItsClosedFormFromTheFirstSecondOn() {
    // Random routing splits Poisson arrivals: 20 queues M/M/1 at load 0.6, sojourn Exp(4/s).
    Truth truth = null;
    double[] sums = new double[4];
    int runs = 10;
    for (int seed = 1; seed <= runs; seed++) {
      RequestLevelEngine engine = engine(scenario(poisson(120), 20, ClusterSpec.AMPLE), seed);
      truth = engine.truth();
      sums[0] += truth.present();
      engine.advance(SECONDS);
      sums[1] += truth.latencyQuantile(0.95);
      sums[2] += truth.sloAttainment();
      sums[3] += truth.waitingSeconds() / truth.served();
    }
    assertThat(sums[0] / runs).isCloseTo(20 * 0.6 / 0.4, within(8.0));
    assertThat(sums[1] / runs).isCloseTo(-Math.log(0.05) / 4, within(0.02));
    assertThat(sums[2] / runs).isCloseTo(1 - Math.exp(-4 * 0.3), within(0.01));
    assertThat(sums[3] / runs).isCloseTo(0.6 / 4, within(0.005));
    assertThat(truth.busyGpuSeconds()).isZero(); // Services.station works on the host
  }

  @Test
  void totalsBeginAtSecond0AndAddUpWithWhatWasThereThen() {
    Scenario scenario =
        scenario(
            poisson(70),
            8,
            ClusterSpec.AMPLE.with(
                FaultSettings.NONE.withScript(
                    List.of(
                        new ScriptedFault(100, FaultKind.CRASH, 2),
                        new ScriptedFault(300, FaultKind.NODE, 0)))));
    RequestLevelEngine engine = engine(scenario, 5);
    Truth truth = engine.truth();
    double before = truth.present();
    assertThat(engine.timeSeconds()).isZero();
    assertThat(before).isPositive();
    assertThat(truth.requests() + truth.departed() + truth.gpuSeconds() + truth.cost()).isZero();
    assertThat(truth.latencyQuantile(0.5)).isNaN();

    while (engine.timeSeconds() < SECONDS) {
      engine.setDesiredReplicas(3 + engine.timeSeconds() % 9);
      engine.advance(7);
      assertThat(truth.departed() + truth.present()).isEqualTo(truth.requests() + before);
    }
    assertThat(engine.timeSeconds()).isEqualTo(SECONDS);
    assertThat(truth.lost()).isPositive();
    assertThat(truth.violating()).isGreaterThan(truth.lost() + truth.rejected());
    assertThat(truth.requests()).isCloseTo(70 * SECONDS, within(5 * Math.sqrt(70 * SECONDS)));
    assertThat(truth.neededGpuSeconds()).isEqualTo(truth.requests() / 10);
  }

  @Test
  void gpuSecondsAndPriceFollowThePodsAndEveryNodeIsPaid() {
    RequestLevelEngine engine = engine(scenario(poisson(1), 2, ClusterSpec.AMPLE), 1);
    engine.advance(100);
    engine.setDesiredReplicas(5);
    engine.advance(100);
    Truth truth = engine.truth();
    assertThat(truth.gpuSeconds()).isCloseTo(100 * 2 + 100 * 5, within(1e-6));
    assertThat(truth.cost()).isCloseTo(700 * Services.GPU.cost(1), within(1e-9));
    assertThat(truth.joules()).isCloseTo(Services.GPU.joules(700, 0), within(1e-3));
    assertThat(truth.nodeGpuSeconds()).isCloseTo(128 * 8 * 200, within(1e-3));
  }

  @Test
  void desiredReplicasAreClampedAndChangesAndFlapsCounted() {
    RequestLevelEngine engine = engine(scenario(poisson(1), 2, ClusterSpec.AMPLE), 1);
    TelemetryBuffer telemetry = new TelemetryBuffer(20);
    engine.setDesiredReplicas(99);
    engine.setDesiredReplicas(99);
    engine.advance(10);
    engine.readTelemetry(telemetry);
    assertThat(telemetry.desiredReplicas).isEqualTo(20);
    assertThat(telemetry.readyReplicas).isEqualTo(2);
    assertThat(telemetry.pendingReplicas).isEqualTo(18);
    assertThat(telemetry.pendingAgeSeconds(17)).isEqualTo(10);
    engine.advance(20);
    engine.readTelemetry(telemetry);
    assertThat(telemetry.readyReplicas).isEqualTo(20);
    engine.setDesiredReplicas(0);
    engine.advance(600);
    engine.setDesiredReplicas(3);
    engine.readTelemetry(telemetry);
    assertThat(telemetry.desiredReplicas).isEqualTo(3);
    assertThat(engine.truth().scalingActions()).isEqualTo(3);
    assertThat(engine.truth().flaps()).isEqualTo(1);
  }

  @Test
  void telemetryIsFullAtSecond0AndShowsWhatHappens() {
    RequestLevelEngine engine = engine(scenario(poisson(120), 20, ClusterSpec.AMPLE), 3);
    TelemetryBuffer telemetry = new TelemetryBuffer(20);
    engine.readTelemetry(telemetry);
    assertThat(telemetry.arrivalRate).isCloseTo(120, within(10.0));
    assertThat(telemetry.completionRate).isCloseTo(120, within(10.0));
    assertThat(telemetry.sampleAgeSeconds).isBetween(0.0, 16.0);

    double[] sums = new double[5];
    int reads = 100;
    for (int i = 0; i < reads; i++) {
      engine.advance(12);
      engine.readTelemetry(telemetry);
      sums[0] += telemetry.arrivalRate / reads;
      sums[1] += telemetry.queuedRequests / reads;
      sums[2] += telemetry.runningRequests / reads;
      sums[3] += telemetry.violatingShare / reads;
      sums[4] += telemetry.p95LatencySeconds / reads;
    }
    Truth truth = engine.truth();
    assertThat(sums[0]).isCloseTo(truth.requests() / SECONDS, within(0.6));
    assertThat(sums[1]).isCloseTo(20 * 0.6 * 0.6 / 0.4, within(1.5));
    assertThat(sums[2]).isCloseTo(20 * 0.6, within(0.5));
    assertThat(sums[3]).isCloseTo(1 - truth.sloAttainment(), within(0.005));
    // histogram_quantile is linear from 0.5 to 1 s, where e^-2 and e^-4 of the latencies are above.
    double straight = 0.5 + 0.5 * (Math.exp(-2) - 0.05) / (Math.exp(-2) - Math.exp(-4));
    assertThat(sums[4]).isCloseTo(straight, within(0.02));
  }

  @Test
  void aCrashedPodsCountersBeginAgainAndRatesDoNotFallBelowZero() {
    Scenario scenario =
        scenario(
            poisson(20),
            4,
            ClusterSpec.AMPLE.with(
                FaultSettings.NONE.withScript(
                    List.of(new ScriptedFault(100, FaultKind.CRASH, 1)))));
    RequestLevelEngine engine = engine(scenario, 3);
    TelemetryBuffer telemetry = new TelemetryBuffer(20);
    double least = Double.MAX_VALUE;
    for (int second = 0; second < 300; second += 5) {
      engine.advance(5);
      engine.readTelemetry(telemetry);
      least = Math.min(least, telemetry.arrivalRate);
    }
    assertThat(least).isBetween(10.0, 20.0);
    assertThat(telemetry.arrivalRate).isCloseTo(20, within(6.0));
  }

  @Test
  void usersOfAClosedLoopAreThereBeforeSecond0() {
    Traffic users =
        new ClosedTraffic(
            seed -> LoadPatterns.constant(40),
            SECONDS,
            Delay.exponential(3),
            Delay.NONE,
            ClientSettings.UNLIMITED);
    double present = 0;
    double rate = 0;
    int runs = 10;
    for (int seed = 1; seed <= runs; seed++) {
      RequestLevelEngine engine = engine(scenario(users, 20, ClusterSpec.AMPLE), seed);
      present += engine.truth().present() / runs;
      engine.advance(30);
      rate += engine.truth().requests() / 30 / runs;
    }
    // Hardly a wait: 40 users / (3 s + some 0.1 s); in the system for 0.1 s of that.
    assertThat(rate).isBetween(12.0, 13.4);
    assertThat(present).isBetween(0.9, 2.6);
  }

  @Test
  void theSameSeedGivesTheSameBitsAfterAResetAndInOtherSteps() {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    ClusterSpec cluster = ClusterSpec.AMPLE.with(FaultSettings.NONE.withRates(20, 10, 200, 0));
    Scenario scenario = scenario(poisson(50), 8, cluster);
    RequestLevelEngine engine = engine(scenario, seed);
    List<TelemetrySample> first = run(engine, 10);
    double[] truth = figures(engine.truth());

    engine.reset(scenario(poisson(9), 1, ClusterSpec.AMPLE), seed + 1);
    run(engine, 30);
    assertThat(figures(engine.truth())).isNotEqualTo(truth);
    engine.reset(scenario, seed);
    assertThat(run(engine, 10)).isEqualTo(first);
    assertThat(figures(engine.truth())).isEqualTo(truth);
    engine.reset(scenario, seed);
    assertThat(run(engine, 1)).isEqualTo(first);
    assertThat(figures(engine.truth())).isEqualTo(truth);
  }

  /** Runs 600 s in advances of {@code step} seconds, with a decision and a look every 30. */
  private static List<TelemetrySample> run(RequestLevelEngine engine, int step) {
    TelemetryBuffer telemetry = new TelemetryBuffer(20);
    List<TelemetrySample> seen = new ArrayList<>();
    while (engine.timeSeconds() < 600) {
      engine.setDesiredReplicas(4 + engine.timeSeconds() / 30 * 7 % 11);
      for (int second = 0; second < 30; second += step) {
        engine.advance(step);
      }
      engine.readTelemetry(telemetry);
      seen.add(TelemetrySample.copyOf(telemetry));
    }
    return seen;
  }

  @Test
  void aWindowHoldsItsOwnLatenciesOnly() {
    float[] rates = new float[SECONDS];
    Arrays.fill(rates, 0, 600, 1);
    Arrays.fill(rates, 600, SECONDS, 19);
    RequestLevelEngine engine =
        engine(scenario(OpenTraffic.poisson(rates), 2, ClusterSpec.AMPLE), 2);
    Truth truth = engine.truth();
    engine.advance(600);
    double quiet = truth.latencyQuantile(0.95);
    assertThat(truth.windowLatencyQuantile(0.95)).isEqualTo(quiet);
    truth.startWindow();
    assertThat(truth.windowLatencyQuantile(0.95)).isNaN();
    engine.advance(600);
    assertThat(truth.windowLatencyQuantile(0.5)).isGreaterThan(2 * quiet);
    assertThat(truth.latencyQuantile(0.95)).isGreaterThan(quiet);
  }
}
