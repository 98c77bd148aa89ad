package io.kiss.kisim.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.evaluate.Comparison.GapClosed;
import io.kiss.kisim.evaluate.Comparison.Lead;
import io.kiss.kisim.evaluate.Comparison.Row;
import io.kiss.kisim.evaluate.result.EntrantInfo;
import io.kiss.kisim.evaluate.result.EntrantInfo.Role;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import io.kiss.kisim.evaluate.result.Failure;
import io.kiss.kisim.evaluate.result.RunResult;
import io.kiss.kisim.evaluate.result.TraceInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final Interval NONE = new Interval(Double.NaN, Double.NaN, Double.NaN);

  /** Costs {@code [traces][seeds]}; NaN for a run that failed. */
  private record Player(String name, Role role, double[][] costs) {}

  private static Player player(String name, Role role, double[]... costs) {
    return new Player(name, role, costs);
  }

  private static EvaluationResults results(Player... players) {
    List<TraceInfo> traces = new ArrayList<>();
    List<RunResult> runs = new ArrayList<>();
    List<Failure> failures = new ArrayList<>();
    for (int t = 0; t < players[0].costs.length; t++) {
      String trace = "t" + t;
      traces.add(new TraceInfo(trace, trace, 0, 60, 1, "s", "d", 1, 1, 1, 9, 1, 1, 0));
      for (int seed = 1; seed <= players[0].costs[t].length; seed++) {
        for (Player player : players) {
          double cost = player.costs[t][seed - 1];
          if (Double.isNaN(cost)) {
            failures.add(new Failure(trace, seed, player.name, "it failed"));
          } else {
            runs.add(run(trace, seed, player.name, cost));
          }
        }
      }
    }
    List<EntrantInfo> entrants =
        Arrays.stream(players).map(p -> new EntrantInfo(p.name, p.role, Map.of(), "")).toList();
    return new EvaluationResults(
        "c", "v", "fluid", 10, traces, entrants, runs, List.of(), List.of(), failures);
  }

  /** A run whose spikes are as many as its seed, each absorbed in ten times as many seconds. */
  private static RunResult run(String trace, long seed, String name, double cost) {
    return new RunResult(
        trace,
        seed,
        name,
        cost,
        cost - 0.1,
        0.01,
        100,
        2,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        2,
        (int) seed,
        10 * seed);
  }

  private static final Player POLICY =
      player("policy", Role.POLICY, new double[] {1, 2}, new double[] {3, 4});
  private static final Player TUNED =
      player("hpa:tuned", Role.TUNED, new double[] {2, 3}, new double[] {4, 5});
  private static final Player ORACLE =
      player("oracle", Role.ORACLE, new double[] {0.5, 1}, new double[] {2, 5});

  @Test
  void aPolicyIsHeldAgainstTheBestTunedBaselineAndTheOracle() {
    Comparison found = Comparison.of(results(TUNED, POLICY, ORACLE));
    assertThat(found.rows())
        .extracting(Row::autoscaler)
        .containsExactly("oracle", "policy", "hpa:tuned");
    assertThat(found.rows()).extracting(Row::rank).containsExactly(0, 1, 2);
    assertThat(found.reference()).contains("policy");
    assertThat(found.baseline()).contains("hpa:tuned");
    assertThat(found.baselineHere()).isEmpty();

    // The middle two of 1, 2, 3, 4 and of 2, 3, 4, 5.
    Row policy = found.row("policy").orElseThrow();
    assertThat(policy.costAtSlo().estimate()).isEqualTo(2.5);
    assertThat(policy.against()).isEmpty();
    // Above the Oracle by 0.5, 1, 1 and -1: the middle two are 0.5 and 1.
    assertThat(policy.regret().orElseThrow().estimate()).isEqualTo(0.75);
    // 1 of 1.5, 1 of 2, 1 of 2; in the last case the Oracle is no better than the baseline.
    GapClosed gap = policy.gapClosed().orElseThrow();
    assertThat(gap.median().estimate()).isEqualTo(0.5);
    assertThat(gap.cases()).isEqualTo(3);
    assertThat(policy.gapClosedHere()).isEmpty();

    // One dearer in every run, so in every resample too.
    Row tuned = found.row("hpa:tuned").orElseThrow();
    assertThat(tuned.against().orElseThrow().difference()).isEqualTo(new Interval(1, 1, 1));
    assertThat(tuned.against().orElseThrow().verdict()).isEqualTo(Verdict.WORSE);
    assertThat(tuned.against().orElseThrow().wins()).isZero();
    assertThat(tuned.against().orElseThrow().losses()).isEqualTo(4);
    // Of the four pairs of a trace it loses three and ties one: 1/8.
    assertThat(tuned.against().orElseThrow().improvement().estimate()).isEqualTo(0.125);
    assertThat(tuned.gapClosed().orElseThrow().median().estimate()).isZero();

    Lead lead = found.leads().get(0);
    assertThat(lead.one()).isEqualTo("policy");
    assertThat(lead.relative().estimate()).isCloseTo(2.5 / 3.5 - 1, within(1e-12));
    assertThat(lead.against().wins()).isEqualTo(4);
    assertThat(lead.against().verdict()).isEqualTo(Verdict.BETTER);
  }

  @Test
  void spikesCountOnceEachInTheirMeanTime() {
    Means means = Comparison.of(results(POLICY)).row("policy").orElseThrow().means();
    // Twice 1 spike of 10 s and 2 spikes of 20 s.
    assertThat(means.absorbSeconds()).isCloseTo((10 + 40) / 3.0, within(1e-12));
    assertThat(means.sloAttainment()).isCloseTo(0.99, within(1e-12));
    assertThat(means.runs()).isEqualTo(4);
  }

  @Test
  void onlyCasesInWhichAllCameToAResultAreCompared() {
    Player torn = player("torn", Role.TUNED, new double[] {2, 3}, new double[] {4, Double.NaN});
    Comparison found = Comparison.of(results(torn, POLICY));
    assertThat(found.cases()).isEqualTo(3);
    assertThat(found.casesRun()).isEqualTo(4);
    assertThat(found.leftOut()).isEmpty();
    // Of three values none is left out: (1 + 2 + 3) / 3, without the 4.
    assertThat(found.row("policy").orElseThrow().costAtSlo().estimate()).isEqualTo(2);
    // By trace, what it did count stays.
    assertThat(found.traces())
        .filteredOn(row -> row.trace().equals("t1") && row.autoscaler().equals("policy"))
        .extracting(row -> row.means().runs())
        .containsExactly(2);
  }

  @Test
  void whoeverHasNoResultIsLeftOutAndTheOthersAreComparedAllTheSame() {
    double nan = Double.NaN;
    Player broken = player("broken", Role.TUNED, new double[] {nan, nan}, new double[] {nan, nan});
    Player first = player("first", Role.BASELINE, new double[] {1, 2}, new double[] {nan, nan});
    Player second = player("second", Role.BASELINE, new double[] {nan, nan}, new double[] {3, nan});
    Comparison found = Comparison.of(results(broken, first, second, POLICY));
    // first and second share no case: second has the fewer.
    assertThat(found.leftOut()).containsExactly("broken", "second");
    assertThat(found.cases()).isEqualTo(2);
    // Of equal ones, the first of the command.
    assertThat(found.rows()).extracting(Row::autoscaler).containsExactly("first", "policy");

    Comparison nobody = Comparison.of(results(broken));
    assertThat(nobody.rows()).isEmpty();
    assertThat(nobody.reference()).isEmpty();
    assertThat(nobody.judged()).isFalse();
  }

  @Test
  void withoutAnOracleThereIsNoRegretAndWithoutAGapNoShareOfIt() {
    Comparison without = Comparison.of(results(TUNED, POLICY));
    assertThat(without.row("policy").orElseThrow().regret()).isEmpty();
    assertThat(without.row("policy").orElseThrow().gapClosed()).isEmpty();

    Player blind = player("oracle", Role.ORACLE, new double[] {2, 3}, new double[] {9, 9});
    GapClosed gap =
        Comparison.of(results(TUNED, POLICY, blind))
            .row("policy")
            .flatMap(Row::gapClosed)
            .orElseThrow();
    assertThat(gap).isEqualTo(new GapClosed("hpa:tuned", NONE, 0));
  }

  @Test
  void oneSeedATraceJudgesNobody() {
    Comparison found =
        Comparison.of(
            results(
                player("a", Role.BASELINE, new double[] {1}, new double[] {1}),
                player("b", Role.BASELINE, new double[] {5}, new double[] {5})));
    assertThat(found.judged()).isFalse();
    assertThat(found.rows()).extracting(Row::rank).containsExactly(1, 1);
    assertThat(found.row("b").orElseThrow().against().orElseThrow().verdict())
        .isEqualTo(Verdict.TIE);
  }

  @Test
  void withoutAPolicyTheBestIsHeldAgainstTheNext() {
    Player slow = player("slow", Role.BASELINE, new double[] {9, 9}, new double[] {9, 9});
    Comparison found = Comparison.of(results(slow, TUNED, ORACLE));
    assertThat(found.reference()).contains("hpa:tuned");
    assertThat(found.leads()).extracting(Lead::other).containsExactly("slow");
  }

  @Test
  void ranksAndTiesAreThoseOfEachPairTakenAlone() {
    UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(41);
    Player[] players = new Player[6];
    for (int p = 0; p < players.length; p++) {
      double[][] costs = new double[3][8];
      for (double[] seeds : costs) {
        for (int i = 0; i < seeds.length; i++) {
          seeds[i] = 1 + 0.15 * p + random.nextDouble();
        }
      }
      players[p] = player("p" + p, Role.BASELINE, costs);
    }
    Comparison found = Comparison.of(results(players));
    RunStatistics statistics = new RunStatistics(20240607);
    Map<String, RunStatistics.Place> places = new LinkedHashMap<>();
    statistics
        .rank(Arrays.stream(players).map(ComparisonTest::scores).toList())
        .forEach(place -> places.put(place.autoscaler(), place));
    assertThat(found.rows()).extracting(Row::autoscaler).containsExactlyElementsOf(places.keySet());
    for (Row row : found.rows()) {
      assertThat(row.tiedWith()).isEqualTo(places.get(row.autoscaler()).tiedWith());
      assertThat(row.costAtSlo()).isEqualTo(places.get(row.autoscaler()).mean());
      long better =
          Arrays.stream(players)
              .filter(p -> statistics.compare(scores(p), scoresOf(row, players)) == Verdict.BETTER)
              .count();
      assertThat(row.rank()).isEqualTo(1 + (int) better);
    }
    assertThat(found.rows().get(5).rank()).as("some are told apart").isGreaterThan(2);
    assertThat(found.rows()).as("some are not").anyMatch(row -> !row.tiedWith().isEmpty());
  }

  private static Scores scoresOf(Row row, Player[] players) {
    return scores(
        Arrays.stream(players).filter(p -> p.name.equals(row.autoscaler())).findFirst().get());
  }

  private static Scores scores(Player player) {
    Map<String, double[]> runs = new LinkedHashMap<>();
    for (int t = 0; t < player.costs.length; t++) {
      runs.put("t" + t, player.costs[t]);
    }
    return Scores.of(player.name, runs);
  }

  @Test
  void profilesGoFromTheCheapestRunToTheDearest() {
    Comparison found = Comparison.of(results(TUNED, POLICY));
    PerformanceProfile policy = found.profiles().get(0);
    assertThat(policy.autoscaler()).isEqualTo("policy");
    // From the first threshold, 1, one run of one trace of two; to the last, 5, all.
    assertThat(policy.shares()[0].estimate()).isEqualTo(0.25);
    assertThat(policy.shares()[policy.shares().length - 1].estimate()).isEqualTo(1);
    assertThat(found.profiles().get(1).shares()[0].estimate()).isZero();
  }

  @Test
  void aFrontHoldsExactlyThePointsThatNoneBeatsInBoth() {
    UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(42);
    for (int trial = 0; trial < 200; trial++) {
      List<int[]> points = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        points.add(new int[] {random.nextInt(8), random.nextInt(8)});
      }
      List<List<Integer>> expected =
          points.stream()
              .filter(
                  p ->
                      points.stream()
                          .noneMatch(
                              q -> q[0] <= p[0] && q[1] <= p[1] && (q[0] < p[0] || q[1] < p[1])))
              .map(p -> List.of(p[0], p[1]))
              .distinct()
              .toList();
      assertThat(
              ParetoFront.of(points, p -> p[0], p -> p[1]).stream().map(p -> List.of(p[0], p[1])))
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }
}
