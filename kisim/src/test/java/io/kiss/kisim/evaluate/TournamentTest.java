package io.kiss.kisim.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.autoscale.opponents.HpaParameters;
import io.kiss.kisim.autoscale.opponents.HpaV2;
import io.kiss.kisim.autoscale.opponents.Queueing;
import io.kiss.kisim.autoscale.opponents.QueueingParameters;
import io.kiss.kisim.autoscale.opponents.StaticReplicas;
import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.env.ScenarioGenerator;
import io.kiss.kisim.env.ScenarioRanges;
import io.kiss.kisim.evaluate.result.RunResult;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.traffic.ArrivalTrace;
import io.kiss.kisim.traffic.OpenTraffic;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;

class TournamentTest {
  /** Three services, since each is to be measured first. */
  private static final EnvironmentSettings SETTINGS =
      EnvironmentSettings.DEFAULT.with(ScenarioRanges.DEFAULT.withShapes(3));

  private static final Entrant HPA =
      new Entrant("hpa", workload -> new HpaV2(workload, HpaParameters.DEFAULT));
  private static final Entrant HALF =
      new Entrant("static", w -> new StaticReplicas(w, w.maxReplicas() / 2));
  private static final Entrant QUEUEING =
      new Entrant("queueing", w -> new Queueing(w, QueueingParameters.DEFAULT));

  private static float[] rates(TournamentCase each) {
    return ((OpenTraffic) each.episode().scenario().traffic()).rates();
  }

  private static List<TournamentCase> cases(int count) {
    return TournamentCases.heldOut(count, 17, SETTINGS);
  }

  @Test
  void scalersThatLookAtTheLoadBeatHalfTheMaximumByMoreThanLuck() throws InterruptedException {
    TournamentResult result = Tournament.run(List.of(HALF, HPA, QUEUEING), cases(60), 2);
    assertThat(result.standing("hpa").beatsBaseline()).isTrue();
    assertThat(result.standing("queueing").costAtSlo())
        .isLessThan(result.standing("static").costAtSlo());
    assertThat(result.standing("static").wins()).isZero();
    assertThat(result.standing("static").beatsBaseline()).isFalse();
  }

  @Test
  void theNumberOfThreadsChangesNothing() throws InterruptedException {
    TournamentResult one = Tournament.run(List.of(HPA, QUEUEING), cases(12), 1);
    TournamentResult four = Tournament.run(List.of(HPA, QUEUEING), cases(12), 4);
    assertThat(four).isEqualTo(one);
    assertThat(one.rows()).hasSize(24);
    assertThat(one.rows().get(1).autoscaler()).isEqualTo("queueing");
    assertThat(one.rows().get(1).trace()).isEqualTo(one.rows().get(0).trace());
  }

  @Test
  void costAtSloIsTheGpuShareAndThePriceOfViolations() throws InterruptedException {
    List<TournamentCase> cases = cases(10);
    List<RunResult> rows = Tournament.run(List.of(HPA), cases, 1).rows();
    for (int i = 0; i < rows.size(); i++) {
      RunResult row = rows.get(i);
      double price = cases.get(i).episode().workload().violationPrice();
      assertThat(row.costAtSlo())
          .isCloseTo(row.gpuShare() + price * (1 - row.sloAttainment()), within(1e-9));
      double needHours =
          cases.get(i).episode().scenario().meanNeededReplicas(1)
              * cases.get(i).episode().scenario().seconds()
              / 3600;
      assertThat(row.gpuHours() / needHours).isCloseTo(row.gpuShare(), within(1e-3));
    }
  }

  @Test
  void heldOutCasesAreNoneThatTrainingDrawsFromTheSameSeed() {
    float[] first = rates(cases(1).get(0));
    ScenarioGenerator generator = new ScenarioGenerator(SETTINGS);
    float[] rates = new float[generator.knots()];
    assertThat(first).hasSameSizeAs(rates);
    // What the environments of a KisimEnvironment with this seed draw first.
    for (int e = 0; e < 256; e++) {
      generator.draw(
          RandomSource.XO_SHI_RO_256_PP.create(17 + 0x9E3779B97F4A7C15L * (e + 1)), rates);
      assertThat(rates).isNotEqualTo(first);
    }
  }

  @Test
  void aReplayedTraceIsRescaledToTheFleetAndNothingElse() {
    double[] counts = new double[600];
    Arrays.setAll(counts, t -> t < 300 ? 2 : 6);
    ServiceModel service = ServiceModel.ofServers("p", 0.5, 4, ServiceNoise.NONE, StartUp.INSTANT);
    TournamentCase replay =
        TournamentCases.replay(new ArrivalTrace("t", 1, counts), service, 12, 2, 120, 10, 15, 3);
    float[] rates = rates(replay);
    assertThat((double) rates[0]).isCloseTo(32, within(1e-3));
    assertThat((double) rates[599]).isCloseTo(96, within(1e-3));
    assertThat(replay.episode().scenario().maxReplicas()).isEqualTo(24);
    // 32/s is 4 replicas, at 70 % 5.7.
    assertThat(replay.episode().scenario().initialReplicas()).isEqualTo(6);
  }

  @Test
  void twoEntrantsOfOneNameAreRefused() {
    assertThatThrownBy(() -> Tournament.run(List.of(HPA, HPA), cases(1), 1))
        .hasMessageContaining("two entrants are called hpa");
  }

  @Test
  void theBootstrapIntervalOfAMedianIsNearTheOneByOrderStatistics() {
    double[] values = IntStream.rangeClosed(1, 101).mapToDouble(i -> i).toArray();
    double[] interval = Bootstrap.medianInterval(values, 0.95, 5);
    // Binomial(101, 1/2): 50.5 -+ 1.96 * 5.02, so the 41st and the 61st.
    assertThat(interval[0]).isCloseTo(41, within(2.5));
    assertThat(interval[1]).isCloseTo(61, within(2.5));
    assertThat(Bootstrap.median(values)).isEqualTo(51);
    assertThat(Bootstrap.median(new double[] {4, 1, 3, 2})).isEqualTo(2.5);
  }
}
