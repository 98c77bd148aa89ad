package io.kiss.kisim.autoscale;

import java.util.EnumSet;
import java.util.Set;

/**
 * One decision and why it came out so.
 *
 * @param source who made the proposal
 * @param current {@code spec.replicas} before
 * @param proposal replicas proposed, before the guardrails
 * @param replicas replicas to set
 * @param action index in {@link ActionSpace}, -1 where no policy chose
 * @param observation what the policy saw {@code [features]}
 * @param probabilities of the actions {@code [actions]}; empty where no policy chose
 * @param guards the guardrails that had a say
 * @param reason one sentence for people
 */
public record Decision(
    DecisionSource source,
    int current,
    int proposal,
    int replicas,
    int action,
    float[] observation,
    float[] probabilities,
    Set<Guard> guards,
    String reason) {

  /**
   * The same, of which a budget gives only so much.
   *
   * @param given replicas to set instead
   * @param why one sentence for people
   */
  public Decision limited(int given, String why) {
    Set<Guard> more = EnumSet.of(Guard.BUDGET);
    more.addAll(guards);
    return new Decision(
        source,
        current,
        proposal,
        given,
        action,
        observation,
        probabilities,
        more,
        reason + "; " + why);
  }
}
