package io.kiss.kisim.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.cluster.FaultSettings;
import io.kiss.kisim.cluster.NodePool;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.fluid.FluidEngine;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.traffic.Demand;
import io.kiss.kisim.traffic.OpenTraffic;
import java.util.HashSet;
import java.util.Set;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;

class ScenarioGeneratorTest {
  private static final int DRAWS = 2000;

  /** Four binomial deviations around a share of the draws. */
  private static void assertShare(String what, int count, double share) {
    double deviation = Math.sqrt(DRAWS * share * (1 - share));
    assertThat((double) count)
        .as(what)
        .isBetween(DRAWS * share - 4 * deviation, DRAWS * share + 4 * deviation);
  }

  @Test
  void drawsStayInsideTheRangesAndSpreadOverThem() {
    EnvironmentSettings settings = EnvironmentSettings.DEFAULT;
    ScenarioGenerator generator = new ScenarioGenerator(settings);
    UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(1L);
    float[] rates = new float[generator.knots()];
    Set<String> kinds = new HashSet<>();
    int slowStarts = 0;
    int atItsPeak = 0;
    long remembered = 0;
    for (int i = 0; i < DRAWS; i++) {
      Episode episode = generator.draw(random, rates);
      Scenario scenario = episode.scenario();
      kinds.add(scenario.name());
      Demand demand = scenario.traffic().demand(0);
      double peak = 0;
      for (int t = 0; t < scenario.seconds(); t++) {
        peak = Math.max(peak, demand.rate(t, 0));
      }
      double peakReplicas = peak / scenario.service().podCapacity();
      // The highest may lie before the episode.
      assertThat(peakReplicas).isBetween(0.01, 40.001);
      atItsPeak += peakReplicas >= 1.999 ? 1 : 0;
      remembered += episode.earlierRates().length;
      assertThat(scenario.maxReplicas()).isBetween((int) Math.ceil(peakReplicas - 1e-3), 80);
      assertThat(scenario.meanStartupSeconds()).isBetween(15 - 1e-9, 300 + 1e-9);
      assertThat(scenario.sloSeconds() / scenario.service().loneLatencySeconds())
          .as("2 to 50, or what is kept at a utilisation")
          .isBetween(1.2 - 1e-9, 100.0);
      assertThat(scenario.service().loneLatencySeconds()).isBetween(0.005 - 1e-9, 4 + 1e-9);
      assertThat(scenario.seconds() / 15).isBetween(240, 480);
      assertThat(episode.workload().violationPrice()).isBetween(3.0, 30.0);
      slowStarts += scenario.meanStartupSeconds() > Math.sqrt(15 * 300) ? 1 : 0;
    }
    // Log-uniform: half lie above the geometric mean.
    assertShare("slow starts", slowStarts, 0.5);
    assertThat(kinds).hasSize(10);
    assertThat(atItsPeak).isGreaterThan(DRAWS / 2);
    // Evenly between none and two episodes' length, here within five deviations of the mean.
    assertThat((double) remembered / DRAWS).isCloseTo(480, within(5 * 277 / Math.sqrt(DRAWS)));
  }

  @Test
  void allReplicasReadyFromTheStartKeepNearlyEveryRequestInsideTheSloUnlessThereIsTrouble() {
    EnvironmentSettings usual = EnvironmentSettings.DEFAULT;
    EnvironmentSettings calm =
        new EnvironmentSettings(
            usual.fewestSteps(),
            usual.mostSteps(),
            usual.tickSeconds(),
            usual.guards(),
            usual.churnPrice(),
            TroubleShares.NONE,
            usual.ranges());
    ScenarioGenerator generator = new ScenarioGenerator(calm);
    UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(6L);
    FluidEngine engine = new FluidEngine();
    int draws = 300;
    int kept = 0;
    for (int i = 0; i < draws; i++) {
      engine.reset(withAllReplicas(generator.draw(random).scenario()), i);
      while (engine.timeSeconds() < usual.fewestSteps() * usual.tickSeconds()) {
        engine.advance(usual.tickSeconds());
      }
      kept += engine.truth().sloAttainment() >= 0.99 ? 1 : 0;
    }
    assertThat(kept).as("of %d draws of seed 6", draws).isGreaterThanOrEqualTo(draws - 3);
  }

