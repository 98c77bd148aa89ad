package io.kiss.kisim.autoscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PolicyTest {
  private static final int[] LAYERS = {ScalerCore.OBSERVATION_SIZE, 64, 48, ActionSpace.SIZE};

  private static PolicySnapshot random(long seed) {
    Random random = new Random(seed);
    float[] weights = gaussians(random, PolicySnapshot.weightCount(LAYERS), 0.3);
    float[] mean = gaussians(random, LAYERS[0], 1);
    float[] deviation = new float[LAYERS[0]];
    float[] lowest = new float[LAYERS[0]];
    float[] highest = new float[LAYERS[0]];
    for (int i = 0; i < LAYERS[0]; i++) {
      deviation[i] = 0.1f + random.nextFloat();
      lowest[i] = mean[i] - 3;
      highest[i] = mean[i] + 3;
    }
    deviation[3] = 0;
    return new PolicySnapshot(
        ScalerCore.OBSERVATION_ID,
        ActionSpace.ID,
        LAYERS,
        weights,
        mean,
        deviation,
        lowest,
        highest);
  }

  private static float[] gaussians(Random random, int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }

  /** The same network, plainly and in double precision. */
  private static double[] plainLogits(PolicySnapshot policy, float[] observation) {
    double[] values = new double[LAYERS[0]];
    for (int i = 0; i < values.length; i++) {
      double deviation = Math.max(1e-4, policy.deviation()[i]);
      double normalised = (observation[i] - policy.mean()[i]) / deviation;
      values[i] = Math.max(-10, Math.min(10, normalised));
    }
    int w = 0;
    for (int l = 1; l < LAYERS.length; l++) {
      double[] next = new double[LAYERS[l]];
      int bias = w + LAYERS[l] * LAYERS[l - 1];
      for (int o = 0; o < next.length; o++) {
        double sum = policy.weights()[bias + o];
        for (double value : values) {
          sum += policy.weights()[w++] * value;
        }
        next[o] = l < LAYERS.length - 1 ? Math.tanh(sum) : sum;
      }
      w = bias + LAYERS[l];
      values = next;
    }
    return values;
  }

  @Test
  void theNetworkComputesWhatADoublePrecisionOneDoes() {
    for (long seed = 1; seed <= 50; seed++) {
      PolicySnapshot policy = random(seed);
      PolicyNetwork network = new PolicyNetwork(policy);
      float[] observation = gaussians(new Random(-seed), LAYERS[0], 1.5);
      float[] logits = new float[ActionSpace.SIZE];
      network.logits(observation, 0, logits, 0);
      double[] expected = plainLogits(policy, observation);
      for (int a = 0; a < logits.length; a++) {
        assertThat((double) logits[a]).as("seed %d", seed).isCloseTo(expected[a], within(1e-5));
      }
    }
  }

  @Test
  void manyObservationsAtOnceGiveTheBitsOfOneAfterTheOther() {
    for (long seed = 1; seed <= 8; seed++) {
      Random random = new Random(seed);
      PolicyNetwork network = new PolicyNetwork(random(seed));
      // Through the limits of one pass, growing and shrinking; odd layers are in the other test.
      int[] counts = {1, 23, 24, 1 + random.nextInt(900), 191, 192, 1024, 1025, 2500, 7};
      for (int rows : counts) {
        float[] observations = gaussians(random, 3 + rows * LAYERS[0], 2);
        float[] together = new float[5 + rows * ActionSpace.SIZE];
        float[] alone = new float[together.length];
        network.logits(observations, 3, rows, together, 5);
        for (int row = 0; row < rows; row++) {
          network.logits(observations, 3 + row * LAYERS[0], alone, 5 + row * ActionSpace.SIZE);
        }
        assertThat(together).as("seed %d, %d rows", seed, rows).isEqualTo(alone);
      }
    }
  }

  @Test
  void layersOfAnyWidthGiveTheSameBitsManyAtOnceToo() {
    for (long seed = 1; seed <= 40; seed++) {
      Random random = new Random(seed);
      int[] layers = new int[2 + random.nextInt(3)];
      for (int l = 0; l < layers.length; l++) {
        layers[l] = 1 + random.nextInt(13);
      }
      float[] feature = gaussians(random, layers[0], 1);
      float[] weights = gaussians(random, PolicySnapshot.weightCount(layers), 0.5);
      PolicyNetwork network =
          new PolicyNetwork(
              new PolicySnapshot("o", "a", layers, weights, feature, feature, feature, feature));
      int rows = 24 + random.nextInt(400);
      int actions = layers[layers.length - 1];
      float[] observations = gaussians(random, rows * layers[0], 2);
      float[] together = new float[rows * actions];
      float[] alone = new float[rows * actions];
      network.logits(observations, 0, rows, together, 0);
      for (int row = 0; row < rows; row++) {
        network.logits(observations, row * layers[0], alone, row * actions);
      }
      assertThat(together).as("seed %d %s", seed, Arrays.toString(layers)).isEqualTo(alone);
    }
  }

  @Test
  void oneArgumentThatTanhCutsAmongManyThatItDoesNotGivesTheSameBitsManyAtOnceToo() {
    int[] layers = {1, 2, 1};
    float[] weights = {1, -0.5f, 0, 0, 1, 1, 0};
    float[] zero = {0};
    float[] one = {1};
    PolicyNetwork network =
        new PolicyNetwork(new PolicySnapshot("o", "a", layers, weights, zero, one, zero, zero));
    int rows = 300;
    Random random = new Random(1);
    for (float beyond = 7.8f; beyond < 8.2f; beyond += 0.001f) {
      float[] observations = gaussians(random, rows, 1);
      observations[random.nextInt(rows)] = random.nextBoolean() ? beyond : -beyond;
      observations[random.nextInt(rows)] = beyond > 8.1f ? Float.NaN : 0;
      float[] together = new float[rows];
      float[] alone = new float[rows];
      network.logits(observations, 0, rows, together, 0);
      for (int row = 0; row < rows; row++) {
        network.logits(observations, row, alone, row);
      }
      assertThat(together).as("%s", beyond).isEqualTo(alone);
    }
  }

  @Test
  void theTanhIsWithinAMillionthOfTheExactOne() {
    for (double x = -12; x <= 12; x += 0.0013) {
      assertThat((double) PolicyNetwork.tanh((float) x)).isCloseTo(Math.tanh(x), within(1e-6));
    }
  }

  @Test
  void probabilitiesSumToOneOverAllowedActionsOnly() {
    float[] values = {1000, 2, 3, 1};
    float[] mask = {0, 1, 1, 0};
    PolicyNetwork.softmax(values, mask);
    assertThat((double) values[1]).isCloseTo(1 / (1 + Math.E), within(1e-6));
    assertThat(values[1] + values[2]).isCloseTo(1, within(1e-6f));
    assertThat(values[0] + values[3]).isZero();
    assertThat(PolicyNetwork.argmax(new float[] {9, 1, 2, 8}, mask, 0, 4)).isEqualTo(2);
  }

  @Test
  void eachHeadIsAChoiceOfItsOwn() {
    float[] values = {9, 2, 3, 1, 5, 5};
    float[] mask = {0, 1, 1, 1, 1, 1};
    assertThat(PolicyNetwork.argmax(values, mask, 0, 3)).isEqualTo(2);
    assertThat(PolicyNetwork.argmax(values, mask, 3, 6)).isEqualTo(1);
    PolicyNetwork.softmax(values, mask, 3, 6);
    assertThat(values[0]).as("the other head").isEqualTo(9);
    assertThat((double) values[3]).isCloseTo(1 / (1 + 2 * Math.exp(4)), within(1e-6));
    assertThat(values[4]).isEqualTo(values[5]);
    assertThat(values[3] + values[4] + values[5]).isCloseTo(1, within(1e-6f));
  }

  @Test
  void aPolicyOfSeveralHeadsSurvivesItsBytesAndOneOfOneHeadKeepsTheFirstFormat() {
    PolicySnapshot one = random(4);
    PolicySnapshot several = withHeads(one, 4, 1, 5);
    assertThat(PolicySnapshot.fromBytes(several.toBytes())).isEqualTo(several);
    assertThat(PolicySnapshot.fromBytes(several.toBytes()).heads()).containsExactly(4, 1, 5);
    assertThat(several.toBytes()[7]).isEqualTo((byte) 2);
    assertThat(one.toBytes()[7]).isEqualTo((byte) 1);
    assertThat(PolicySnapshot.fromBytes(one.toBytes()).heads()).containsExactly(ActionSpace.SIZE);
    assertThatThrownBy(several::requireCompatible).hasMessageContaining("train it again");
    assertThatThrownBy(() -> withHeads(one, 4, 5)).hasMessageContaining("9 logits");
    assertThatThrownBy(() -> withHeads(one, 11, -1)).hasMessageContaining("nothing to choose");
    byte[] newer = one.toBytes();
    newer[7] = 3;
    assertThatThrownBy(() -> PolicySnapshot.fromBytes(newer)).hasMessageContaining("format 3");
  }

  private static PolicySnapshot withHeads(PolicySnapshot policy, int... heads) {
    return new PolicySnapshot(
        policy.observationId(),
        policy.actionId(),
        policy.layers(),
        heads,
        policy.weights(),
        policy.mean(),
        policy.deviation(),
        policy.lowest(),
        policy.highest());
  }

  @Test
  void aSnapshotSurvivesItsBytesAndKeepsItsIdentity() {
    PolicySnapshot policy = random(4);
    PolicySnapshot read = PolicySnapshot.fromBytes(policy.toBytes());
    assertThat(read).isEqualTo(policy);
    assertThat(read.sha256()).isEqualTo(policy.sha256()).hasSize(64);
    assertThat(random(5).sha256()).isNotEqualTo(policy.sha256());
  }

  @Test
  void tornOrForeignBytesAreRefusedWhereverTheyEnd() {
    byte[] whole = random(4).toBytes();
    for (int length = 0; length < whole.length; length += 1 + length / 50) {
      byte[] torn = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> PolicySnapshot.fromBytes(torn))
          .as("%d bytes", length)
          .isInstanceOf(IllegalArgumentException.class);
    }
    byte[] longer = Arrays.copyOf(whole, whole.length + 1);
    assertThatThrownBy(() -> PolicySnapshot.fromBytes(longer))
        .hasMessageContaining("after its end");
    byte[] foreign = whole.clone();
    foreign[0]++;
    assertThatThrownBy(() -> PolicySnapshot.fromBytes(foreign))
        .hasMessageContaining("not a KIS-S policy");
  }

  @Test
  void aPolicyOfAnotherObservationIsRefused() {
    PolicySnapshot policy = random(1);
    PolicySnapshot other =
        new PolicySnapshot(
            "obs-other",
            policy.actionId(),
            policy.layers(),
            policy.weights(),
            policy.mean(),
            policy.deviation(),
            policy.lowest(),
            policy.highest());
    assertThat(policy.requireCompatible()).isSameAs(policy);
    assertThatThrownBy(other::requireCompatible).hasMessageContaining("train it again");
  }
}
