package io.kiss.actors.replay;

import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.replay.ReplayedDecision.Answer;
import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Shows a classical autoscaler the recorded telemetry. Its memory is in no record, so it is exact
 * never; it knows what it was shown before. It can decide at recorded ticks only: one whose own
 * period is longer lets ticks pass, one whose period is shorter decides less often than it would.
 */
final class AutoscalerReplay implements Replayer {
  private final AutoscalerChoice choice;

  private WorkloadSpec workload;
  private Autoscaler autoscaler;
  private double decidedAtSeconds;
  private int wish;
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
      autoscaler = choice.create(workload);
      decidedAtSeconds = Double.NEGATIVE_INFINITY;
      shownBefore = 0;
    }
    double now = record.telemetry().timeSeconds();
    // Ticks come when they come: half of one early is on time.
    boolean due = now - decidedAtSeconds >= autoscaler.tickSeconds() - workload.tickSeconds() / 2;
    if (due) {
      wish = autoscaler.decide(record.telemetry());
      decidedAtSeconds = now;
    }
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
            due ? choice.kind().help() : "between two of its decisions: its newest wish");
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
