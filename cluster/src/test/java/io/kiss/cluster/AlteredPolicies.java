package io.kiss.cluster;

import io.kiss.kisim.autoscale.PolicySnapshot;
import java.util.Arrays;

/** Policies that differ from another in what a test needs. */
public final class AlteredPolicies {
  private AlteredPolicies() {}

  /** The same with something added to one weight. */
  public static PolicySnapshot withMore(PolicySnapshot policy, int weight, float more) {
    float[] weights = policy.weights().clone();
    weights[weight] += more;
    return with(policy, weights, policy.lowest(), policy.highest());
  }

  /** The same, at home with whatever is observed. */
  public static PolicySnapshot anywhere(PolicySnapshot policy) {
    float[] lowest = policy.lowest().clone();
    float[] highest = policy.highest().clone();
    Arrays.fill(lowest, -1e6f);
    Arrays.fill(highest, 1e6f);
    return with(policy, policy.weights(), lowest, highest);
  }

  private static PolicySnapshot with(
      PolicySnapshot policy, float[] weights, float[] lowest, float[] highest) {
    return new PolicySnapshot(
        policy.observationId(),
        policy.actionId(),
        policy.layers(),
        policy.heads(),
        weights,
        policy.mean(),
        policy.deviation(),
        lowest,
        highest);
  }
}
