package io.kiss.rollout;

import io.kiss.kisim.autoscale.PolicySnapshot;
import java.util.Random;

/** Policies for {@link ScriptedEnvironment}. */
final class TestPolicies {
  static final float[] MEAN = {50, -5};
  static final float[] DEVIATION = {80, 4};

  private TestPolicies() {}

  /** One linear layer with random weights. */
  static PolicySnapshot random(long seed) {
    Random random = new Random(seed);
    float[] weights = new float[ScriptedEnvironment.ACTIONS * (ScriptedEnvironment.FEATURES + 1)];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    int[] layers = {ScriptedEnvironment.FEATURES, ScriptedEnvironment.ACTIONS};
    return new PolicySnapshot("test", "test", layers, weights, MEAN, DEVIATION, MEAN, MEAN);
  }

  static PolicySnapshot withHeads(PolicySnapshot policy, int... heads) {
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
}
