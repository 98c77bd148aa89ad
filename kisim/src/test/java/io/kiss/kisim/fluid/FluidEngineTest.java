package io.kiss.kisim.fluid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.autoscale.QueueingRule;
import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import io.kiss.kisim.telemetry.TelemetrySample;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.traffic.OpenTraffic;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FluidEngineTest {
  private static final double SERVICE = 0.5;

  /** One server a replica, exponential service of half a second. */
  private static final ServiceModel EXPONENTIAL =
      ServiceModel.ofServers("m", SERVICE, 1, ServiceNoise.EXPONENTIAL, StartUp.ofTotal(60, 0, 30));

  private static Scenario scenario(float[] rates, int initial, int max, double timeout) {
    return scenario(rates, initial, max, timeout, TelemetrySettings.DEFAULT);
  }

  private static Scenario scenario(
      float[] rates, int initial, int max, double timeout, TelemetrySettings telemetry) {
    ServiceModel service = EXPONENTIAL.with(EXPONENTIAL.batching().withTimeout(timeout));
    return scenario(service, rates, initial, max, telemetry);
  }

  private static Scenario scenario(
      ServiceModel service, float[] rates, int initial, int max, TelemetrySettings telemetry) {
    return new Scenario(
        "test",
        service,
        Routing.LEAST_OUTSTANDING,
        OpenTraffic.poisson(rates),
        rates.length,
        ClusterSpec.AMPLE,
        2,
        initial,
        max,
        telemetry);
  }

  private static float[] constant(double rate, int seconds) {
    float[] rates = new float[seconds];
    Arrays.fill(rates, (float) rate);
    return rates;
  }

  private static float[] rough(long seed, int seconds) {
    Random random = new Random(seed);
    float[] rates = new float[seconds];
    float level = 5;
    for (int t = 0; t < seconds; t++) {
      if (random.nextInt(40) == 0) {
        level = random.nextFloat() * 25;
      }
      rates[t] = level;
    }
    return rates;
  }

  @ParameterizedTest(name = "utilisation {0}, {1} servers")
  @CsvSource({
    "0.3,1", "0.5,1", "0.7,1", "0.9,1", "0.95,1", "0.5,4", "0.7,4", "0.9,4", "0.95,4", "0.5,16",
    "0.8,16", "0.9,16", "0.95,16", "0.8,64", "0.95,64"
  })
  void theSteadyMeanWaitOfAPodIsThatOfMMcWithinATenthAndThreeHundredthsOfAServiceTime(
      double utilisation, int servers) {
    float[] rates = constant(utilisation * servers / SERVICE, 20_000);
    ServiceModel pod =
        ServiceModel.ofServers("m", SERVICE, servers, ServiceNoise.EXPONENTIAL, StartUp.INSTANT);
    FluidEngine engine = new FluidEngine();
    engine.reset(scenario(pod, rates, 1, 1, TelemetrySettings.DEFAULT), 1);
    engine.advance(rates.length);
    double wait = engine.truth().waitingSeconds() / engine.truth().served();
    double exact =
        QueueingRule.erlangC(servers, utilisation * servers)
            * SERVICE
            / (servers * (1 - utilisation));
    assertThat(wait).isCloseTo(exact, within(0.1 * exact + 0.03 * SERVICE));
  }

  @ParameterizedTest
  @CsvSource({"0.4", "0.7", "0.9", "0.94"})
  void aConstantServiceTimeHalvesTheWait(double utilisation) {
    // M/D/1 by Pollaczek-Khinchine: half of M/M/1's.
    float[] rates = constant(utilisation / SERVICE, 20_000);
    ServiceModel pod = ServiceModel.ofServers("d", SERVICE, 1, ServiceNoise.NONE, StartUp.INSTANT);
    FluidEngine engine = new FluidEngine();
    engine.reset(scenario(pod, rates, 1, 1, TelemetrySettings.DEFAULT), 1);
    engine.advance(rates.length);
    double wait = engine.truth().waitingSeconds() / engine.truth().served();
    double exact = SERVICE * utilisation / (2 * (1 - utilisation));
    assertThat(wait).isCloseTo(exact, within(0.1 * exact + 0.01 * SERVICE));
  }

  @Test
  void theTailOfMm1IsExponential() {
    // M/M/1: P(wait > t) = rho exp(-(mu - lambda) t); here rho 0.8, mu 2, t = SLO - service = 1.5.
    float[] rates = constant(1.6, 10_000);
    FluidEngine engine = new FluidEngine();
    engine.reset(scenario(rates, 1, 1, 0), 1);
    engine.advance(rates.length);
    double late = 0.8 * Math.exp(-0.4 * 1.5);
    assertThat(1 - engine.truth().sloAttainment()).isCloseTo(late, within(0.01));
    // P(wait > t) = 0.05 at t = ln(16) / 0.4; the buckets grow by a tenth.
    double p95 = SERVICE + Math.log(16) / 0.4;
    assertThat(engine.truth().latencyQuantile(0.95)).isCloseTo(p95, within(0.1 * p95));
  }

  @Test
  void inOverloadTheBacklogGrowsAndDrainsAsAPlainFluid() {
    // Capacity 2/s. 200 s at 6/s leave 800 waiting; at rate 0 they need 400 s.
    float[] rates = new float[700];
    Arrays.fill(rates, 0, 100, 0.2f);
    Arrays.fill(rates, 100, 300, 6);
    FluidEngine engine = new FluidEngine();
    engine.reset(scenario(rates, 1, 1, 0), 1);
    engine.advance(300);
    assertThat(engine.requestsPresent()).isCloseTo(800, within(8.0));
    engine.advance(200);
    assertThat(engine.requestsPresent()).isCloseTo(400, within(8.0));
    engine.advance(200);
    assertThat(engine.requestsPresent()).isLessThan(8);
    // Request n of the overload arrives at n/6 and starts at n/2, so waits n/3: mean 400 s over
    // 1200 requests, beside 20 that waited next to nothing.
    double mean = engine.truth().waitingSeconds() / engine.truth().served();
    assertThat(mean).isCloseTo(400 * 1200 / 1220.0 / 2, within(8.0));
  }

  @Test
  void everyArrivalIsServedLostOrStillThereUnderWhateverScaling() {
    for (long seed = 1; seed <= 20; seed++) {
      float[] rates = rough(seed, 4000);
      Random random = new Random(seed);
      FluidEngine engine = new FluidEngine();
      engine.reset(scenario(rates, 4, 20, 30), seed);
      double before = engine.requestsPresent();
      while (engine.timeSeconds() < 4000) {
        engine.setDesiredReplicas(1 + random.nextInt(14));
        engine.advance(1 + random.nextInt(30));
        Truth truth = engine.truth();
        assertThat(truth.departed() + engine.requestsPresent())
            .as("seed %d at %d s", seed, engine.timeSeconds())
            .isCloseTo(before + truth.requests(), within(1e-6 * (1 + truth.requests())));
        assertThat(truth.violating()).isLessThanOrEqualTo(truth.departed() + 1e-6);
      }
      assertThat(engine.truth().timedOut()).as("seed %d", seed).isPositive();
    }
  }

  @Test
  void anEngineWithoutLatenciesGivesTheSameBitsAndRefusesQuantiles() {
    FluidEngine with = new FluidEngine();
    FluidEngine without = FluidEngine.withoutLatencies();
    for (FluidEngine engine : new FluidEngine[] {with, without}) {
      engine.reset(scenario(rough(3, 1200), 4, 20, 5), 5);
      engine.advance(300);
      engine.setDesiredReplicas(9);
      engine.advance(700);
      engine.setDesiredReplicas(2);
      engine.advance(200);
    }
    assertThat(telemetry(without)).isEqualTo(telemetry(with));
    assertThat(without.truth().timedOut()).isPositive().isEqualTo(with.truth().timedOut());
    assertThat(without.truth().violating()).isEqualTo(with.truth().violating());
    assertThat(without.truth().waitingSeconds()).isEqualTo(with.truth().waitingSeconds());
    assertThatThrownBy(() -> without.truth().latencyQuantile(0.9))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("keeps no latencies");
  }

  @Test
  void theSameSeedGivesTheSameBitsAndStepsMayBeCutAnywhere() {
    float[] rates = rough(3, 1200);
    FluidEngine once = new FluidEngine();
    FluidEngine often = new FluidEngine();
    // A reset forgets what the engine did before.
    often.reset(scenario(rough(9, 500), 2, 5, 5), 77);
    often.advance(100);
    for (FluidEngine engine : new FluidEngine[] {once, often}) {
      engine.reset(scenario(rates, 4, 20, 30), 5);
      engine.setDesiredReplicas(9);
    }
    once.advance(600);
    for (int i = 0; i < 600; i++) {
      often.advance(1);
    }
    assertThat(telemetry(often)).isEqualTo(telemetry(once));
    assertThat(often.truth().violating()).isEqualTo(once.truth().violating());
    assertThat(often.truth().latencyQuantile(0.9)).isEqualTo(once.truth().latencyQuantile(0.9));
  }

  @Test
  void podsBecomeReadyAfterTheirStartUpTimeAndHoldTheirGpusFromTheRequestOn() {
    FluidEngine engine = new FluidEngine();
    engine.reset(scenario(constant(1, 1000), 2, 10, 30), 1);
    engine.advance(10);
    engine.setDesiredReplicas(5);
    engine.advance(59);
    assertThat(telemetry(engine).readyReplicas()).isEqualTo(2);
    assertThat(telemetry(engine).pendingReplicas()).isEqualTo(3);
    assertThat(telemetry(engine).pendingAgeSeconds(2)).isEqualTo(59);
    engine.advance(2);
    assertThat(telemetry(engine).readyReplicas()).isEqualTo(5);
    // 10 s of two, 61 s of five.
    assertThat(engine.truth().gpuSeconds()).isEqualTo(10 * 2 + 61 * 5);
  }

  @Test
  void onTheWayDownTheNewestPendingPodsGoFirstAndReadyOnesDrain() {
    FluidEngine engine = new FluidEngine();
    engine.reset(scenario(constant(1, 1000), 3, 10, 30), 1);
    engine.setDesiredReplicas(4);
    engine.advance(10);
    engine.setDesiredReplicas(6);
    engine.advance(10);
    engine.setDesiredReplicas(4);
    TelemetrySample afterPending = telemetry(engine);
    assertThat(afterPending.readyReplicas()).isEqualTo(3);
    assertThat(afterPending.pendingAgesSeconds()).containsExactly(20);
    engine.setDesiredReplicas(1);
    assertThat(telemetry(engine).readyReplicas()).isEqualTo(1);
    double held = engine.truth().gpuSeconds();
    engine.advance(1);
    // The two drained ones hold their GPUs until the request in hand is done.
    assertThat(engine.truth().gpuSeconds() - held).isBetween(1.0, 3.0);
    engine.advance(1);
    assertThat(engine.truth().lost()).isZero();
    assertThat(engine.truth().scalingActions()).isEqualTo(4);
    // Down within ten minutes of going up; the further step down is no reversal.
    assertThat(engine.truth().flaps()).isEqualTo(1);
  }

  @Test
  void telemetryShowsTheArrivalRateWithPoissonNoise() {
    float[] rates = constant(20, 200_000);
    FluidEngine engine = new FluidEngine();
    engine.reset(scenario(rates, 15, 15, 30), 11);
    int n = 3000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      engine.advance(60);
      double rate = telemetry(engine).arrivalRate();
      sum += rate;
      squares += rate * rate;
    }
    double mean = sum / n;
    double variance = squares / n - mean * mean;
    // Counts over a window of at least 45 s: variance of the rate is rate / seconds.
    assertThat(mean).isCloseTo(20, within(0.05));
    assertThat(variance).isBetween(0.85 * 20 / 60, 1.15 * 20 / 45);
  }

  @Test
  void anOutageAgesTheSamplesThenLeavesNoneAndNothingIsMadeUp() {
    TelemetrySettings outages = TelemetrySettings.DEFAULT.withOutages(0.2, 200, 0);
    Scenario scenario = scenario(constant(5, 50_000), 5, 9, 30, outages);
    FluidEngine engine = new FluidEngine();
    engine.reset(scenario, 3);
    int missing = 0;
    int known = 0;
    for (int i = 0; i < 3000; i++) {
      engine.advance(15);
      TelemetrySample sample = telemetry(engine);
      double age = sample.sampleAgeSeconds();
      if (Double.isNaN(age) || age > 60) {
        missing++;
        assertThat(sample.arrivalRate()).isNaN();
        assertThat(sample.p95LatencySeconds()).isNaN();
        // Prometheus shows a gauge's last value for five minutes, and then none.
        assertThat(Double.isNaN(sample.queuedRequests())).isEqualTo(Double.isNaN(age));
        assertThat(Double.isNaN(sample.gpuUtilisation())).isEqualTo(Double.isNaN(age));
        assertThat(age > 301).isFalse();
      } else if (sample.sampleAgeSeconds() < 15) {
        known += Double.isNaN(sample.arrivalRate()) ? 0 : 1;
      }
      assertThat(sample.readyReplicas()).isEqualTo(5);
    }
    assertThat(missing).isGreaterThan(300);
    assertThat(known).isGreaterThan(300);
  }

  private static TelemetrySample telemetry(FluidEngine engine) {
    TelemetryBuffer buffer = new TelemetryBuffer(32);
    engine.readTelemetry(buffer);
    return TelemetrySample.copyOf(buffer);
  }
}
