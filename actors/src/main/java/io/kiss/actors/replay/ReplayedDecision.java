package io.kiss.actors.replay;

import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.live.DecisionRecord.BudgetLimit;
import io.kiss.kisim.autoscale.ActionSpace;
import io.kiss.kisim.autoscale.Decision;
import io.kiss.kisim.autoscale.DecisionSource;
import io.kiss.kisim.autoscale.Guard;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A recorded decision, and the same one taken again.
 *
 * @param replayed empty: the record does not have what is needed; {@code notes} say what
 * @param exact whether the record determines {@code replayed}: all the state was there and what was
 *     seen came out of it bit for bit as recorded; by what decided then, the decision as well
 * @param notes what is missing for that, or has to be known of a classical autoscaler
 * @param actions what each side's policy thought of every action; empty where neither had one
 * @param features what was observed, and what it had to do with the choice; empty for a classical
 *     autoscaler
 * @param difference in a sentence
 */
public record ReplayedDecision(
    String id,
    String cluster,
    String namespace,
    String deployment,
    double timeSeconds,
    Answer recorded,
    Optional<Answer> replayed,
    boolean exact,
    List<String> notes,
    List<Odds> actions,
    List<Feature> features,
    String difference) {

  public ReplayedDecision {
    notes = List.copyOf(notes);
    actions = List.copyOf(actions);
    features = List.copyOf(features);
  }

  /**
   * What one side decided.
   *
   * @param by id of the policy or name of the autoscaler; empty: no policy
   * @param source who proposed; empty: a classical autoscaler
   * @param proposal before the guardrails, or the workload's limits
   * @param action of the policy; empty where none chose
   */
  public record Answer(
      Optional<String> by,
      Optional<DecisionSource> source,
      int current,
      int proposal,
      int replicas,
      Optional<String> action,
      Set<Guard> guards,
      String reason) {

    public Answer {
      guards = Set.copyOf(guards);
    }

    /** What was decided, before a GPU budget: that is of all Deployments, and not taken again. */
    static Answer of(DecisionRecord record) {
      Set<Guard> guards = EnumSet.noneOf(Guard.class);
      guards.addAll(record.guards());
      guards.remove(Guard.BUDGET);
      return new Answer(
          record.policy(),
          Optional.of(record.source()),
          record.current(),
          record.proposal(),
          record.budget().map(BudgetLimit::wished).orElse(record.replicas()),
          name(record.action()),
          guards,
          record.reason());
    }

    static Answer of(Optional<String> by, Decision decision) {
      return new Answer(
          by,
          Optional.of(decision.source()),
          decision.current(),
          decision.proposal(),
          decision.replicas(),
          name(decision.action()),
          decision.guards(),
          decision.reason());
    }

    private static Optional<String> name(int action) {
      return action < 0 ? Optional.empty() : Optional.of(ActionSpace.nameOf(action));
    }
  }

  /** An action and its probability on either side; null where no policy chose. */
  public record Odds(String action, Float recorded, Float replayed) {}

  /**
   * A feature of the observation.
   *
   * @param value what the scaler saw
   * @param influenceRecorded how far the recorded policy's probabilities move when this feature
   *     alone is set to its mean in that policy's training (total variation, 0..1); null where no
   *     policy chose or it cannot be had
   * @param influenceReplayed the same of the policy that decided now
   */
  public record Feature(
      String name, float value, Float influenceRecorded, Float influenceReplayed) {}

  static ReplayedDecision impossible(DecisionRecord record, String why) {
    return new ReplayedDecision(
        record.id(),
        record.cluster(),
        record.namespace(),
        record.deployment(),
        record.timeSeconds(),
        Answer.of(record),
        Optional.empty(),
        false,
        List.of(why),
        List.of(),
        List.of(),
        "cannot be taken again: " + why);
  }
}
