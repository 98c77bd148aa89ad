package io.kiss.learner.ppo;

import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.KiScaler;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.env.KisimEnvironment;
import io.kiss.kisim.evaluate.Entrant;
import io.kiss.kisim.evaluate.Tournament;
import io.kiss.kisim.evaluate.TournamentCase;
import io.kiss.kisim.evaluate.result.RunResult;
import io.kiss.learner.SingleWorkerTraining;
import io.kiss.learner.ppo.RecipeCases.Rod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Trains by a recipe and says what the policy costs beside the classical autoscalers: the rows of
 * RECIPE.md. Arguments {@code key=value}:
 *
 * <ul>
 *   <li>{@code seeds=1,2}: of the runs
 *   <li>{@code steps=5e6} or {@code seconds=120}: of training, each run
 *   <li>{@code traces=DIR}, {@code names=azure,nasa}: recorded traffic to replay; without it, only
 *       held-out draws
 *   <li>{@code rod=second}: on services, start-up times and sizes that nothing was chosen by
 *   <li>{@code engine=PyTorch}, {@code environments=128}, {@code horizon=64}
 *   <li>{@code policies=a.kiss,b.kiss}: judge these instead of training
 *   <li>{@code tuned=false}: opponents with their defaults alone
 *   <li>{@code cache=FILE}: where the opponents' costs are kept
 *   <li>anything else is a key of {@code kiss.learner}, as in {@code gamma=0.99} or {@code
 *       hidden=128x128}
 * </ul>
 */
public final class RecipeBench {
  private RecipeBench() {}

  public static void main(String[] arguments) throws IOException {
    Map<String, String> options = new LinkedHashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      options.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    List<RecipeCases.Group> groups = new ArrayList<>(List.of(RecipeCases.drawn()));
    String names = options.remove("names");
    String traces = options.remove("traces");
    Rod rod = Rod.of(options.getOrDefault("rod", "first"));
    options.remove("rod");
    if (traces != null) {
      groups.addAll(
          RecipeCases.replays(
              Path.of(traces), names == null ? List.of() : List.of(names.split(",")), rod));
    }
    Path cache = Path.of(options.getOrDefault("cache", "learner/target/recipe-baselines.tsv"));
    options.remove("cache");
    List<TournamentCase> cases = groups.stream().flatMap(group -> group.cases().stream()).toList();
    boolean tuned = !"false".equals(options.remove("tuned"));
    RecipeReport report =
        new RecipeReport(
            groups, tuned ? RecipeBaselines.of(cases, cache) : RecipeBaselines.plain(cases));
    report.printBaselines();
    String policies = options.remove("policies");
    if (policies != null) {
      for (String file : policies.split(",")) {
        report.print(file, costs(PolicyFile.read(Path.of(file)).policy(), cases));
      }
      return;
    }
    List<double[]> runs = new ArrayList<>();
    for (String seed : options.getOrDefault("seeds", "1").split(",")) {
      double[] costs = costs(train(options, Long.parseLong(seed)), cases);
      report.print("seed " + seed, costs);
      runs.add(costs);
    }
    report.printAll(runs);
  }

  private static PolicySnapshot train(Map<String, String> options, long seed) {
    Map<String, Object> settings = new LinkedHashMap<>(options);
    List.of("seeds", "steps", "seconds", "engine", "environments", "horizon")
        .forEach(settings::remove);
    settings.computeIfPresent(
        "hidden", (key, widths) -> Arrays.asList(String.valueOf(widths).split("x")));
    String engine = options.getOrDefault("engine", "MXNet");
    double steps = Double.parseDouble(options.getOrDefault("steps", "1e18"));
    double seconds = Double.parseDouble(options.getOrDefault("seconds", "1e18"));
    KisimEnvironment environment =
        new KisimEnvironment(
            Integer.parseInt(options.getOrDefault("environments", "128")),
            seed,
            EnvironmentSettings.DEFAULT);
    int horizon = Integer.parseInt(options.getOrDefault("horizon", "64"));
    try (SingleWorkerTraining training =
        SingleWorkerTraining.start(
            new PpoOptimizerFactory(Engines.settings(engine, settings), NetworkShape.ofScaler()),
            Rollouts.of(environment, horizon, seed),
            true,
            seed)) {
      BenchmarkClock clock = new BenchmarkClock();
      double share = 0;
      while (share < 1) {
        training.progress(share);
        training.iterate(false);
        share = Math.max(training.environmentSteps() / steps, clock.wallSeconds() / seconds);
      }
      System.out.printf(
          "seed %d: %.1f M steps in %.0f s%n",
          seed, training.environmentSteps() / 1e6, clock.wallSeconds());
      return training.policy();
    }
  }

  /** What a policy costs in each case. */
  static double[] costs(PolicySnapshot policy, List<TournamentCase> cases) {
    Entrant entrant =
        new Entrant(
            "kiscaler",
            workload -> new KiScaler(workload, GuardSettings.DEFAULT, Optional.of(policy)));
    RunResult[] results =
        cases.stream().map(each -> Tournament.play(entrant, each)).toArray(RunResult[]::new);
    return Arrays.stream(results).mapToDouble(RunResult::costAtSlo).toArray();
  }
}
