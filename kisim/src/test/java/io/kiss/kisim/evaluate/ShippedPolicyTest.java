package io.kiss.kisim.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.autoscale.DecisionSource;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.KiScaler;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.ScalerCore;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.autoscale.opponents.HpaParameters;
import io.kiss.kisim.autoscale.opponents.HpaV2;
import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.evaluate.result.RunResult;
import io.kiss.kisim.scenario.ProfileFile;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.telemetry.TelemetrySample;
import io.kiss.kisim.traffic.ArrivalTrace;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@code conf/policies} holds is what its README says: one policy for any Deployment. */
class ShippedPolicyTest {
  private static final Path FILE = Path.of("..", "conf", "policies", "kiscaler.kiss");
  private static final long SEED = 20260607;
  private static final int CASES = 60;

  private final PolicyFile shipped = PolicyFile.read(FILE);

  @Test
  void itRunsOnTheObservationsOfThisVersionAndSaysWhereItComesFrom() {
    assertThat(shipped.policy().requireCompatible().observationId())
        .isEqualTo(ScalerCore.OBSERVATION_ID);
    assertThat(shipped.provenance().commit()).matches("[0-9a-f]{40}");
    assertThat(shipped.provenance().environmentSteps()).isPositive();
    assertThat(shipped.provenance().settings()).contains("gamma");
  }

  @Test
  void deploymentsUnlikeAnyItWasTrainedOnAreLeftToTheQueueingRule() {
    // Trained on SLOs of 2 to 50 service times, services of 5 ms to 4 s, 15 to 300 s of start-up.
    assertThat(first(0.1, 100 * 0.1, 60)).isEqualTo(DecisionSource.QUEUEING_RULE);
    assertThat(first(20, 5 * 20, 60)).isEqualTo(DecisionSource.QUEUEING_RULE);
    assertThat(first(0.1, 0.5, 600)).isEqualTo(DecisionSource.QUEUEING_RULE);
    assertThat(first(0.1, 0.5, 60)).isEqualTo(DecisionSource.POLICY);
    assertThat(first(4, 5 * 4, 300)).isEqualTo(DecisionSource.POLICY);
  }

  private DecisionSource first(double service, double slo, double startup) {
    WorkloadSpec workload =
        new WorkloadSpec("web", 1, 40, slo, service, 1 / service, startup, 10, 15);
    double rate = 6 / service;
    TelemetrySample telemetry =
        new TelemetrySample(
            0,
            5,
            rate,
            rate,
            service,
            1.5 * service,
            0,
            0,
            6,
            0.6,
            10,
            10,
            0,
            false,
            new double[0]);
    return new KiScaler(workload, GuardSettings.DEFAULT, Optional.of(shipped.policy()))
        .explain(telemetry)
        .source();
  }

  @Test
  void whereItIsNotAtHomeAQuickServiceOfLargeBatchesKeepsItsSlo() {
    // 2.5 ms alone, 128 at once in 41 ms: its capacity is believed by no formula of single
    // requests.
    ServiceModel quick =
        ProfileFile.read(Path.of("..", "conf", "profiles", "resnet50.conf")).get("resnet50-t4");
    double[] wave = new double[3600];
    for (int second = 0; second < wave.length; second++) {
      wave[second] = Math.rint(200 + 150 * Math.sin(second / 400.0));
    }
    TournamentCase replay =
        TournamentCases.replay(
            new ArrivalTrace("wave", 1, wave), quick, 10, 0.09, 45, 10, 15, SEED);
    RunResult found = Tournament.play(Entrant.learned("kiscaler", shipped.policy()), replay);
    assertThat(found.sloAttainment()).as(found.toString()).isGreaterThan(0.99);
  }

  @Test
  void itBeatsHpaOnDeploymentsThatTrainingDidNotDrawByMoreThanLuck() throws InterruptedException {
    Entrant hpa = new Entrant("hpa", workload -> new HpaV2(workload, HpaParameters.DEFAULT));
    TournamentResult result =
        Tournament.run(
            List.of(hpa, Entrant.learned("kiscaler", shipped.policy())),
            TournamentCases.heldOut(CASES, SEED, EnvironmentSettings.DEFAULT),
            2);
    Standing standing = result.standing("kiscaler");
    assertThat(standing.beatsBaseline()).as("seed %s: %s", SEED, standing).isTrue();
    assertThat(standing.wins()).as("seed %s: %s", SEED, standing).isGreaterThan(CASES / 2);
  }
}
