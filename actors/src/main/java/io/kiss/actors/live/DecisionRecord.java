package io.kiss.actors.live;

import io.kiss.actors.protocol.ControlMessage;
import io.kiss.kisim.autoscale.DecisionSource;
import io.kiss.kisim.autoscale.Guard;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.util.Optional;
import java.util.Set;

/**
 * Everything about one decision: what was seen, what was chosen and by whom, what the guardrails
 * made of it, and what became of it.
 *
 * @param id unique, sortable by time
 * @param timeSeconds on the cluster's clock
 * @param policy id of the policy in use; empty: none
 * @param term of the assignment in force
 * @param scalerState memory before the tick, to replay it from
 * @param outcome what happened to the wish
 * @param error why it was held or failed; empty otherwise
 * @param workload that was decided upon; empty: not known, or recorded by an older version
 * @param limits of the guardrails; empty: recorded by an older version
 * @param budget what a GPU budget made of it; empty: it was followed as decided
 */
public record DecisionRecord(
    String id,
    String cluster,
    String namespace,
    String deployment,
    double timeSeconds,
    Optional<String> policy,
    long term,
    TelemetrySample telemetry,
    DecisionSource source,
    int current,
    int proposal,
    int replicas,
    int action,
    float[] observation,
    float[] probabilities,
    Set<Guard> guards,
    byte[] scalerState,
    String reason,
    Outcome outcome,
    Optional<String> error,
    Optional<WorkloadSpec> workload,
    Optional<GuardSettings> limits,
    Optional<BudgetLimit> budget)
    implements ControlMessage {

  public DecisionRecord {
    workload = workload == null ? Optional.empty() : workload;
    limits = limits == null ? Optional.empty() : limits;
    budget = budget == null ? Optional.empty() : budget;
  }

  /**
   * What a GPU budget made of a decision.
   *
   * @param gpus the budget
   * @param wished replicas, after the other guardrails
   * @param target replicas that the budget gives in the long run; {@code replicas} of the record
   *     are above that while the guardrails let no more go
   * @param gpusPerReplica GPUs that one replica takes
   */
  public record BudgetLimit(long gpus, int wished, int target, int gpusPerReplica)
      implements ControlMessage {}

  /** What became of a decision. */
  public enum Outcome {
    /** Nothing to change. */
    UNCHANGED,
    /** Written to the cluster. */
    APPLIED,
    /** Shadow mode: recorded only. */
    SHADOWED,
    /** Acting was switched on but not allowed at this tick; {@code error} says why. */
    HELD,
    /** The object changed under it; the tick was abandoned. */
    CONFLICT,
    /** The cluster refused or did not answer. */
    FAILED
  }
}
