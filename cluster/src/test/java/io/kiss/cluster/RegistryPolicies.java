package io.kiss.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.kiss.kisim.autoscale.ActionSpace;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.autoscale.ScalerCore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;

/** Policies to be registered, each with weights of its own, which follow from its id. */
final class RegistryPolicies {
  private static final int DOUBLES = ActionSpace.SIZE - 1;
  private static final int HALVES = 0;
  private static final String TELLING = "policy-";
  private static final String LEANING = "lean-";

  private RegistryPolicies() {}

  /** The file of a policy whose weights show in its decisions. */
  static String telling(int number) {
    return TELLING + number;
  }

  /** One that does as the shipped policy does. */
  static String good(int number) {
    return "good-" + number;
  }

  /** The shipped policy's network, which always prefers to halve. */
  static String leaning(int number) {
    return LEANING + number;
  }

  static byte[] file(String id) {
    return new PolicyFile(
            id.startsWith(TELLING) ? telling(id) : shipped(id),
            new PolicyFile.Provenance(
                "run-1", 1, 1, 1, 1, "none", "unknown", Instant.EPOCH, "of a test"))
        .toBytes();
  }

  private static int number(String id) {
    return Integer.parseInt(id.substring(id.indexOf('-') + 1));
  }

  /** What such a policy thinks of doubling, in logits beyond those of staying. */
  private static float doubling(String id) {
    return -1 - number(id) / 50f;
  }

  /** All weights are zero but one bias. */
  private static PolicySnapshot telling(String id) {
    int in = ScalerCore.OBSERVATION_SIZE;
    float[] weights = new float[(in + 1) * ActionSpace.SIZE];
    weights[weights.length - 1] = doubling(id);
    float[] ones = new float[in];
    Arrays.fill(ones, 1);
    return new PolicySnapshot(
        ScalerCore.OBSERVATION_ID,
        ActionSpace.ID,
        new int[] {in, ActionSpace.SIZE},
        weights,
        new float[in],
        ones,
        all(in, -1000),
        all(in, 1000));
  }

  private static PolicySnapshot shipped(String id) {
    PolicySnapshot policy =
        PolicyFile.read(Path.of("..", "conf", "policies", "kiscaler.kiss")).policy();
    int biases = policy.weights().length - policy.layers()[policy.layers().length - 1];
    float more = id.startsWith(LEANING) ? 1000 + number(id) : number(id) * 1e-6f;
    return AlteredPolicies.anywhere(AlteredPolicies.withMore(policy, biases + HALVES, more));
  }

  private static float[] all(int size, float value) {
    float[] values = new float[size];
    Arrays.fill(values, value);
    return values;
  }

  /**
   * Holds a decision against the weights that the policy it names was registered with: the logit of
   * its one bias is the logarithm of a ratio of two probabilities.
   *
   * @return whether it is one that tells
   */
  static boolean tells(JsonNode decision) {
    String id = decision.path("policy").asText();
    JsonNode probabilities = decision.path("probabilities");
    double doubles = probabilities.path(DOUBLES).asDouble();
    if (!id.startsWith(TELLING)
        || !decision.path("source").asText().equals("POLICY")
        || doubles <= 0) {
      return false;
    }
    assertThat(Math.log(doubles / probabilities.path(ActionSpace.STAY).asDouble()))
        .as("weights of %s in %s", id, decision.path("id").asText())
        .isCloseTo(doubling(id), within(0.002));
    return true;
  }
}