  private static Scenario withAllReplicas(Scenario drawn) {
    return new Scenario(
        drawn.name(),
        drawn.service(),
        drawn.routing(),
        drawn.traffic(),
        drawn.seconds(),
        drawn.cluster(),
        drawn.sloSeconds(),
        drawn.maxReplicas(),
        drawn.maxReplicas(),
        drawn.telemetry());
  }

  @Test
  void troublesComeAsOftenAsTheSettingsSay() {
    ScenarioGenerator generator = new ScenarioGenerator(EnvironmentSettings.DEFAULT);
    UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(2L);
    int scarce = 0;
    int autoscaled = 0;
    int faults = 0;
    int outages = 0;
    int missing = 0;
    int lag = 0;
    int uneven = 0;
    for (int i = 0; i < DRAWS; i++) {
      Scenario scenario = generator.draw(random).scenario();
      ClusterSpec cluster = scenario.cluster();
      NodePool last = cluster.pools().get(cluster.pools().size() - 1);
      scarce += last.name().equals("scarce") ? 1 : 0;
      autoscaled += last.maxNodes() > last.initialNodes() ? 1 : 0;
      faults += cluster.faults() != FaultSettings.NONE ? 1 : 0;
      outages += scenario.telemetry().outageProbability() > 0 ? 1 : 0;
      missing += scenario.telemetry().missingShare() > 0 ? 1 : 0;
      lag += scenario.telemetry().queryLagSeconds() >= 1 ? 1 : 0;
      uneven += ((OpenTraffic) scenario.traffic()).cv() != 1 ? 1 : 0;
    }
    TroubleShares shares = TroubleShares.DEFAULT;
    assertShare("scarce", scarce, shares.scarce());
    assertShare("autoscaled", autoscaled, shares.autoscaled());
    assertShare("faults", faults, shares.faults());
    assertShare("outages", outages, shares.outages());
    assertShare("missing", missing, shares.missing());
    assertShare("lag", lag, shares.lag());
    assertShare("uneven arrivals", uneven, shares.unevenArrivals());
  }

  @Test
  void theInitialReplicasAlwaysHaveRoomAndAnAmpleClusterHasRoomForAll() {
    ScenarioGenerator generator = new ScenarioGenerator(EnvironmentSettings.SMALL);
    UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(3L);
    for (int i = 0; i < DRAWS; i++) {
      Scenario scenario = generator.draw(random).scenario();
      int there = 0;
      int possible = 0;
      for (NodePool pool : scenario.cluster().pools()) {
        there += pool.initialNodes() * pool.gpusPerNode();
        possible += pool.maxNodes() * pool.gpusPerNode();
      }
      assertThat(there).isGreaterThanOrEqualTo(scenario.initialReplicas());
      if (!scenario.cluster().pools().get(0).name().equals("scarce")) {
        assertThat(possible).isGreaterThanOrEqualTo(scenario.maxReplicas());
      }
    }
  }

  @Test
  void smallEpisodesAreShortEnoughToRunRequestByRequest() {
    ScenarioGenerator generator = new ScenarioGenerator(EnvironmentSettings.SMALL);
    UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(4L);
    double requests = 0;
    for (int i = 0; i < DRAWS; i++) {
      Scenario scenario = generator.draw(random).scenario();
      assertThat(scenario.seconds()).isBetween(20, 40);
      requests += scenario.meanNeededReplicas(0) * scenario.service().podCapacity() * 40;
    }
    // A request costs about a tenth of a microsecond, so that is a millisecond an episode at most.
    assertThat(requests / DRAWS).isLessThan(10_000);
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
