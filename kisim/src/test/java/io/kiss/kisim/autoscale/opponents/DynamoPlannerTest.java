package io.kiss.kisim.autoscale.opponents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.QueueingRule;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;

/** Latency is 0.1 s a request present per replica; the SLO is 0.5 s, 80 % of it 0.4 s. */
class DynamoPlannerTest {
  private static Autoscaler planner(String settings) {
    return AutoscalerChoice.parse("dynamo" + settings).create(Tick.workload());
  }

  private static TelemetryBuffer loaded(double time, int replicas, double each) {
    TelemetryBuffer t = Tick.present(time, replicas, each * replicas);
    t.sampleAgeSeconds = 0;
    t.p95LatencySeconds = 0.1 * each;
    t.arrivalRate = 5;
    return t;
  }

  /** A planner whose regression has seen loads of 1 to 5 requests a replica. */
  private static Autoscaler taught(String settings) {
    Autoscaler planner = planner(settings);
    for (int i = 1; i <= 5; i++) {
      TelemetryBuffer lesson = loaded(5 * i, 4, i);
      lesson.readyReplicas = 3;
      lesson.pendingReplicas = 1;
      lesson.runningRequests = 3 * i;
      lesson.queuedRequests = 0;
      assertThat(planner.decide(lesson)).as("observes only").isEqualTo(4);
    }
    return planner;
  }

  @Test
  void addsAnEngineWhenThePredictionIsOverTheSlo() {
    assertThat(taught(":throughput=false").decide(loaded(30, 4, 4.9))).isEqualTo(4);
    assertThat(taught(":throughput=false").decide(loaded(30, 4, 5.1))).isEqualTo(5);
  }

  @Test
  void removesOneWhereTheLoadOnTheOthersStaysBelowTheSensitiveShare() {
    // 4 engines at 2.9: 3 would have 3.867, so 0.387 s; at 3.1: 4.133, so 0.413 s.
    assertThat(taught(":throughput=false").decide(loaded(30, 4, 2.9))).isEqualTo(3);
    assertThat(taught(":throughput=false").decide(loaded(30, 4, 3.1))).isEqualTo(4);
    assertThat(taught(":throughput=false,sensitivity=1").decide(loaded(30, 4, 3.1))).isEqualTo(3);
    assertThat(taught(":throughput=false").decide(loaded(30, 1, 0))).isEqualTo(1);
  }

  @Test
  void holdsWithoutEnoughObservationsOrFigures() {
    Autoscaler fresh = planner(":throughput=false");
    for (int i = 1; i <= 4; i++) {
      assertThat(fresh.decide(loaded(5 * i, 4, 9))).isEqualTo(4);
    }
    // The same scrape is no new observation.
    TelemetryBuffer again = loaded(23, 4, 9);
    again.sampleAgeSeconds = 3;
    assertThat(fresh.decide(again)).isEqualTo(4);
    assertThat(fresh.decide(loaded(25, 4, 9))).isEqualTo(5);
    assertThat(taught("").decide(Tick.blind(30, 4))).isEqualTo(4);
  }

  @Test
  void theThroughputLoopAloneSetsTheForecastOverWhatAnEngineSustains() {
    // One engine of one server at rate r waits more than 0.4 s with probability
    // 0.1 r exp(-(10 - r) 0.4 / 0.5) and may do so in 5 %: r from that, by bisection.
    double low = 0;
    double high = 10;
    for (int i = 0; i < 50; i++) {
      double r = (low + high) / 2;
      if (0.1 * r * Math.exp(-(10 - r) * 0.8) < 0.05) {
        low = r;
      } else {
        high = r;
      }
    }
    assertThat(QueueingRule.rateWithinSlo(Tick.workload(), 1)).isCloseTo(low, within(1e-9));
    Autoscaler planner = planner(":load=false");
    double rate = 7.3 * low;
    for (int t = 0; t < 180; t += 5) {
      assertThat(planner.decide(Tick.rate(t, 4, rate))).isEqualTo(4);
    }
    assertThat(planner.decide(Tick.rate(180, 4, rate))).isEqualTo(8);
    assertThat(planner.decide(Tick.rate(185, 6, rate))).isEqualTo(6);
  }

