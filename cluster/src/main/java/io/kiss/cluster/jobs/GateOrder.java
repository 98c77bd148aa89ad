package io.kiss.cluster.jobs;

import io.kiss.cluster.gate.Gate;
import io.kiss.cluster.gate.GateSettings;
import io.kiss.kisim.evaluate.EvaluationCase;
import io.kiss.kisim.evaluate.TournamentCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a policy is to be judged on; what is left out is as {@code kiss.gate} has it.
 *
 * @param traces names of the operator's traces; null: those configured
 * @param series traces given in the request itself; null: none
 * @param scenarios names of scenarios; null: those configured
 * @param profile of the pods that traces and series are replayed on
 * @param cases how many Deployments are drawn beside them
 * @param seed they are drawn from
 */
public record GateOrder(
    List<String> traces,
    List<Series> series,
    List<String> scenarios,
    String profile,
    String startupSeconds,
    Double peakReplicas,
    Double sloMs,
    Integer cases,
    Long seed) {
  /** All of it as {@code kiss.gate} has it. */
  public static final GateOrder AS_CONFIGURED =
      new GateOrder(null, null, null, null, null, null, null, null, null);

  private static final int MOST_CASES = 1000;

  /**
   * Reads all that it names.
   *
   * @throws IllegalArgumentException with a sentence that names the field
   */
  public Gate prepare(Library library, GateSettings settings) {
    if (cases != null && (cases < 1 || cases > MOST_CASES)) {
      throw new IllegalArgumentException("cases: must be in 1.." + MOST_CASES);
    }
    long from = seed == null ? settings.seed() : seed;
    List<TournamentCase> own = new ArrayList<>();
    List<String> replayed = traces == null ? settings.traces() : traces;
    List<Series> given = series == null ? List.of() : series;
    if (!replayed.isEmpty() || !given.isEmpty()) {
      String pods = profile == null ? settings.profile() : profile;
      add(own, order(replayed, given, null, pods), library, from);
    } else if (profile != null) {
      throw new IllegalArgumentException(
          "profile: is of the pods that traces are replayed on, and there is no trace");
    }
    List<String> played = scenarios == null ? settings.scenarios() : scenarios;
    if (!played.isEmpty()) {
      add(own, order(null, null, played, null), library, from);
    }
    return new Gate(settings, cases == null ? settings.cases() : cases, from, own);
  }

  private EvaluationOrder order(
      List<String> replayed, List<Series> given, List<String> played, String pods) {
    return new EvaluationOrder(
        replayed,
        given,
        played,
        pods,
        startupSeconds,
        played == null ? peakReplicas : null,
        sloMs,
        null,
        null,
        null,
        null,
        null,
        null,
        1,
        null);
  }

  private static void add(
      List<TournamentCase> own, EvaluationOrder order, Library library, long seed) {
    for (EvaluationCase each : order.read(library, Optional.empty()).plan().cases()) {
      // Cases that were drawn have names of their own kind.
      String name = "own " + each.name();
      if (own.stream().anyMatch(other -> other.name().equals(name))) {
        throw new IllegalArgumentException(
            "scenarios: " + each.name() + " goes by the same name as a trace");
      }
      own.add(new TournamentCase(name, each.episode(), seed + own.size()));
    }
  }
}
