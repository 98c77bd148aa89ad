package io.kiss.cluster.cli;

import io.kiss.actors.protocol.GateReport;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy.EvaluationRow;
import io.kiss.cluster.demo.DemoCluster;
import io.kiss.cluster.gate.EvaluationRows;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.KiScaler;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.autoscale.opponents.HpaParameters;
import io.kiss.kisim.autoscale.opponents.HpaV2;
import io.kiss.kisim.autoscale.opponents.Queueing;
import io.kiss.kisim.autoscale.opponents.QueueingParameters;
import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.evaluate.Entrant;
import io.kiss.kisim.evaluate.Standing;
import io.kiss.kisim.evaluate.Tournament;
import io.kiss.kisim.evaluate.TournamentCase;
import io.kiss.kisim.evaluate.TournamentCases;
import io.kiss.kisim.evaluate.TournamentResult;
import io.kiss.kisim.traffic.ArrivalTrace;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The evaluation a candidate has to win: Deployments and traffic that training did not draw, and
 * the demo's trace where there is one, beside HPA v2 with its defaults.
 */
final class Trial {
  private static final int CASES = 60;
  private static final String HPA = "hpa";
  private static final String CANDIDATE = "kiscaler";
  private static final String CHAMPION = "champion";

  private final List<TournamentCase> cases;
  private final long seed;

  Trial(Optional<ArrivalTrace> trace, long seed) {
    this.seed = seed;
    cases = new ArrayList<>(TournamentCases.heldOut(CASES, seed, EnvironmentSettings.DEFAULT));
    trace.ifPresent(t -> cases.addAll(DemoCluster.replays(t, seed)));
  }

  /**
   * What came out.
   *
   * @param beatsHpa the 95 % interval of the median difference in cost is below zero
   * @param differenceHigh upper end of that interval
   * @param cost median
   * @param championCost the champion's; NaN where there is none
   * @param atLeastChampion its median cost is no higher than the champion's, or there is none
   */
  record Verdict(
      boolean beatsHpa,
      double differenceHigh,
      double cost,
      double championCost,
      boolean atLeastChampion,
      String sentence,
      Table table,
      List<EvaluationRow> rows) {}

  /** The gate's report on a policy that came out with this verdict. */
  GateReport report(PolicyRef policy, Optional<PolicyRef> champion, Verdict verdict) {
    return new GateReport(
        policy.id(),
        policy.sha256(),
        System.currentTimeMillis(),
        champion.map(PolicyRef::id).orElse(""),
        cases.size(),
        0,
        seed,
        List.of(
            new GateReport.Check(
                "beats-hpa", verdict.beatsHpa(), verdict.differenceHigh(), 0, verdict.sentence()),
            new GateReport.Check(
                "at-least-champion",
                verdict.atLeastChampion(),
                verdict.cost(),
                verdict.championCost(),
                verdict.atLeastChampion()
                    ? "its median cost at the SLO is no higher than the champion's"
                    : "its median cost at the SLO is higher than the champion's")),
        verdict.rows());
  }

  /** Runs the tournament on all cores. */
  Verdict run(PolicySnapshot candidate, Optional<PolicySnapshot> champion) {
    List<Entrant> entrants = new ArrayList<>();
    entrants.add(new Entrant(HPA, workload -> new HpaV2(workload, HpaParameters.DEFAULT)));
    entrants.add(entrant(CANDIDATE, candidate));
    entrants.add(
        new Entrant("queueing", workload -> new Queueing(workload, QueueingParameters.DEFAULT)));
    champion.ifPresent(policy -> entrants.add(entrant(CHAMPION, policy)));
    try {
      return verdict(
          Tournament.run(entrants, cases, Runtime.getRuntime().availableProcessors()), champion);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in the evaluation", e);
    }
  }

  private static Entrant entrant(String name, PolicySnapshot policy) {
    return new Entrant(
        name, workload -> new KiScaler(workload, GuardSettings.DEFAULT, Optional.of(policy)));
  }

  private Verdict verdict(TournamentResult result, Optional<PolicySnapshot> champion) {
    Standing mine = result.standing(CANDIDATE);
    return new Verdict(
        mine.beatsBaseline(),
        mine.differenceHigh(),
        mine.costAtSlo(),
        champion.isEmpty() ? Double.NaN : result.standing(CHAMPION).costAtSlo(),
        champion.isEmpty() || mine.costAtSlo() <= result.standing(CHAMPION).costAtSlo(),
        sentence(mine),
        table(result),
        EvaluationRows.of(result));
  }

  private static String sentence(Standing mine) {
    String figures =
        String.format(
            Locale.ROOT,
            "cost-at-SLO case by case %+.3f in the median (95%% interval %+.3f to %+.3f), lower in %d"
                + " of %d cases",
            mine.difference(),
            mine.differenceLow(),
            mine.differenceHigh(),
            mine.wins(),
            mine.cases());
    return (mine.beatsBaseline() ? "KIScaler beats HPA v2: " : "KIScaler does not beat HPA v2: ")
        + figures;
  }

  private Table table(TournamentResult result) {
    Table table =
        new Table(
            "autoscaler",
            "cost-at-SLO",
            "SLO kept",
            "p95/SLO",
            "GPU-hours",
            "changes",
            "flaps",
            "beats hpa in");
    for (Standing standing : result.standings()) {
      table.row(
          standing.autoscaler(),
          String.format(Locale.ROOT, "%.2f", standing.costAtSlo()),
          String.format(Locale.ROOT, "%.1f%%", 100 * standing.sloAttainment()),
          String.format(Locale.ROOT, "%.2f", standing.p95OverSlo()),
          String.format(Locale.ROOT, "%.0f", standing.gpuHours()),
          String.format(Locale.ROOT, "%.0f", standing.scalingActions()),
          String.format(Locale.ROOT, "%.0f", standing.flaps()),
          standing.autoscaler().equals(HPA) ? "-" : standing.wins() + " of " + standing.cases());
    }
    return table;
  }
}
