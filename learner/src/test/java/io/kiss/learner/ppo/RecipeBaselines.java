package io.kiss.learner.ppo;

import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.autoscale.opponents.TuningGrid;
import io.kiss.kisim.evaluate.Entrant;
import io.kiss.kisim.evaluate.Tournament;
import io.kiss.kisim.evaluate.TournamentCase;
import io.kiss.kisim.evaluate.TuningSweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What the classical autoscalers cost on the cases, kept in a file, since it does not change from
 * one recipe to the next.
 *
 * @param costs by opponent, one a case
 */
record RecipeBaselines(Map<String, double[]> costs) {
  private static final List<String> PLAIN =
      List.of("hpa", "keda", "kpa", "apa", "wva", "dynamo", "ray", "queueing", "forecast");
  private static final List<String> TUNED =
      List.of("hpa", "keda", "kpa", "apa", "wva", "dynamo", "ray");

  /** Name of the row that holds, case by case, what each was tuned for in hindsight. */
  static final String HERE = "best tuned-here";

  /** Name of the row that holds, case by case, the cheapest of all that are not tuned here. */
  static final String BEFOREHAND = "best beforehand";

  /** Name of the row of the clairvoyant. */
  static final String ORACLE = "oracle";

  /** With their defaults alone, and the oracle: minutes instead of hours, and nothing is kept. */
  static RecipeBaselines plain(List<TournamentCase> cases) {
    Map<String, double[]> costs = defaults(cases);
    costs.put(ORACLE, costs(Entrant.oracle(), cases));
    return new RecipeBaselines(costs);
  }

  private static Map<String, double[]> defaults(List<TournamentCase> cases) {
    Map<String, double[]> costs = new LinkedHashMap<>();
    for (String name : PLAIN) {
      costs.put(name, costs(AutoscalerChoice.parse(name), cases));
    }
    return costs;
  }

  /** Reads the file if it is of these cases, else plays them and writes it. */
  static RecipeBaselines of(List<TournamentCase> cases, Path file) throws IOException {
    String key = key(cases);
    if (Files.exists(file)) {
      List<String> lines = Files.readAllLines(file);
      if (lines.get(0).equals(key)) {
        Map<String, double[]> costs = new LinkedHashMap<>();
        for (String line : lines.subList(1, lines.size())) {
          String[] cells = line.split("\t");
          costs.put(
              cells[0], Arrays.stream(cells).skip(1).mapToDouble(Double::parseDouble).toArray());
        }
        return new RecipeBaselines(costs);
      }
    }
    RecipeBaselines played = play(cases);
    List<String> lines = new ArrayList<>(List.of(key));
    played.costs.forEach(
        (name, costs) -> {
          StringBuilder line = new StringBuilder(name);
          for (double cost : costs) {
            line.append('\t').append(cost);
          }
          lines.add(line.toString());
        });
    Files.write(file, lines);
    return played;
  }

  /** Anything that tells the cases from those of another generator. */
  private static String key(List<TournamentCase> cases) {
    int hash = 0;
    for (TournamentCase each : cases) {
      hash = 31 * hash + each.name().hashCode();
      hash = 31 * hash + each.episode().workload().hashCode();
      hash = 31 * hash + Double.hashCode(each.episode().scenario().meanNeededReplicas(each.seed()));
      hash = 31 * hash + each.episode().scenario().cluster().hashCode();
    }
    return cases.size() + " cases, " + Integer.toHexString(hash);
  }

  private static RecipeBaselines play(List<TournamentCase> cases) {
    Map<String, double[]> costs = defaults(cases);
    List<TournamentCase> beforehand = RecipeCases.tuning();
    double[] here = new double[cases.size()];
    Arrays.fill(here, Double.POSITIVE_INFINITY);
    for (String name : TUNED) {
      List<AutoscalerChoice> candidates = TuningGrid.of(AutoscalerChoice.parse(name));
      double[][] before = new double[candidates.size()][];
      double[][] on = new double[candidates.size()][];
      for (int i = 0; i < before.length; i++) {
        before[i] = costs(candidates.get(i), beforehand);
        on[i] = costs(candidates.get(i), cases);
      }
      AutoscalerChoice best = TuningSweep.pick(candidates, before).best().choice();
      costs.put(name + ":tuned", on[candidates.indexOf(best)]);
      System.out.println(name + ":tuned is " + best);
      for (double[] each : on) {
        for (int c = 0; c < here.length; c++) {
          here[c] = Math.min(here[c], each[c]);
        }
      }
    }
    costs.put(BEFOREHAND, cheapest(costs.values(), cases.size()));
    costs.put(HERE, here);
    costs.put(ORACLE, costs(Entrant.oracle(), cases));
    return new RecipeBaselines(costs);
  }

  private static double[] cheapest(Collection<double[]> costs, int cases) {
    return IntStream.range(0, cases)
        .mapToDouble(c -> costs.stream().mapToDouble(each -> each[c]).min().orElseThrow())
        .toArray();
  }

  private static double[] costs(AutoscalerChoice choice, List<TournamentCase> cases) {
    return costs(new Entrant(choice.toString(), choice::create), cases);
  }

  private static double[] costs(Entrant entrant, List<TournamentCase> cases) {
    return cases.parallelStream()
        .mapToDouble(each -> Tournament.play(entrant, each).costAtSlo())
        .toArray();
  }
}
