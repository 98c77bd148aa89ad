package io.kiss.kisim.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.ScalerCore;
import io.kiss.kisim.autoscale.opponents.HpaParameters;
import io.kiss.kisim.autoscale.opponents.HpaV2;
import io.kiss.kisim.env.EnvironmentSettings;
import java.nio.file.Path;
import java.util.List;
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
