package io.kiss.actors.replay;

import io.kiss.actors.live.DecisionRecord;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import java.util.Optional;
import java.util.function.Function;

/**
 * Takes recorded decisions again, by somebody else.
 *
 * <p>Telemetry is of what was really running. Each decision is therefore answered where it was
 * really taken: with the replicas, the queue and the memory of that tick. What a different decision
 * would have led to, at the ticks after it, no record can tell; that is a simulation's question.
 */
public interface Replayer {
  /** What is to be said wherever a replay is shown. */
  String CAVEAT =
      "Telemetry is of what was really running: each line says what would have been asked for at"
          + " that moment, not how the service would have fared had it been done";

  /**
   * Takes a decision again. Decisions of one Deployment are given in the order of time: classical
   * autoscalers remember those before.
   */
  ReplayedDecision replay(DecisionRecord record);

  /**
   * By what decided then: the proof that records are complete.
   *
   * @param known networks of policies by id; empty where a policy cannot be had any more
   */
  static Replayer asRecorded(Function<String, Optional<PolicyNetwork>> known) {
    return record -> {
      Optional<PolicyNetwork> network = record.policy().flatMap(known);
      if (record.policy().isPresent() && network.isEmpty()) {
        return ReplayedDecision.impossible(
            record, "policy " + record.policy().get() + " cannot be had any more");
      }
      return PolicyReplay.same(network).replay(record);
    };
  }

  /**
   * By a policy, on the decision path that live scalers take: encoder, network, guardrails.
   *
   * @param by its name
   * @param network empty: the queueing rule
   * @param known as above: what influenced the decision that was really taken
   */
  static Replayer policy(
      String by, Optional<PolicyNetwork> network, Function<String, Optional<PolicyNetwork>> known) {
    return new PolicyReplay(Optional.of(by), network, known);
  }

  /**
   * By a classical autoscaler, which knows what it was shown since this replayer was made. It
   * follows its own rules: KIS-S' guardrails are not put upon it, the workload's limits are.
   */
  static Replayer autoscaler(AutoscalerChoice choice) {
    return new AutoscalerReplay(choice);
  }
}
