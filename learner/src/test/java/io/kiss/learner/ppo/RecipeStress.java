package io.kiss.learner.ppo;

import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.env.Episode;
import io.kiss.kisim.env.TroubleShares;
import io.kiss.kisim.evaluate.Entrant;
import io.kiss.kisim.evaluate.Tournament;
import io.kiss.kisim.evaluate.TournamentCase;
import io.kiss.kisim.evaluate.TournamentCases;
import io.kiss.kisim.evaluate.result.RunResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What a policy does when telemetry fails, beside guarded classical autoscalers, and when the
 * violation price is turned: on held-out draws, the same Deployments each time. Arguments: a policy
 * file, and how many draws.
 */
public final class RecipeStress {
  private static final long SEED = 2718;
  private static final double PRICE = 10;
  private static final double[] PRICES = {1, 2, 3, 5, 10, 20, 30, 60};

  private RecipeStress() {}

  public static void main(String[] arguments) {
    PolicySnapshot policy = PolicyFile.read(Path.of(arguments[0])).policy();
    int count = Integer.parseInt(arguments[1]);
    List<Entrant> entrants = new ArrayList<>(List.of(Entrant.learned("kiscaler", policy)));
    Stream.of("hpa", "keda", "queueing", "forecast")
        .map(AutoscalerChoice::parse)
        .forEach(choice -> entrants.add(new Entrant(choice.toString(), choice::create)));
    faults(entrants, count);
    System.out.printf("%-10s %12s %14s%n", "price", "GPUs/needed", "violating, %");
    for (double price : PRICES) {
      List<TournamentCase> cases = cases(TroubleShares.NONE, price, count);
      List<RunResult> runs =
          cases.stream().map(each -> Tournament.play(entrants.get(0), each)).toList();
      System.out.printf(
          "%-10s %12.3f %14.3f%n",
          price,
          mean(runs, RunResult::gpuShare),
          100 * mean(runs, RunResult::violatingShare));
    }
  }

  private static void faults(List<Entrant> entrants, int count) {
    System.out.printf("%-22s", "cost, mean and median");
    entrants.forEach(entrant -> System.out.printf("%16s", entrant.name()));
    System.out.println();
    fault("none", new TroubleShares(0, 0, 0, 0, 0, 0, 0), entrants, count);
    fault("gaps", new TroubleShares(0, 0, 0, 1, 0, 0, 0), entrants, count);
    fault("a metric missing", new TroubleShares(0, 0, 0, 0, 1, 0, 0), entrants, count);
    fault("lag", new TroubleShares(0, 0, 0, 0, 0, 1, 0), entrants, count);
    fault("all three", new TroubleShares(0, 0, 0, 1, 1, 1, 0), entrants, count);
  }

  private static void fault(
      String name, TroubleShares troubles, List<Entrant> entrants, int count) {
    List<TournamentCase> cases = cases(troubles, PRICE, count);
    System.out.printf("%-22s", name);
    for (Entrant entrant : entrants) {
      double[] costs =
          cases.stream().mapToDouble(each -> Tournament.play(entrant, each).costAtSlo()).toArray();
      Arrays.sort(costs);
      double median = (costs[(count - 1) / 2] + costs[count / 2]) / 2;
      double mean = Arrays.stream(costs).average().orElseThrow();
      System.out.printf("%9.3f %6.3f", mean, median);
    }
    System.out.println();
  }

  private static List<TournamentCase> cases(TroubleShares troubles, double price, int count) {
    EnvironmentSettings usual = EnvironmentSettings.DEFAULT;
    EnvironmentSettings settings =
        new EnvironmentSettings(
            usual.fewestSteps(),
            usual.mostSteps(),
            usual.tickSeconds(),
            usual.guards(),
            usual.churnPrice(),
            troubles,
            usual.ranges());
    return TournamentCases.heldOut(count, SEED, settings).stream()
        .map(
            each ->
                new TournamentCase(
                    each.name(),
                    Episode.of(each.episode().scenario(), price, usual.tickSeconds()),
                    SEED))
        .toList();
  }

  private static double mean(List<RunResult> runs, ToDoubleFunction<RunResult> value) {
    return runs.stream().mapToDouble(value).average().orElseThrow();
  }
}
