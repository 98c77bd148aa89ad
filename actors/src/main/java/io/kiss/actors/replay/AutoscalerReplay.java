package io.kiss.actors.replay;

import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.replay.ReplayedDecision.Answer;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.autoscale.opponents.PacedAutoscaler;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Shows a classical autoscaler the recorded telemetry. Its memory is in no record, so it is exact
 * never; it knows what it was shown before. It can decide at recorded ticks only.
 */
final class AutoscalerReplay implements Replayer {
  private final AutoscalerChoice choice;

  private WorkloadSpec workload;
  private PacedAutoscaler autoscaler;
  private int shownBefore;

  AutoscalerReplay(AutoscalerChoice choice) {
    this.choice = choice;
  }

  @Override
  public ReplayedDecision replay(DecisionRecord record) {
    if (record.workload().isEmpty()) {
      return ReplayedDecision.impossible(
          record, "the record does not say what workload was decided upon (an older version)");
    }
    if (!record.workload().get().equals(workload)) {
      workload = record.workload().get();
      autoscaler = new PacedAutoscaler(choice, workload);
      shownBefore = 0;
    }
    int wish = autoscaler.decide(record.telemetry());
    Answer recorded = Answer.of(record);
    Answer replayed =
        new Answer(
            Optional.of(choice.toString()),
            Optional.empty(),
            record.telemetry().desiredReplicas(),
            wish,
            workload.clamp(wish),
            Optional.empty(),
            Set.of(),
            autoscaler.wasDue()
                ? choice.kind().help()
                : "between two of its decisions: its newest wish");
    List<String> notes = notes();
    shownBefore++;
    return new ReplayedDecision(
        record.id(),
        record.cluster(),
        record.namespace(),
        record.deployment(),
        record.timeSeconds(),
        recorded,
        Optional.of(replayed),
        false,
        notes,
        Explanation.odds(record.probabilities(), new float[0]),
        List.of(),
        Explanation.difference(recorded, replayed));
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    notes.add(
        "no record has the memory of a classical autoscaler: it was shown the %d decisions before"
            .formatted(shownBefore));
    if (autoscaler.tickSeconds() < workload.tickSeconds()) {
      notes.add(
          String.format(
              Locale.ROOT,
              "it would decide every %.0f s, and telemetry was recorded every %.0f s",
              autoscaler.tickSeconds(),
              workload.tickSeconds()));
    }
    return notes;
  }
}
