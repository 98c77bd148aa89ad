package io.kiss.kisim.evaluate;

import io.kiss.kisim.evaluate.result.EntrantInfo;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import io.kiss.kisim.evaluate.result.Failure;
import io.kiss.kisim.evaluate.result.RunResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleBiFunction;

/**
 * The runs that may be compared: those traces and seeds that every entrant came to a score in.
 * Entrants without any, and should nothing be in common those with the fewest, are left out.
 */
final class CommonRuns {
  private record Case(String trace, long seed) {}

  private final Map<String, Map<Case, RunResult>> byEntrant = new LinkedHashMap<>();
  private final Map<String, List<Case>> common = new LinkedHashMap<>();
  private final List<String> leftOut = new ArrayList<>();
  private final int expected;

  CommonRuns(EvaluationResults results) {
    Set<Case> all = new HashSet<>();
    for (EntrantInfo entrant : results.entrants()) {
      byEntrant.put(entrant.name(), new HashMap<>());
    }
    for (RunResult run : results.runs()) {
      Case each = new Case(run.trace(), run.seed());
      all.add(each);
      if (Double.isFinite(run.costAtSlo())) {
        byEntrant.get(run.autoscaler()).put(each, run);
      }
    }
    for (Failure failure : results.failures()) {
      all.add(new Case(failure.trace(), failure.seed()));
    }
    expected = all.size();
    leaveOutIfWithout();
    Set<Case> shared = shared(all);
    while (shared.isEmpty() && byEntrant.size() > 1) {
      leaveOutTheScarcest();
      shared = shared(all);
    }
    results.traces().forEach(trace -> common.put(trace.name(), new ArrayList<>()));
    TreeSet<Long> seeds = new TreeSet<>();
    shared.forEach(each -> seeds.add(each.seed));
    for (Map.Entry<String, List<Case>> trace : common.entrySet()) {
      for (long seed : seeds) {
        Case each = new Case(trace.getKey(), seed);
        if (shared.contains(each)) {
          trace.getValue().add(each);
        }
      }
    }
    common.values().removeIf(List::isEmpty);
  }

  private void leaveOutIfWithout() {
    for (String name : List.copyOf(byEntrant.keySet())) {
      if (byEntrant.get(name).isEmpty()) {
        byEntrant.remove(name);
        leftOut.add(name);
      }
    }
  }

  private void leaveOutTheScarcest() {
    String scarcest = "";
    int fewest = Integer.MAX_VALUE;
    for (Map.Entry<String, Map<Case, RunResult>> each : byEntrant.entrySet()) {
      if (each.getValue().size() <= fewest) {
        fewest = each.getValue().size();
        scarcest = each.getKey();
      }
    }
    byEntrant.remove(scarcest);
    leftOut.add(scarcest);
  }

  private Set<Case> shared(Set<Case> all) {
    Set<Case> shared = new HashSet<>(all);
    byEntrant.values().forEach(runs -> shared.retainAll(runs.keySet()));
    return byEntrant.isEmpty() ? Set.of() : shared;
  }

  /** Names of those that can be compared, in the order of the command. */
  List<String> entrants() {
    return List.copyOf(byEntrant.keySet());
  }

  List<String> leftOut() {
    return List.copyOf(leftOut);
  }

  /** Traces × seeds that are compared. */
  int size() {
    return common.values().stream().mapToInt(List::size).sum();
  }

  /** Traces × seeds that were run. */
  int expected() {
    return expected;
  }

  /** The runs of an entrant, by trace and then seed. */
  List<RunResult> runs(String entrant) {
    List<RunResult> runs = new ArrayList<>();
    common.values().forEach(cases -> cases.forEach(c -> runs.add(byEntrant.get(entrant).get(c))));
    return runs;
  }

  Scores costs(String entrant) {
    return scores(entrant, entrant, (run, same) -> run.costAtSlo());
  }

  /** A figure of {@code entrant}'s runs and of those that {@code other} did in their place. */
  Scores scores(String entrant, String other, ToDoubleBiFunction<RunResult, RunResult> figure) {
    Map<String, double[]> strata = new LinkedHashMap<>();
    Map<Case, RunResult> mine = byEntrant.get(entrant);
    Map<Case, RunResult> theirs = byEntrant.get(other);
    common.forEach(
        (trace, cases) ->
            strata.put(
                trace,
                cases.stream()
                    .mapToDouble(c -> figure.applyAsDouble(mine.get(c), theirs.get(c)))
                    .toArray()));
    return Scores.of(entrant, strata);
  }
}
