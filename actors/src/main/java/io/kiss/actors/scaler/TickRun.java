package io.kiss.actors.scaler;

import io.kiss.actors.live.DecisionRecord.BudgetLimit;
import io.kiss.actors.live.LiveCluster;
import io.kiss.actors.live.Workload;
import io.kiss.actors.protocol.Attachment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A tick that has begun and not finished: read, decide, write. */
final class TickRun {
  final long number;
  final LiveCluster cluster;

  /** Workloads whose scaler has not answered yet, by name. */
  private final Map<String, Asked> awaited = new LinkedHashMap<>();

  private final List<Answer> answers = new ArrayList<>();
  private boolean writing;

  /** An object as read before deciding, and whether the decision is to be carried out. */
  private record Asked(Workload workload, Attachment.Mode mode) {}

  /**
   * A decision and the object it is about, as read before deciding.
   *
   * @param budget what a GPU budget made of it; empty: nothing
   */
  record Answer(
      Workload workload,
      Attachment.Mode mode,
      ScalerActor.Decided decided,
      Optional<BudgetLimit> budget) {

    /** The same, of which a budget gives only so much. */
    Answer limited(BudgetLimit limit, int replicas, String why) {
      return new Answer(
          workload,
          mode,
          decided.with(decided.decision().limited(replicas, why)),
          Optional.of(limit));
    }
  }

  TickRun(long number, LiveCluster cluster) {
    this.number = number;
    this.cluster = cluster;
  }

  void await(Workload workload, Attachment.Mode mode) {
    awaited.put(workload.name(), new Asked(workload, mode));
  }

  /** Takes a scaler's answer; one nobody waits for is dropped. */
  boolean take(ScalerActor.Decided decided) {
    Asked asked =
        decided.tick() == number && !writing ? awaited.remove(decided.deployment()) : null;
    if (asked != null) {
      answers.add(new Answer(asked.workload(), asked.mode(), decided, Optional.empty()));
    }
    return asked != null;
  }

  boolean allAnswered() {
    return awaited.isEmpty();
  }

  /** Names of the workloads whose scaler has not answered; empty where all have. */
  Optional<String> missing() {
    return awaited.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", awaited.keySet()));
  }

  /** Ends the deciding; answers that come later are dropped. */
  List<Answer> write() {
    writing = true;
    return answers;
  }

  boolean writing() {
    return writing;
  }
}
