package io.kiss.actors.scaler;

import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.scaler.Problems.Area;
import io.kiss.actors.scaler.ScalerActor.LoadedPolicy;
import io.kiss.kisim.autoscale.PolicyNetwork;
import java.util.Optional;

/**
 * The assignment in force in a namespace, and the policy its scalers run: the same, except while
 * the newer one is being fetched or cannot be had.
 */
final class AssignedPolicy {

  /** The policy cache's answer. */
  record Answered(Assignment assignment, PolicyNetwork network, Throwable failure) {}

  private final Site site;

  private Assignment inForce = Assignment.NONE;
  private LoadedPolicy inUse = LoadedPolicy.NONE;
  private boolean answered;

  AssignedPolicy(Site site) {
    this.site = site;
  }

  Assignment inForce() {
    return inForce;
  }

  /** What scalers are to run now. */
  LoadedPolicy inUse() {
    return inUse;
  }

  /** Whether it is settled what scalers start with, though that be nothing. */
  boolean answered() {
    return answered;
  }

  /** Whether {@code assignment} comes from an older term, or claims this one for another policy. */
  boolean refuses(Assignment assignment) {
    return assignment.term() < inForce.term()
        || (assignment.term() == inForce.term() && !assignment.equals(inForce));
  }

  /**
   * Puts an assignment in force, and fetches its policy where it is not the one in use; {@link
   * Answered} follows then.
   *
   * @return whether scalers are to be told of {@link #inUse} now
   */
  boolean follow(Assignment assignment) {
    inForce = assignment;
    if (inUse.assignment().equals(assignment)) {
      answered = true;
      return false;
    }
    if (assignment.policy().isEmpty()) {
      return adopt(Optional.empty());
    }
    if (inUse.assignment().policy().equals(assignment.policy())) {
      return adopt(inUse.network());
    }
    site.context()
        .pipeToSelf(
            site.calls()
                .call(
                    "the policy store",
                    () -> site.environment().policies().get(assignment.policy().orElseThrow())),
            (network, failure) -> new Answered(assignment, network, failure));
    return false;
  }

  /**
   * Takes in the cache's answer; one to an older assignment says nothing.
   *
   * @return whether scalers are to be told of {@link #inUse} now
   */
  boolean answered(Answered answer) {
    if (!answer.assignment().equals(inForce) || inForce.equals(inUse.assignment())) {
      return false;
    }
    if (answer.failure() == null) {
      return adopt(Optional.of(answer.network()));
    }
    String meanwhile =
        inUse.network().isPresent() ? "the policy before it goes on" : "the queueing rule decides";
    site.problems().set(Area.POLICY, PortCalls.sentence(answer.failure()) + "; " + meanwhile);
    answered = true;
    return false;
  }

  private boolean adopt(Optional<PolicyNetwork> network) {
    inUse = new LoadedPolicy(inForce, network);
    answered = true;
    site.problems().clear(Area.POLICY);
    return true;
  }
}
