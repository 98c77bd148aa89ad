package io.kiss.kisim.evaluate;

import io.kiss.kisim.evaluate.Comparison.Against;
import io.kiss.kisim.evaluate.Comparison.GapClosed;
import io.kiss.kisim.evaluate.Comparison.Lead;
import io.kiss.kisim.evaluate.Comparison.Row;
import io.kiss.kisim.evaluate.Comparison.TraceRow;
import io.kiss.kisim.evaluate.result.EntrantInfo;
import io.kiss.kisim.evaluate.result.EntrantInfo.Role;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import io.kiss.kisim.evaluate.result.RunResult;
import io.kiss.kisim.evaluate.result.TraceInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Works out a {@link Comparison}. */
final class Comparing {
  private static final long SEED = 20240607;
  private static final int THRESHOLDS = 40;

  private final RunStatistics statistics = new RunStatistics(SEED);
  private final EvaluationResults results;
  private final CommonRuns common;
  private final Map<String, Role> roles = new HashMap<>();

  /** Best first. */
  private final Map<String, Scores> costs = new LinkedHashMap<>();

  private final Map<String, Interval> means = new HashMap<>();
  private final Optional<String> reference;
  private final Optional<String> oracle;
  private final Optional<String> baseline;
  private final Optional<String> baselineHere;

  Comparing(EvaluationResults results) {
    this.results = results;
    common = new CommonRuns(results);
    results.entrants().forEach(entrant -> roles.put(entrant.name(), entrant.role()));
    List<Scores> scores = new ArrayList<>();
    for (String name : common.entrants()) {
      Scores each = common.costs(name);
      scores.add(each);
      means.put(name, statistics.interquartileMean(each));
    }
    scores.sort(Comparator.comparingDouble(each -> means.get(each.autoscaler()).estimate()));
    scores.forEach(each -> costs.put(each.autoscaler(), each));
    oracle = best(role -> role == Role.ORACLE);
    baseline = best(role -> role == Role.TUNED || role == Role.BASELINE);
    baselineHere = best(Role.TUNED_HERE::equals);
    reference =
        best(Role.POLICY::equals)
            .or(() -> baseline)
            .or(() -> baselineHere)
            .or(() -> best(role -> true));
  }

  static Map<String, Map<Long, RunResult>> oracleRuns(EvaluationResults results) {
    Map<String, Map<Long, RunResult>> runs = new HashMap<>();
    for (EntrantInfo entrant : results.entrants()) {
      if (entrant.role() == Role.ORACLE) {
        for (RunResult run : results.runs()) {
          if (run.autoscaler().equals(entrant.name())) {
            runs.computeIfAbsent(run.trace(), trace -> new HashMap<>()).put(run.seed(), run);
          }
        }
        return runs;
      }
    }
    return runs;
  }

  private Optional<String> best(Predicate<Role> role) {
    return costs.keySet().stream().filter(name -> role.test(roles.get(name))).findFirst();
  }

  Comparison compare() {
    Map<String, List<String>> ties = new HashMap<>();
    Map<String, Integer> ranks = new HashMap<>();
    rank(ties, ranks);
    List<Row> rows = new ArrayList<>();
    for (String name : costs.keySet()) {
      rows.add(
          new Row(
              name,
              roles.get(name),
              ranks.getOrDefault(name, 0),
              ties.getOrDefault(name, List.of()),
              means.get(name),
              Means.of(common.runs(name)),
              reference.filter(other -> !other.equals(name)).map(other -> against(name, other)),
              oracle.map(bound -> regret(name, bound)),
              baseline.flatMap(from -> oracle.map(bound -> gapClosed(name, from, bound))),
              baselineHere.flatMap(from -> oracle.map(bound -> gapClosed(name, from, bound)))));
    }
    return new Comparison(
        common.size(),
        common.expected(),
        common.leftOut(),
        reference,
        oracle,
        baseline,
        baselineHere,
        leads(),
        rows,
        profiles(),
        traces());
  }

  /** Each pair once: the interval of a difference is that of its opposite, turned round. */
  private void rank(Map<String, List<String>> ties, Map<String, Integer> ranks) {
    List<String> names =
        costs.keySet().stream().filter(name -> roles.get(name) != Role.ORACLE).toList();
    for (String name : names) {
      ranks.put(name, 1);
      ties.put(name, new ArrayList<>());
    }
    for (int i = 0; i < names.size(); i++) {
      for (int j = i + 1; j < names.size(); j++) {
        String better = names.get(i);
        String worse = names.get(j);
        if (statistics.compare(costs.get(better), costs.get(worse)) == Verdict.TIE) {
          ties.get(better).add(worse);
          ties.get(worse).add(better);
        } else {
          ranks.merge(worse, 1, Integer::sum);
        }
      }
    }
    ties.values().forEach(tied -> tied.sort(Comparator.comparingInt(names::indexOf)));
  }

