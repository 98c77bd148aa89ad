package io.kiss.kisim.autoscale.budget;

import java.util.Map;

/**
 * What a budget gives.
 *
 * @param shares by Deployment
 * @param gpus that the replicas given take
 * @param exceeded whether the fewest replicas everybody may be given already take more than the
 *     budget: everybody then has exactly those
 */
public record Allocation(Map<String, Share> shares, long gpus, boolean exceeded) {
  public Allocation {
    shares = Map.copyOf(shares);
  }

  /**
   * One Deployment's.
   *
   * @param target replicas it should come to have, were everything as now
   * @param replicas to set now: what runs above its target comes down by the guardrails' rules
   *     alone, and what is not free yet cannot be given to others
   */
  public record Share(int target, int replicas) {}
}
