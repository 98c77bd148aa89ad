package io.kiss.actors.scaler;

import io.kiss.actors.live.LiveCluster;
import io.kiss.actors.live.Workload;
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
  private final Map<String, Workload> awaited = new LinkedHashMap<>();

  private final List<Answer> answers = new ArrayList<>();
  private boolean writing;

  /** A decision and the object it is about, as read before deciding. */
  record Answer(Workload workload, ScalerActor.Decided decided) {}

  TickRun(long number, LiveCluster cluster) {
    this.number = number;
    this.cluster = cluster;
  }

  void await(Workload workload) {
    awaited.put(workload.name(), workload);
  }

  /** Takes a scaler's answer; one nobody waits for is dropped. */
  boolean take(ScalerActor.Decided decided) {
    Workload workload =
        decided.tick() == number && !writing ? awaited.remove(decided.deployment()) : null;
    if (workload != null) {
      answers.add(new Answer(workload, decided));
    }
    return workload != null;
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
