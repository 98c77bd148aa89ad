package io.kiss.kisim.evaluate;

import io.kiss.kisim.evaluate.result.EntrantInfo.Role;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import io.kiss.kisim.evaluate.result.RunResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an evaluation says about its autoscalers: who costs less, by how much, and whether that is
 * more than chance. A <em>case</em> is a trace with a seed; only cases in which all came to a
 * result are compared.
 *
 * @param cases that are compared
 * @param casesRun that were to be compared
 * @param leftOut entrants without a result in common with the others
 * @param reference the others are compared with it: the best policy, or else {@code baseline}, or
 *     else what there is; absent where nobody came to a result
 * @param oracle the entrant that knows the future
 * @param baseline the best that anybody could have run: as published, as set by hand, or tuned
 *     beforehand
 * @param baselineHere the best that was tuned in hindsight
 * @param leads sentences to begin with: the reference against {@code baseline} (where no policy
 *     took part, the next best) and {@code baselineHere}
 * @param rows lowest interquartile mean first
 * @param profiles in the order of {@code rows}
 * @param traces by trace, then in the order of the command, of all runs there are
 */
public record Comparison(
    int cases,
    int casesRun,
    List<String> leftOut,
    Optional<String> reference,
    Optional<String> oracle,
    Optional<String> baseline,
    Optional<String> baselineHere,
    List<Lead> leads,
    List<Row> rows,
    List<PerformanceProfile> profiles,
    List<TraceRow> traces) {

  /**
   * How an autoscaler did over all cases.
   *
   * @param autoscaler its name
   * @param role what it is
   * @param rank 1 plus the number of those that clearly cost less; 0 for the Oracle, which is a
   *     bound and not ranked
   * @param tiedWith ranked ones that chance does not tell from it, best first
   * @param costAtSlo interquartile mean
   * @param means of everything else
   * @param against the reference; absent for itself
   * @param regret interquartile mean of what it cost above the Oracle; absent without one
   * @param gapClosed between {@code baseline} and Oracle
   * @param gapClosedHere between {@code baselineHere} and Oracle
   */
  public record Row(
      String autoscaler,
      Role role,
      int rank,
      List<String> tiedWith,
      Interval costAtSlo,
      Means means,
      Optional<Against> against,
      Optional<Interval> regret,
      Optional<GapClosed> gapClosed,
      Optional<GapClosed> gapClosedHere) {

    public Row {
      tiedWith = List.copyOf(tiedWith);
    }
  }

  /**
   * One beside another.
   *
   * @param difference of the interquartile means of cost-at-SLO, the other's taken off
   * @param verdict what that says
   * @param improvement probability that a run costs less than one of the other on the same trace
   * @param wins cases in which it costs less
   * @param losses cases in which it costs more
   */
  public record Against(
      Interval difference, Verdict verdict, Interval improvement, int wins, int losses) {}

  /**
   * Share of the gap between a baseline and the Oracle that is closed: 0 is as the baseline, 1 as
   * the Oracle.
   *
   * @param from the baseline
   * @param median over the cases with a gap; {@code NaN} where there is none
   * @param cases with a gap
   */
  public record GapClosed(String from, Interval median, int cases) {}

  /**
   * A finding to begin with.
   *
   * @param one the reference
   * @param other whom it is held against
   * @param otherRole what that one is
   * @param relative difference of cost-at-SLO as a share of the other's; -0.07 is 7 % less
   * @param against the rest
   */
  public record Lead(
      String one, String other, Role otherRole, Interval relative, Against against) {}

  /**
   * How an autoscaler did on one trace.
   *
   * @param trace its name
   * @param autoscaler its name
   * @param costAtSlo interquartile mean; no interval with one seed
   * @param means of everything else
   */
  public record TraceRow(String trace, String autoscaler, Interval costAtSlo, Means means) {}

  public Comparison {
    leftOut = List.copyOf(leftOut);
    leads = List.copyOf(leads);
    rows = List.copyOf(rows);
    profiles = List.copyOf(profiles);
    traces = List.copyOf(traces);
  }

  /** Compares; the same results give the same figures. */
  public static Comparison of(EvaluationResults results) {
    return new Comparing(results).compare();
  }

  /** The row of an entrant; absent for one that is left out. */
  public Optional<Row> row(String autoscaler) {
    return rows.stream().filter(row -> row.autoscaler().equals(autoscaler)).findFirst();
  }

  /** Whether chance can be told from difference at all, which takes two seeds of some trace. */
  public boolean judged() {
    return !rows.isEmpty() && rows.get(0).costAtSlo().known();
  }

  /**
   * What a run cost above the Oracle's of the same trace and seed.
   *
   * @param oracleRuns as {@link #oracleRuns} gives them
   */
  public static Optional<Double> regret(
      RunResult run, Map<String, Map<Long, RunResult>> oracleRuns) {
    return Optional.ofNullable(oracleRuns.getOrDefault(run.trace(), Map.of()).get(run.seed()))
        .map(bound -> run.costAtSlo() - bound.costAtSlo());
  }

  /** The Oracle's runs by trace and seed. */
  public static Map<String, Map<Long, RunResult>> oracleRuns(EvaluationResults results) {
    return Comparing.oracleRuns(results);
  }
}
