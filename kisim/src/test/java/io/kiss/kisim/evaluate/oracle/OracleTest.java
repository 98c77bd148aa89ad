package io.kiss.kisim.evaluate.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.autoscale.opponents.AutoscalerKind;
import io.kiss.kisim.autoscale.opponents.Autoscalers;
import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.env.Episode;
import io.kiss.kisim.env.ScenarioRanges;
import io.kiss.kisim.evaluate.Entrant;
import io.kiss.kisim.evaluate.Tournament;
import io.kiss.kisim.evaluate.TournamentCase;
import io.kiss.kisim.evaluate.TournamentCases;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.time.Delay;
import io.kiss.kisim.traffic.ClosedTraffic;
import io.kiss.kisim.traffic.pattern.ClientSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OracleTest {
  /** Three services, which the build has measured. */
  private static final EnvironmentSettings SETTINGS =
      EnvironmentSettings.DEFAULT.with(ScenarioRanges.DEFAULT.withShapes(3));

  @Test
  void aPlanCostsWhatTheBestOfAllPathsCosts() {
    for (long seed = 1; seed <= 20; seed++) {
      Episode episode = TinyEpisodes.draw(new SplittableRandom(seed));
      double cheapest = TinyEpisodes.cheapestOfAll(episode, seed);
      OraclePlan plan = Oracle.plan(episode, seed);
      assertThat(plan.costAtSlo()).as("seed %d", seed).isCloseTo(cheapest, within(1e-9));
      assertThat(plan.lowerBound()).as("bound, seed %d", seed).isLessThanOrEqualTo(cheapest);
    }
  }

  /**
   * On paper: 60 s at half a pod's capacity, but 10 s of one and a half. Pods of fifty servers make
   * hardly anybody wait at loads of 0.5 and 0.75, and a second above one makes all of it late, at a
   * hundred GPUs' price. So there is one pod, and one more in these 10 s and in the 5 s that it
   * starts: 75 GPU-seconds. The need is 50 · 0.5 + 10 · 1.5 = 40.
   */
  @Test
  void onASpikeThePlanIsThePodItTakesStartedJustInTime() {
    StartUp start = StartUp.ofTotal(5, 0, 30);
    ServiceModel service = ServiceModel.ofServers("toy", 0.02, 50, ServiceNoise.NONE, start);
    float[] rates = new float[60];
    for (int t = 0; t < rates.length; t++) {
      rates[t] = (float) (service.podCapacity() * (t >= 30 && t < 40 ? 1.5 : 0.5));
    }
    Episode episode = Episode.of(TinyEpisodes.scenario(service, rates, 0.08, 1, 4), 100, 15);
    OraclePlan plan = Oracle.plan(episode, 7);
    int[] expected = new int[60];
    Arrays.fill(expected, 1);
    Arrays.fill(expected, 25, 40, 2);
    assertThat(plan.desired()).isEqualTo(expected);
    assertThat(plan.costAtSlo()).isCloseTo(75.0 / 40, within(1e-3));
    assertThat(plan.lowerBound()).isBetween(1.0, plan.costAtSlo());
  }

  @Test
  void noAutoscalerBeatsAPlanAndNoPathItsBound() {
    List<TournamentCase> cases = new ArrayList<>(TournamentCases.heldOut(6, 31, SETTINGS));
    cases.add(spikes());
    for (TournamentCase each : cases) {
      OraclePlan plan = Oracle.plan(each.episode(), each.seed());
      assertThat(plan.lowerBound()).as(each.name()).isLessThanOrEqualTo(plan.costAtSlo());
      for (Entrant entrant : entrants(each)) {
        double cost = Tournament.play(entrant, each).costAtSlo();
        assertThat(cost)
            .as("%s on %s, seed %d", entrant.name(), each.name(), each.seed())
            .isGreaterThanOrEqualTo(plan.costAtSlo());
      }
      SplittableRandom random = new SplittableRandom(each.seed());
      Trial trial = new Trial(each.episode(), each.seed());
      for (int i = 0; i < 20; i++) {
        assertThat(trial.cost(randomPath(each.episode(), random)))
            .as("random path %d on %s, seed %d", i, each.name(), each.seed())
            .isGreaterThanOrEqualTo(plan.lowerBound());
      }
    }
  }

  private static List<Entrant> entrants(TournamentCase each) {
    Stream<String> named = Autoscalers.all().stream().map(AutoscalerKind::name);
    int most = each.episode().scenario().maxReplicas();
    Stream<String> fixed =
        Stream.iterate(1, n -> n <= most, n -> n + Math.max(1, most / 8))
            .map(n -> "static:replicas=" + n);
    return Stream.concat(named, fixed)
        .map(AutoscalerChoice::parse)
        .map(choice -> new Entrant(choice.toString(), choice::create))
        .toList();
  }

  private static int[] randomPath(Episode episode, SplittableRandom random) {
    int[] path = new int[episode.scenario().seconds()];
    int most = episode.scenario().maxReplicas();
    int usual = 1 + random.nextInt(240);
    int level = episode.scenario().initialReplicas();
    for (int t = 0; t < path.length; t++) {
      if (random.nextInt(usual) == 0) {
        level = 1 + random.nextInt(most);
      }
      path[t] = level;
    }
    return path;
  }

  private static TournamentCase spikes() {
    StartUp start = StartUp.ofTotal(40, 0.2, 30);
    ServiceModel service = ServiceModel.ofServers("spiky", 0.05, 4, ServiceNoise.NONE, start);
    float[] rates = new float[1800];
    for (int t = 0; t < rates.length; t++) {
      rates[t] = (float) (service.podCapacity() * (t % 300 < 45 ? 5 : 1.2));
    }
    ServiceModel patient = service.with(service.batching().withTimeout(10));
    Scenario scenario = TinyEpisodes.scenario(patient, rates, 0.25, 2, 12);
    return new TournamentCase("spikes", Episode.of(scenario, 10, 15), 5);
  }

  @Test
  void theSamePlanComesOutOnAnyThreadAndFollowingItCostsWhatItSays() {
    TournamentCase each = TournamentCases.heldOut(1, 8, SETTINGS).get(0);
    List<OraclePlan> plans =
        Stream.of(1, 2, 3).parallel().map(i -> Oracle.plan(each.episode(), each.seed())).toList();
    for (OraclePlan plan : plans) {
      assertThat(plan.desired()).isEqualTo(plans.get(0).desired());
      assertThat(plan.costAtSlo()).isEqualTo(plans.get(0).costAtSlo());
      assertThat(plan.lowerBound()).isEqualTo(plans.get(0).lowerBound());
      Entrant oracle = new Entrant("oracle", workload -> new PlannedReplicas(plan));
      // The engine adds up late requests whenever it is looked at, so that the last bits differ.
      assertThat(Tournament.play(oracle, each).costAtSlo())
          .isCloseTo(plan.costAtSlo(), within(1e-12 * plan.costAtSlo()));
    }
  }

  @Test
  void closedTrafficHasAPlanButNoBound() {
    ServiceModel service =
        ServiceModel.ofServers("closed", 0.1, 2, ServiceNoise.NONE, StartUp.ofTotal(10, 0, 30));
    int seconds = 300;
    ClosedTraffic traffic =
        new ClosedTraffic(
            seed -> second -> second < 150 ? 20 : 60,
            seconds,
            Delay.exponential(1),
            Delay.NONE,
            ClientSettings.UNLIMITED);
    Scenario scenario =
        new Scenario(
            "closed",
            service,
            Routing.LEAST_OUTSTANDING,
            traffic,
            seconds,
            ClusterSpec.AMPLE,
            0.5,
            2,
            6,
            TelemetrySettings.DEFAULT);
    Episode episode = Episode.of(scenario, 10, 15);
    OraclePlan plan = Oracle.plan(episode, 3);
    assertThat(plan.lowerBound()).isNaN();
    Trial trial = new Trial(episode, 3);
    for (int n = 1; n <= 6; n++) {
      int[] constant = new int[seconds];
      Arrays.fill(constant, n);
      assertThat(plan.costAtSlo()).as("%d replicas", n).isLessThanOrEqualTo(trial.cost(constant));
    }
  }
}
