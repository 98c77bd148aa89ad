package io.kiss.kisim.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.traffic.OpenTraffic;
import java.util.HashSet;
import java.util.Set;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;

class ScenarioGeneratorTest {
  @Test
  void drawsStayInsideTheRangesAndSpreadOverThem() {
    EnvironmentSettings settings = EnvironmentSettings.DEFAULT;
    ScenarioGenerator generator = new ScenarioGenerator(settings);
    UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(1L);
    float[] rates = new float[settings.mostSeconds()];
    Set<String> kinds = new HashSet<>();
    int slowStarts = 0;
    int outages = 0;
    for (int i = 0; i < 1000; i++) {
      Episode episode = generator.draw(random, rates);
      Scenario scenario = episode.scenario();
      kinds.add(scenario.name());
      double peak = 0;
      for (int t = 0; t < scenario.seconds(); t++) {
        peak = Math.max(peak, rates[t]);
      }
      double peakReplicas = peak / scenario.service().podCapacity();
      assertThat(peakReplicas).isBetween(1.999, 40.001);
      assertThat(scenario.maxReplicas()).isBetween((int) Math.ceil(peakReplicas - 1e-3), 80);
      assertThat(scenario.meanStartupSeconds()).isBetween(15.0, 300.0);
      assertThat(scenario.sloSeconds() / scenario.service().loneLatencySeconds())
          .isBetween(2.0, 10.0);
      assertThat(scenario.service().loneLatencySeconds()).isBetween(0.005, 4.0);
      assertThat(scenario.seconds() / 15).isBetween(240, 480);
      assertThat(episode.workload().violationPrice()).isBetween(3.0, 30.0);
      slowStarts += scenario.meanStartupSeconds() > Math.sqrt(15 * 300) ? 1 : 0;
      outages += scenario.telemetry().outageProbability() > 0 ? 1 : 0;
    }
    // Log-uniform: half lie above the geometric mean. Binomial deviation is 16.
    assertThat(slowStarts).isBetween(420, 580);
    assertThat(outages).isBetween(90, 210);
    assertThat(kinds).hasSize(10);
  }

  @Test
  void aSafeScalerHoldsThePeakOfTheStartUpTimeToCome() {
    // Capacity 1/s. 400 s at 2, then 400 s at 6, start-up 100 s: 6 from 300 s on, give or take a
    // block of 25 s.
    float[] rates = new float[800];
    java.util.Arrays.fill(rates, 0, 400, 2);
    java.util.Arrays.fill(rates, 400, 800, 6);
    ServiceModel service =
        ServiceModel.ofServers("s", 1, 1, ServiceNoise.NONE, StartUp.ofTotal(100, 0, 30));
    Scenario scenario =
        new Scenario(
            "s",
            service,
            Routing.ROUND_ROBIN,
            OpenTraffic.poisson(rates),
            800,
            ClusterSpec.AMPLE,
            2,
            2,
            10,
            TelemetrySettings.DEFAULT);
    double safe = Episode.of(scenario, 10, 15).safeReplicas(1);
    assertThat(safe).isCloseTo((300 * 2 + 500 * 6) / 800.0, within(4 * 25 / 800.0));
    assertThat(scenario.meanNeededReplicas(1)).isEqualTo(4);
  }
}
