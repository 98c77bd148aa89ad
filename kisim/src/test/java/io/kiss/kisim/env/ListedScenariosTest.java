package io.kiss.kisim.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.autoscale.ScalerCore;
import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.traffic.Demand;
import io.kiss.kisim.traffic.OpenTraffic;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;

class ListedScenariosTest {
  private static final EnvironmentSettings SETTINGS = EnvironmentSettings.DEFAULT;
  private static final int DAY = 86_400;

  /** In second s, (s + 1) requests per 1000 seconds: a rate tells the second it is of. */
  private static Scenario rising(int seconds, int most) {
    float[] rates = new float[seconds];
    for (int s = 0; s < seconds; s++) {
      rates[s] = (s + 1) / 1000f;
    }
    return new Scenario(
        "mine",
        ServiceModel.ofServers("service", 0.1, 1, ServiceNoise.lognormal(0.1), start()),
        Routing.LEAST_OUTSTANDING,
        new OpenTraffic(rates, seconds, 2),
        seconds,
        ClusterSpec.AMPLE,
        0.5,
        3,
        most,
        TelemetrySettings.DEFAULT);
  }

  private static StartUp start() {
    return StartUp.ofTotal(60, 0.1, 30);
  }

  private static UniformRandomProvider random(long seed) {
    return RandomSource.XO_SHI_RO_256_PP.create(seed);
  }

  @Test
  void halfOfTheEpisodesAreStretchesOfTheGivenTraffic() {
    ListedScenarios source =
        new ListedScenarios(List.of(new ListedScenarios.Given("a", rising(DAY, 20), 2)), SETTINGS);
    UniformRandomProvider random = random(11);
    int listed = 0;
    int draws = 2000;
    for (int i = 0; i < draws; i++) {
      Episode episode = source.draw(random, new float[SETTINGS.mostSeconds()]);
      if (episode.scenario().name().equals("mine")) {
        listed++;
        Demand demand = episode.scenario().traffic().demand(0);
        double first = demand.rate(0, 0);
        int seconds = episode.scenario().seconds();
        assertThat(seconds)
            .isBetween(SETTINGS.fewestSteps() * SETTINGS.tickSeconds(), SETTINGS.mostSeconds());
        assertThat(1000 * demand.rate(seconds - 1, 0) - 1000 * first)
            .isCloseTo(seconds - 1, within(0.1));
        assertThat(1000 * demand.rate(seconds - 1, 0)).isLessThanOrEqualTo(DAY + 0.1);
        assertThat(((OpenTraffic) demand).cv()).isEqualTo(2);
        assertThat(episode.workload().minReplicas()).isEqualTo(2);
        assertThat(episode.workload().maxReplicas()).isEqualTo(20);
        assertThat(episode.scenario().initialReplicas()).isBetween(2, 20);
      }
    }
    // Four standard deviations of a fair coin.
    assertThat(listed).isBetween(draws / 2 - 90, draws / 2 + 90);
  }

  @Test
  void aScenarioShorterThanAnEpisodeIsPlayedWhole() {
    int seconds = 900;
    ListedScenarios source =
        new ListedScenarios(
            List.of(new ListedScenarios.Given("a", rising(seconds, 20), 1)), SETTINGS);
    UniformRandomProvider random = random(5);
    Episode episode;
    do {
      episode = source.draw(random, new float[SETTINGS.mostSeconds()]);
    } while (!episode.scenario().name().equals("mine"));
    assertThat(episode.scenario().seconds()).isEqualTo(seconds);
    assertThat(episode.scenario().traffic().demand(1).rate(0, 0)).isCloseTo(0.001, within(1e-6));
  }

  @Test
  void anEnvironmentTrainsOnThemAndItsStateIsBoundToThem() {
    ListedScenarios mine =
        new ListedScenarios(List.of(new ListedScenarios.Given("a", rising(DAY, 20), 1)), SETTINGS);
    KisimEnvironment environment = new KisimEnvironment(4, 3, SETTINGS, mine);
    environment.reset();
    int[] stay = {4, 4, 4, 4};
    for (int i = 0; i < 600; i++) {
      environment.step(stay);
    }
    byte[] state = environment.saveState();
    float[] next = environment.step(stay).observations.clone();
    KisimEnvironment other = new KisimEnvironment(4, 99, SETTINGS, mine);
    other.restoreState(state);
    assertThat(other.step(stay).observations)
        .hasSize(4 * ScalerCore.OBSERVATION_SIZE)
        .isEqualTo(next);
    KisimEnvironment usual = new KisimEnvironment(4, 3, SETTINGS);
    assertThatThrownBy(() -> usual.restoreState(state))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("scenarios");
  }

  @Test
  void moreReplicasThanTrainingTakesAreRefusedByName() {
    assertThatThrownBy(() -> new ListedScenarios.Given("a", rising(DAY, 101), 1))
        .hasMessageContaining("mine")
        .hasMessageContaining("101")
        .hasMessageContaining("100");
  }
}
