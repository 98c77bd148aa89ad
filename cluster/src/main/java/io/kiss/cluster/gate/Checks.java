package io.kiss.cluster.gate;

import io.kiss.actors.protocol.GateReport.Check;
import io.kiss.kisim.evaluate.Interval;
import io.kiss.kisim.evaluate.TournamentResult;
import io.kiss.kisim.evaluate.result.RunResult;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** The conditions of the gate, one by one. */
final class Checks {
  /** Share of the cases where holding the least and the most replicas must not cost the same. */
  private static final double LEAST_THAT_MATTER = 0.9;

  private static final double SAME = 1e-9;
  private static final int NAMED = 5;

  private Checks() {}

  static Check beats(TournamentResult result, String other) {
    Interval difference = result.difference(Gate.CANDIDATE, other);
    boolean passed = difference.high() < 0;
    return new Check(
        "beats-" + other,
        passed,
        difference.high(),
        0,
        sentence(passed ? "it costs less than " : "it does not beat ", other, difference));
  }

  static Check notWorse(TournamentResult result, String other) {
    Interval difference = result.difference(Gate.CANDIDATE, other);
    boolean passed = difference.low() <= 0;
    return new Check(
        "not-worse-than-" + other,
        passed,
        difference.low(),
        0,
        sentence(passed ? "it costs no more than " : "it costs more than ", other, difference));
  }

  private static String sentence(String verdict, String other, Interval difference) {
    return String.format(
        Locale.ROOT,
        "%s%s: cost-at-SLO case by case %+.3f in the median (95%% interval %+.3f to %+.3f)",
        verdict,
        other,
        difference.estimate(),
        difference.low(),
        difference.high());
  }

  static Check champion(TournamentResult result, String champion) {
    double mine = result.standing(Gate.CANDIDATE).costAtSlo();
    double theirs = result.standing(Gate.CHAMPION).costAtSlo();
    boolean passed = mine <= theirs;
    return new Check(
        "at-least-champion",
        passed,
        mine,
        theirs,
        String.format(
            Locale.ROOT,
            "its median cost at the SLO, %.3f, is %s than that of champion %s, %.3f",
            mine,
            passed ? "no higher" : "higher",
            champion,
            theirs));
  }

  /** The operator's own traffic may not drown among the cases that were drawn. */
  static Check own(TournamentResult result, String other, List<String> names) {
    double mine = median(result, Gate.CANDIDATE, names::contains);
    double theirs = median(result, other, names::contains);
    boolean passed = mine <= theirs;
    return new Check(
        "own-traces",
        passed,
        mine,
        theirs,
        String.format(
            Locale.ROOT,
            "on your %d cases alone its median cost at the SLO, %.3f, is %s than that of %s, %.3f",
            names.size(),
            mine,
            passed ? "no higher" : "higher",
            other,
            theirs));
  }

  private static double median(TournamentResult result, String entrant, Predicate<String> trace) {
    double[] costs =
        result.rows().stream()
            .filter(row -> row.autoscaler().equals(entrant) && trace.test(row.trace()))
            .mapToDouble(RunResult::costAtSlo)
            .sorted()
            .toArray();
    int half = costs.length / 2;
    return costs.length % 2 == 1 ? costs[half] : (costs[half - 1] + costs[half]) / 2;
  }

  static Check action(ActionSensitivity sensitivity, double least) {
    List<String> ignored = sensitivity.ignored();
    String names = String.join(", ", ignored.subList(0, Math.min(NAMED, ignored.size())));
    return new Check(
        "action-sensitivity",
        sensitivity.overall() >= least,
        sensitivity.overall(),
        least,
        String.format(
            Locale.ROOT,
            "%.1f%% of its decisions come out otherwise where it is shown another observation%s",
            100 * sensitivity.overall(),
            ignored.isEmpty()
                ? ""
                : "; on %d of %d features none depended: %s%s"
                    .formatted(
                        ignored.size(),
                        sensitivity.features().size(),
                        names,
                        ignored.size() > NAMED ? " …" : "")));
  }

  /** Says something of the tournament, not of the candidate: without it nothing is proved. */
  static Check reward(TournamentResult result) {
    List<RunResult> least = of(result, Gate.LEAST);
    List<RunResult> most = of(result, Gate.MOST);
    int matter = 0;
    for (int c = 0; c < least.size(); c++) {
      double one = least.get(c).costAtSlo();
      double other = most.get(c).costAtSlo();
      matter += Math.abs(one - other) > SAME * Math.max(Math.abs(one), Math.abs(other)) ? 1 : 0;
    }
    double share = (double) matter / least.size();
    return new Check(
        "reward-sensitivity",
        share >= LEAST_THAT_MATTER,
        share,
        LEAST_THAT_MATTER,
        "in %d of %d cases it matters for the cost whether the least or the most replicas are held"
            .formatted(matter, least.size()));
  }

  private static List<RunResult> of(TournamentResult result, String entrant) {
    return result.rows().stream().filter(row -> row.autoscaler().equals(entrant)).toList();
  }

  /** Whoever asks for a quick look at a few cases must not get a policy through with it. */
  static Check cases(int drawn, int fewest) {
    return new Check(
        "enough-cases",
        drawn >= fewest,
        drawn,
        fewest,
        "%d cases were drawn, and kiss.gate.cases asks for %d".formatted(drawn, fewest));
  }

  static Check range(double share, double most) {
    return new Check(
        "out-of-range",
        share <= most,
        share,
        most,
        String.format(
            Locale.ROOT,
            "in %.1f%% of its decisions the observation was outside the range it was trained on",
            100 * share));
  }
}