  @Test
  void withBothLoopsTheForecastOnlyBoundsTheLoadLoopFromBelow() {
    Autoscaler planner = taught("");
    for (int t = 30; t <= 185; t += 5) {
      TelemetryBuffer steady = loaded(t, 6, 3.5);
      steady.arrivalRate = 40;
      assertThat(planner.decide(steady)).as("the load loop sees no need").isEqualTo(6);
    }
    // 40/s need ceil(40 / 6.7) = 6 engines, so an idle load loop may not go to 5.
    TelemetryBuffer idle = loaded(190, 6, 1);
    assertThat(planner.decide(idle)).isEqualTo(6);
    TelemetryBuffer more = loaded(195, 3, 9);
    assertThat(planner.decide(more)).as("4 by load, 6 by forecast").isEqualTo(6);
  }

  @Test
  void theRegressionIsLeastSquaresAndRefusesToFall() {
    // (1, 2), (2, 3), (3, 5): slope 1.5, intercept 1/3.
    LatencyRegression line = new LatencyRegression(3, 64, 16);
    line.add(1, 2);
    line.add(2, 3);
    assertThat(line.predict(2)).isNaN();
    line.add(3, 5);
    assertThat(line.predict(4)).isCloseTo(1.5 * 4 + 1.0 / 3, within(1e-12));
    LatencyRegression falling = new LatencyRegression(2, 64, 16);
    falling.add(1, 5);
    falling.add(2, 3);
    assertThat(falling.predict(1)).isNaN();
  }

  @Test
  void retiresTheOldestObservationOfTheFullestBucket() {
    // Buckets [0, 5) and [5, 10]. The fourth of the low ones pushes out the first, (0, 9).
    LatencyRegression line = new LatencyRegression(2, 4, 2);
    line.add(10, 10);
    line.add(0, 9);
    line.add(1, 1);
    line.add(2, 2);
    line.add(3, 3);
    assertThat(line.predict(7)).isCloseTo(7, within(1e-9));
  }

  @Test
  void aSteadyTrendIsForecastAsOneAndAShortSeriesAsItsLastValue() {
    ArimaForecast forecast = new ArimaForecast();
    assertThat(forecast.next()).isNaN();
    forecast.add(0);
    assertThat(forecast.next()).isNaN();
    forecast.add(3);
    forecast.add(8);
    assertThat(forecast.next()).isEqualTo(8);
    ArimaForecast alternating = new ArimaForecast();
    for (int i = 0; i < 30; i++) {
      alternating.add(i % 2 == 0 ? 10 : 20);
    }
    // Differencing would make it vary more; of order 1 it is y = 30 - y' exactly.
    ArimaForecast noise = new ArimaForecast();
    UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(11);
    for (int i = 0; i < 100; i++) {
      noise.add(random.nextDouble(0, 40));
    }
    for (int i = 0; i < 3; i++) {
      noise.add(40);
    }
    // What scatters around 20 is expected there again; differenced, it would go on near 40.
    assertThat(noise.next()).as("seed 11").isBetween(13.0, 27.0);
    ArimaForecast ramp = new ArimaForecast();
    for (int i = 0; i < 20; i++) {
      // Steps of 2 and 4 by turns vary less than the ramp: z = 6 - z' is z = -z' + 6 without a
      // mean,
      // so of order 2, z = z'', exactly.
      ramp.add(100 + 3 * i + i % 2);
    }
    assertThat(ramp.next()).isCloseTo(160, within(1e-6));
    assertThat(alternating.next()).isCloseTo(10, within(1e-6));
  }

  @Test
  void loopsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> planner(":load=false,throughput=false"))
        .hasMessageContaining("load or throughput");
    assertThatThrownBy(() -> planner(":load-interval=200")).hasMessageContaining("faster");
  }
}
