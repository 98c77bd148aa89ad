package io.kiss.kisim.fluid;

import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.autoscale.opponents.AutoscalerKind;
import io.kiss.kisim.autoscale.opponents.Autoscalers;
import io.kiss.kisim.env.Episode;
import io.kiss.kisim.evaluate.FleetSpec;
import io.kiss.kisim.evaluate.RankCorrelation;
import io.kiss.kisim.evaluate.RunStatistics;
import io.kiss.kisim.evaluate.Runner;
import io.kiss.kisim.scenario.EngineChoice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Whether autoscalers rank alike on both engines: all of them, with their defaults, on the
 * scenarios of the validation grid. {@code main} takes the number of scenarios.
 */
final class EngineRanking {
  private static final double VIOLATION_PRICE = 10;
  private static final int SEED = 1;

  /** Names of those that are ranked. */
  final List<String> names = Autoscalers.all().stream().map(AutoscalerKind::name).toList();

  /** Cost-at-SLO {@code [autoscalers][cases]} by engine. */
  final double[][] fluid;

  final double[][] request;

  private EngineRanking(int cases) {
    fluid = new double[names.size()][cases];
    request = new double[names.size()][cases];
  }

  static EngineRanking over(int cases) throws InterruptedException {
    EngineRanking ranking = new EngineRanking(cases);
    Runner fluid = new Runner(EngineChoice.FLUID);
    Runner request = new Runner(EngineChoice.REQUEST);
    for (int c = 0; c < cases; c++) {
      Episode episode =
          FleetSpec.episode(ValidationScenarios.draw(c).scenario(), 1, VIOLATION_PRICE);
      for (int a = 0; a < ranking.names.size(); a++) {
        ranking.fluid[a][c] = cost(fluid, episode, ranking.names.get(a));
        ranking.request[a][c] = cost(request, episode, ranking.names.get(a));
      }
    }
    return ranking;
  }

  private static double cost(Runner runner, Episode episode, String name)
      throws InterruptedException {
    return runner
        .run(
            "case",
            episode,
            name,
            AutoscalerChoice.parse(name).create(episode.workload()),
            SEED,
            false)
        .result()
        .costAtSlo();
  }

  /** What an evaluation ranks by, one an autoscaler. */
  static double[] means(double[][] costs) {
    return Arrays.stream(costs).mapToDouble(RunStatistics::interquartileMean).toArray();
  }

  double spearman() {
    return RankCorrelation.spearman(means(fluid), means(request));
  }

  double kendall() {
    return RankCorrelation.kendall(means(fluid), means(request));
  }

  /** Spearman's, case by case, ascending; without cases in which all cost the same. */
  double[] caseByCase() {
    List<Double> each = new ArrayList<>();
    for (int c = 0; c < fluid[0].length; c++) {
      double[] one = new double[fluid.length];
      double[] other = new double[fluid.length];
      for (int a = 0; a < one.length; a++) {
        one[a] = fluid[a][c];
        other[a] = request[a][c];
      }
      double rho = RankCorrelation.spearman(one, other);
      if (!Double.isNaN(rho)) {
        each.add(rho);
      }
    }
    return each.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  public static void main(String[] args) throws InterruptedException {
    EngineRanking ranking = over(args.length > 0 ? Integer.parseInt(args[0]) : 240);
    double[] fluid = means(ranking.fluid);
    double[] request = means(ranking.request);
    System.out.printf(Locale.ROOT, "%-10s %8s %8s%n", "autoscaler", "fluid", "request");
    for (int a = 0; a < fluid.length; a++) {
      System.out.printf(
          Locale.ROOT, "%-10s %8.3f %8.3f%n", ranking.names.get(a), fluid[a], request[a]);
    }
    double[] each = ranking.caseByCase();
    System.out.printf(
        Locale.ROOT,
        "Spearman %.3f, Kendall %.3f; case by case over %d, Spearman's median %.3f, lowest tenth"
            + " %.3f%n",
        ranking.spearman(),
        ranking.kendall(),
        each.length,
        each[each.length / 2],
        each[each.length / 10]);
  }
}
