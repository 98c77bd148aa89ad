package io.kiss.kisim.autoscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Policies side by side, against each of them alone. */
class PolicyEnsembleTest {
  private static final int FEATURES = ScalerCore.OBSERVATION_SIZE;

  /** Normalisers so alike that no feature is clipped. */
  private static PolicySnapshot member(Random random, int... hidden) {
    int[] layers = new int[hidden.length + 2];
    layers[0] = FEATURES;
    System.arraycopy(hidden, 0, layers, 1, hidden.length);
    layers[layers.length - 1] = ActionSpace.SIZE;
    float[][] perFeature = new float[4][FEATURES];
    for (int i = 0; i < FEATURES; i++) {
      perFeature[0][i] = (float) (0.2 * random.nextGaussian());
      perFeature[1][i] = 0.5f + random.nextFloat();
      perFeature[2][i] = -1 - random.nextFloat();
      perFeature[3][i] = 1 + random.nextFloat();
    }
    float[] weights = new float[PolicySnapshot.weightCount(layers)];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (0.3 * random.nextGaussian());
    }
    return new PolicySnapshot(
        ScalerCore.OBSERVATION_ID,
        ActionSpace.ID,
        layers,
        weights,
        perFeature[0],
        perFeature[1],
        perFeature[2],
        perFeature[3]);
  }

  private static float[] logits(PolicySnapshot policy, float[] observation) {
    float[] logits = new float[ActionSpace.SIZE];
    new PolicyNetwork(policy).logits(observation, 0, logits, 0);
    return logits;
  }

  @Test
  void logitsOfTheWholeAreTheMeanOfItsMembers() {
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      List<PolicySnapshot> members = new ArrayList<>();
      for (int m = 0; m < 2 + seed % 3; m++) {
        members.add(member(random, 8 + random.nextInt(30), 8 + random.nextInt(30)));
      }
      PolicySnapshot whole = PolicyEnsemble.of(members);
      float[] observation = new float[FEATURES];
      for (int i = 0; i < FEATURES; i++) {
        observation[i] = (float) random.nextGaussian();
      }
      float[] together = logits(whole, observation);
      for (int a = 0; a < together.length; a++) {
        double mean = 0;
        for (PolicySnapshot each : members) {
          mean += logits(each, observation)[a] / members.size();
        }
        assertThat((double) together[a]).as("seed %d", seed).isCloseTo(mean, within(1e-4));
      }
    }
  }

  @Test
  void oneOfSeveralEqualOnesIsThatOne() {
    PolicySnapshot alone = member(new Random(7), 12, 9);
    PolicySnapshot thrice = PolicyEnsemble.of(List.of(alone, alone, alone));
    assertThat(thrice.layers()).containsExactly(FEATURES, 36, 27, ActionSpace.SIZE);
    float[] observation = new float[FEATURES];
    assertThat(logits(thrice, observation))
        .containsExactly(logits(alone, observation), within(1e-5f));
  }

  @Test
  void itKnowsOnlyWhatAllWereTrainedOn() {
    Random random = new Random(3);
    PolicySnapshot one = member(random, 4);
    PolicySnapshot other = member(random, 4);
    PolicySnapshot whole = PolicyEnsemble.of(List.of(one, other));
    for (int i = 0; i < FEATURES; i++) {
      assertThat(whole.lowest()[i]).isEqualTo(Math.max(one.lowest()[i], other.lowest()[i]));
      assertThat(whole.highest()[i]).isEqualTo(Math.min(one.highest()[i], other.highest()[i]));
    }
  }

  @Test
  void aFileOfItSaysWhereEachMemberIsFrom() {
    PolicyFile one = file(member(new Random(1), 4, 4), "first", 11, 9_000_000);
    PolicyFile other = file(member(new Random(2), 4, 4), "second", 12, 6_000_000);
    Instant now = Instant.parse("2026-11-27T00:00:00Z");
    PolicyFile whole = PolicyEnsemble.ofFiles(List.of(one, other), now);
    assertThat(PolicyFile.of("whole", whole.toBytes())).isEqualTo(whole);
    PolicyFile.Provenance from = whole.provenance();
    assertThat(from.environmentSteps()).isEqualTo(15_000_000);
    assertThat(from.run()).isEqualTo("first-second");
    assertThat(from.engine()).isEqualTo("PyTorch on cpu");
    assertThat(from.created()).isEqualTo(now);
    assertThat(from.settings())
        .contains(
            one.policy().sha256().substring(0, 12) + " (first, seed 11, 9000000 steps, commit c)")
        .contains("(second, seed 12, 6000000 steps, commit c)")
        .endsWith("each with gamma 0.99");
  }

  private static PolicyFile file(PolicySnapshot policy, String run, long seed, long steps) {
    return new PolicyFile(
        policy,
        new PolicyFile.Provenance(
            run, seed, 10, steps, 60, "PyTorch on cpu", "c", Instant.EPOCH, "gamma 0.99"));
  }

  @Test
  void whatDoesNotFitTogetherIsRefused() {
    PolicySnapshot two = member(new Random(1), 4, 4);
    PolicySnapshot one = member(new Random(1), 4);
    PolicySnapshot none = member(new Random(1));
    assertThatThrownBy(() -> PolicyEnsemble.of(List.of(two, one)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("equally many hidden layers");
    assertThatThrownBy(() -> PolicyEnsemble.of(List.of(none, none)))
        .hasMessageContaining("at least one");
    PolicySnapshot foreign =
        new PolicySnapshot(
            "obs-other",
            two.actionId(),
            two.layers(),
            two.weights(),
            two.mean(),
            two.deviation(),
            two.lowest(),
            two.highest());
    assertThatThrownBy(() -> PolicyEnsemble.of(List.of(two, foreign)))
        .hasMessageContaining("obs-other");
  }
}
