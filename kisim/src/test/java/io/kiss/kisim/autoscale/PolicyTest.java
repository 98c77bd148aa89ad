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
    assertThat(PolicyNetwork.argmax(new float[] {9, 1, 2, 8}, mask)).isEqualTo(2);
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
