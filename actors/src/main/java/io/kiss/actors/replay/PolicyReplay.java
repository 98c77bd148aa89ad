package io.kiss.actors.replay;

import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.replay.ReplayedDecision.Answer;
import io.kiss.kisim.autoscale.Decision;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.KiScaler;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Takes decisions again with the scaler itself, set back to what it remembered before the tick. */
final class PolicyReplay implements Replayer {
  private final boolean same;
  private final Optional<String> by;
  private final Optional<PolicyNetwork> network;
  private final Function<String, Optional<PolicyNetwork>> known;

  PolicyReplay(
      Optional<String> by,
      Optional<PolicyNetwork> network,
      Function<String, Optional<PolicyNetwork>> known) {
    this(false, by, network, known);
  }

  private PolicyReplay(
      boolean same,
      Optional<String> by,
      Optional<PolicyNetwork> network,
      Function<String, Optional<PolicyNetwork>> known) {
    this.same = same;
    this.by = by;
    this.network = network;
    this.known = known;
  }

  /** By what decided then. */
  static PolicyReplay same(Optional<PolicyNetwork> network) {
    return new PolicyReplay(true, Optional.empty(), network, id -> network);
  }

  @Override
  public ReplayedDecision replay(DecisionRecord record) {
    if (record.workload().isEmpty()) {
      return ReplayedDecision.impossible(
          record, "the record does not say what workload was decided upon (an older version)");
    }
    List<String> notes = new ArrayList<>();
    Decision decision = decide(record, record.workload().get(), notes);
    Answer recorded = Answer.of(record);
    boolean exact = notes.isEmpty();
    if (exact && !Arrays.equals(decision.observation(), record.observation())) {
      exact = false;
      notes.add(
          record.observation().length == 0
              ? "the scaler failed at that tick, and nothing was observed"
              : "what is observed is not what was recorded: telemetry is incomplete in this copy"
                  + " of the record, or another version encoded it otherwise");
    }
    if (exact && same && !isThatOf(record, recorded, decision)) {
      exact = false;
      notes.add("this version decides otherwise than the one that recorded it");
    }
    record
        .budget()
        .ifPresent(
            limit ->
                notes.add(
                    "a GPU budget of %d then gave %d of the %d replicas wished; both answers are before it"
                        .formatted(limit.gpus(), record.replicas(), limit.wished())));
    Optional<String> name = same ? record.policy() : by;
    Optional<PolicyNetwork> then = record.policy().flatMap(known);
    Answer replayed = Answer.of(name, decision);
    return new ReplayedDecision(
        record.id(),
        record.cluster(),
        record.namespace(),
        record.deployment(),
        record.timeSeconds(),
        recorded,
        Optional.of(replayed),
        exact,
        notes,
        Explanation.odds(record.probabilities(), decision.probabilities()),
        Explanation.features(record, decision, then, network),
        Explanation.difference(recorded, replayed));
  }

  private Decision decide(DecisionRecord record, WorkloadSpec workload, List<String> notes) {
    if (record.limits().isEmpty()) {
      notes.add("the record has no guardrails' limits (an older version): the usual ones are used");
    }
    GuardSettings limits = record.limits().orElse(GuardSettings.DEFAULT);
    KiScaler scaler = new KiScaler(workload, limits, Optional.empty());
    network.ifPresent(scaler::use);
    if (record.scalerState().length == 0) {
      notes.add("the record has no memory of the ticks before: decided as if there were none");
    } else {
      try {
        scaler.restoreState(record.scalerState());
      } catch (IllegalArgumentException e) {
        notes.add(
            "the memory of the ticks before cannot be read ("
                + e.getMessage()
                + "): decided as if there were none");
      }
    }
    if (!same) {
      // How long an observation has been outside a policy's range is that policy's memory.
      network.ifPresent(scaler::use);
    }
    return scaler.explain(record.telemetry());
  }

  private static boolean isThatOf(DecisionRecord record, Answer recorded, Decision decision) {
    return decision.source() == record.source()
        && decision.current() == record.current()
        && decision.proposal() == record.proposal()
        && decision.replicas() == recorded.replicas()
        && decision.action() == record.action()
        && Arrays.equals(decision.probabilities(), record.probabilities())
        && decision.guards().equals(recorded.guards())
        && (record.budget().isPresent()
            ? record.reason().startsWith(decision.reason())
            : decision.reason().equals(record.reason()));
  }
}