  private Against against(String one, String other) {
    Scores mine = costs.get(one);
    Scores theirs = costs.get(other);
    int wins = 0;
    int losses = 0;
    double[][] own = mine.matrix();
    double[][] others = theirs.matrix();
    for (int s = 0; s < own.length; s++) {
      for (int i = 0; i < own[s].length; i++) {
        wins += own[s][i] < others[s][i] ? 1 : 0;
        losses += own[s][i] > others[s][i] ? 1 : 0;
      }
    }
    return new Against(
        statistics.difference(mine, theirs),
        statistics.compare(mine, theirs),
        statistics.probabilityOfImprovement(mine, theirs),
        wins,
        losses);
  }

  private Interval regret(String name, String bound) {
    return statistics.interquartileMean(
        common.scores(name, bound, (run, best) -> run.costAtSlo() - best.costAtSlo()));
  }

  private GapClosed gapClosed(String name, String from, String bound) {
    Interval median = statistics.gapClosed(costs.get(name), costs.get(from), costs.get(bound));
    int cases = 0;
    for (double gap :
        common
            .scores(from, bound, (run, best) -> run.costAtSlo() - best.costAtSlo())
            .strata()
            .stream()
            .flatMapToDouble(stratum -> Arrays.stream(stratum.values()))
            .toArray()) {
      cases += gap > 0 ? 1 : 0;
    }
    return new GapClosed(from, median, cases);
  }

  private List<Lead> leads() {
    List<Lead> leads = new ArrayList<>();
    reference.ifPresent(
        one -> {
          if (roles.get(one) == Role.POLICY && (baseline.isPresent() || baselineHere.isPresent())) {
            baseline.ifPresent(other -> leads.add(lead(one, other)));
            baselineHere.ifPresent(other -> leads.add(lead(one, other)));
          } else {
            costs.keySet().stream()
                .filter(name -> !name.equals(one))
                .filter(name -> roles.get(name) != Role.ORACLE)
                .filter(name -> roles.get(name) != Role.TUNED_HERE)
                .findFirst()
                .ifPresent(other -> leads.add(lead(one, other)));
            baselineHere
                .filter(other -> !other.equals(one))
                .ifPresent(other -> leads.add(lead(one, other)));
          }
        });
    return leads;
  }

  private Lead lead(String one, String other) {
    return new Lead(
        one,
        other,
        roles.get(other),
        statistics.relativeDifference(costs.get(one), costs.get(other)),
        against(one, other));
  }

  private List<PerformanceProfile> profiles() {
    double[] all =
        costs.values().stream()
            .flatMap(scores -> scores.strata().stream())
            .flatMapToDouble(stratum -> Arrays.stream(stratum.values()))
            .toArray();
    if (all.length == 0) {
      return List.of();
    }
    double low = Math.log(Math.max(1e-6, Arrays.stream(all).min().orElseThrow()));
    double high = Math.log(Math.max(1e-6, Arrays.stream(all).max().orElseThrow()));
    double[] thresholds = new double[THRESHOLDS];
    for (int i = 0; i < THRESHOLDS; i++) {
      thresholds[i] = Math.exp(low + (high - low) * i / (THRESHOLDS - 1));
    }
    // The ends are scores themselves, which rounding must not put on the wrong side.
    thresholds[0] = Math.exp(low) * (1 + 1e-12);
    thresholds[THRESHOLDS - 1] = Math.exp(high) * (1 + 1e-12);
    return costs.values().stream()
        .map(scores -> statistics.performanceProfile(scores, thresholds))
        .toList();
  }

  private List<TraceRow> traces() {
    List<TraceRow> rows = new ArrayList<>();
    for (TraceInfo trace : results.traces()) {
      for (EntrantInfo entrant : results.entrants()) {
        List<RunResult> runs =
            results.runs().stream()
                .filter(run -> run.trace().equals(trace.name()))
                .filter(run -> run.autoscaler().equals(entrant.name()))
                .filter(run -> Double.isFinite(run.costAtSlo()))
                .toList();
        if (!runs.isEmpty()) {
          double[] scores = runs.stream().mapToDouble(RunResult::costAtSlo).toArray();
          Scores own = Scores.of(entrant.name(), Map.of(trace.name(), scores));
          rows.add(
              new TraceRow(
                  trace.name(), entrant.name(), statistics.interquartileMean(own), Means.of(runs)));
        }
      }
    }
    return rows;
  }
}
