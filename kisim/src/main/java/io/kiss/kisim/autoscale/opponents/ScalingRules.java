package io.kiss.kisim.autoscale.opponents;

import java.util.List;

/**
 * How fast an HPA may move one way: {@code spec.behavior.scaleUp} or {@code scaleDown}.
 *
 * @param stabilisationSeconds up: no higher than the lowest wish of this window; down: no lower
 *     than the highest
 * @param select which of the policies counts
 * @param policies limits on the change
 */
public record ScalingRules(double stabilisationSeconds, Select select, List<Policy> policies) {

  /** Which policy counts. */
  public enum Select {
    /** The one that allows most. */
    MAX,
    /** The one that allows least. */
    MIN,
    /** None: no change this way. */
    DISABLED
  }

  /**
   * A limit on the change within a period.
   *
   * @param percent whether {@code value} is percent of the replicas at the period's start, or pods
   * @param value most change
   * @param periodSeconds changes of the same period count together
   */
  public record Policy(boolean percent, double value, double periodSeconds) {
    public Policy {
      if (!(value >= 0) || !(periodSeconds > 0)) {
        throw new IllegalArgumentException(
            "a scaling policy must not be negative, nor its period 0: "
                + value
                + " in "
                + periodSeconds
                + " s");
      }
    }

    /** So many pods a period. */
    public static Policy pods(int pods, double periodSeconds) {
      return new Policy(false, pods, periodSeconds);
    }

    /** So many percent a period. */
    public static Policy percent(double percent, double periodSeconds) {
      return new Policy(true, percent, periodSeconds);
    }
  }

  /** Kubernetes' defaults: at once, the double or four pods every 15 s, whichever is more. */
  public static final ScalingRules UP =
      new ScalingRules(0, Select.MAX, List.of(Policy.pods(4, 15), Policy.percent(100, 15)));

  /** Kubernetes' defaults: the highest wish of five minutes, then all the way. */
  public static final ScalingRules DOWN =
      new ScalingRules(300, Select.MAX, List.of(Policy.percent(100, 15)));

  public ScalingRules {
    if (!(stabilisationSeconds >= 0)) {
      throw new IllegalArgumentException(
          "stabilisationSeconds must not be negative, and is " + stabilisationSeconds);
    }
    if (policies.isEmpty()) {
      throw new IllegalArgumentException("scaling rules need a policy");
    }
    policies = List.copyOf(policies);
  }

  /** The same with another stabilisation window. */
  public ScalingRules withStabilisation(double seconds) {
    return new ScalingRules(seconds, select, policies);
  }

  double longestPeriod() {
    double longest = 0;
    for (Policy policy : policies) {
      longest = Math.max(longest, policy.periodSeconds());
    }
    return longest;
  }
}
