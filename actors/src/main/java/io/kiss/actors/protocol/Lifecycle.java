package io.kiss.actors.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where policies stand on their way: which one is tried, what the gate said, what was taken back.
 *
 * @param rollout the candidate on its way; empty: none
 * @param paused whether the controller changes nothing until it is resumed
 * @param reports the newest of each policy
 * @param rejected policies that were rolled back; they need force to be promoted again
 * @param history newest last, bounded
 */
public record Lifecycle(
    Optional<Rollout> rollout,
    boolean paused,
    List<GateReport> reports,
    List<String> rejected,
    List<Change> history)
    implements ControlMessage {

  /** Before anything happened. */
  public static final Lifecycle EMPTY =
      new Lifecycle(Optional.empty(), false, List.of(), List.of(), List.of());

  /** How far back the history goes; bounds the state. */
  public static final int MAX_HISTORY = 200;

  /** Any may be absent where an older version wrote it. */
  public Lifecycle {
    rollout = rollout == null ? Optional.empty() : rollout;
    reports = reports == null ? List.of() : List.copyOf(reports);
    rejected = rejected == null ? List.of() : List.copyOf(rejected);
    history = history == null ? List.of() : List.copyOf(history);
  }

  /**
   * A candidate on its way to all scalers.
   *
   * @param stage index of the share it has now
   * @param startedAtMillis when the stage began, Unix time
   * @param forced whether it went past the gate
   */
  public record Rollout(PolicyRef candidate, int stage, long startedAtMillis, boolean forced)
      implements ControlMessage {}

  /**
   * Something that was decided.
   *
   * @param atMillis Unix time; 0: not known, an older version did not write it down
   * @param policy id; empty: none in particular
   * @param what such as {@code PROMOTION}
   * @param sentence for people; empty where there is nothing to add
   */
  public record Change(
      long term, long atMillis, String policy, String what, boolean forced, String sentence)
      implements ControlMessage {}

  /** What the gate said of that policy last. */
  public Optional<GateReport> report(String policyId) {
    return reports.stream().filter(r -> r.policyId().equals(policyId)).findFirst();
  }

  /** The same after something was decided. */
  public Lifecycle with(Change change) {
    List<Change> longer = plus(history, change);
    return new Lifecycle(
        rollout,
        paused,
        reports,
        rejected,
        longer.subList(Math.max(0, longer.size() - MAX_HISTORY), longer.size()));
  }

  /** The same with another candidate on its way, or none. */
  public Lifecycle with(Optional<Rollout> other) {
    return new Lifecycle(other, paused, reports, rejected, history);
  }

  /** The same, paused or not. */
  public Lifecycle withPaused(boolean other) {
    return new Lifecycle(rollout, other, reports, rejected, history);
  }

  /** The same with a report in place of the one there was of that policy. */
  public Lifecycle with(GateReport report) {
    List<GateReport> others =
        reports.stream().filter(r -> !r.policyId().equals(report.policyId())).toList();
    return new Lifecycle(rollout, paused, plus(others, report), rejected, history);
  }

  /** The same after a policy was taken back. */
  public Lifecycle rejecting(String policyId) {
    return rejected.contains(policyId)
        ? this
        : new Lifecycle(rollout, paused, reports, plus(rejected, policyId), history);
  }

  /** The same after a policy became champion: what was held against it is forgiven. */
  public Lifecycle accepting(String policyId) {
    return new Lifecycle(
        rollout,
        paused,
        reports,
        rejected.stream().filter(id -> !id.equals(policyId)).toList(),
        history);
  }

  private static <T> List<T> plus(List<T> list, T element) {
    List<T> longer = new ArrayList<>(list);
    longer.add(element);
    return longer;
  }
}
