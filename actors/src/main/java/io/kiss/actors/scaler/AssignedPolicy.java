package io.kiss.actors.scaler;

import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.scaler.Problems.Area;
import io.kiss.actors.scaler.ScalerActor.LoadedPolicy;
import io.kiss.kisim.autoscale.PolicyNetwork;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The assignment in force in a namespace, and the policies its scalers run: the same, except while
 * the newer ones are being fetched or one of them cannot be had.
 */
final class AssignedPolicy {

  /** The policy cache's answer. */
  record Answered(Assignment assignment, Map<String, PolicyNetwork> networks, Throwable failure) {}

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
    List<PolicyRef> needed = assignment.policies();
    if (needed.stream().allMatch(ref -> inUse.networks().containsKey(ref.sha256()))) {
      return adopt(inUse.networks());
    }
    site.context()
        .pipeToSelf(
            site.calls().call("the policy store", () -> fetch(needed)),
            (networks, failure) -> new Answered(assignment, networks, failure));
    return false;
  }

  private CompletionStage<Map<String, PolicyNetwork>> fetch(List<PolicyRef> needed) {
    CompletionStage<Map<String, PolicyNetwork>> all =
        CompletableFuture.completedStage(new HashMap<>());
    for (PolicyRef ref : needed) {
      all =
          all.thenCombine(
              site.environment().policies().get(ref),
              (networks, network) -> {
                networks.put(ref.sha256(), network);
                return networks;
              });
    }
    return all;
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
      return adopt(answer.networks());
    }
    String meanwhile =
        inUse.networks().isEmpty() ? "the queueing rule decides" : "the policy before it goes on";
    site.problems().set(Area.POLICY, PortCalls.sentence(answer.failure()) + "; " + meanwhile);
    answered = true;
    return false;
  }

  /** Keeps those that the assignment names. */
  private boolean adopt(Map<String, PolicyNetwork> networks) {
    Map<String, PolicyNetwork> named = new HashMap<>();
    inForce.policies().forEach(ref -> named.put(ref.sha256(), networks.get(ref.sha256())));
    inUse = new LoadedPolicy(site.namespace(), inForce, named);
    answered = true;
    site.problems().clear(Area.POLICY);
    return true;
  }
}
