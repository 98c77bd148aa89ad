package io.kiss.actors.scaler;

import io.kiss.actors.protocol.PolicyRef;
import io.kiss.kisim.autoscale.ActionSpace;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.autoscale.ScalerCore;
import java.util.Arrays;

/** Policies whose choice is known without computing anything. */
final class TestPolicies {
  private TestPolicies() {}

  /** A linear policy with zero weights and one bias: it always takes {@code action} if allowed. */
  static PolicySnapshot always(int action) {
    int features = ScalerCore.OBSERVATION_SIZE;
    int[] layers = {features, ActionSpace.SIZE};
    float[] weights = new float[PolicySnapshot.weightCount(layers)];
    weights[features * ActionSpace.SIZE + action] = 1;
    return new PolicySnapshot(
        ScalerCore.OBSERVATION_ID,
        ActionSpace.ID,
        layers,
        weights,
        new float[features],
        filled(features, 1),
        filled(features, -1e6f),
        filled(features, 1e6f));
  }

  private static float[] filled(int length, float value) {
    float[] array = new float[length];
    Arrays.fill(array, value);
    return array;
  }

  static PolicyRef ref(String id, PolicySnapshot policy) {
    return new PolicyRef(id, policy.sha256());
  }
}
