package io.kiss.learner.ppo;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Costs of a policy beside those of its opponents, group by group.
 *
 * @param baselines of all cases of all groups, in order
 */
record RecipeReport(List<RecipeCases.Group> groups, RecipeBaselines baselines) {

  private interface Rows {
    void row(String group, int from, int to);
  }

  private void forEachGroup(Rows rows) {
    int from = 0;
    for (RecipeCases.Group group : groups) {
      int to = from + group.cases().size();
      rows.row(group.name(), from, to);
      from = to;
    }
    int drawn = groups.get(0).cases().size();
    if (from > drawn) {
      rows.row("all traces", drawn, from);
    }
  }

  /** Medians of every opponent. */
  void printBaselines() {
    forEachGroup(
        (group, from, to) -> {
          StringBuilder line = new StringBuilder(String.format("%-40s", group));
          baselines
              .costs()
              .forEach(
                  (name, costs) ->
                      line.append(String.format("  %s %.3f", name, median(costs, from, to))));
          System.out.println(line);
        });
  }

  /** One policy: its median, and how it stands with each opponent. */
  void print(String what, double[] costs) {
    System.out.println(what);
    forEachGroup(
        (group, from, to) ->
            System.out.printf(
                "  %-40s median %.3f mean %.3f%s%n",
                group, median(costs, from, to), mean(costs, from, to), against(costs, from, to)));
  }

  /** All policies of a recipe: wins and medians over cases and seeds. */
  void printAll(List<double[]> runs) {
    System.out.println("all seeds");
    forEachGroup(
        (group, from, to) -> {
          double[] medians = runs.stream().mapToDouble(r -> median(r, from, to)).toArray();
          System.out.printf(
              "  %-40s median %.3f (%s)", group, mean(medians, 0, medians.length), list(medians));
          double[] together = new double[runs.size() * (to - from)];
          for (int r = 0; r < runs.size(); r++) {
            System.arraycopy(runs.get(r), from, together, r * (to - from), to - from);
          }
          System.out.println(againstAll(together, index -> from + index % (to - from)));
        });
  }

  private String against(double[] costs, int from, int to) {
    return againstAll(Arrays.copyOfRange(costs, from, to), index -> from + index);
  }

  private interface Position {
    int of(int index);
  }

  /**
   * Median of the cost over the opponent's, the cases that are cheaper, and the median share of the
   * opponent's gap to the oracle that is closed.
   */
  private String againstAll(double[] costs, Position position) {
    StringBuilder text = new StringBuilder();
    double[] oracle = baselines.costs().get(RecipeBaselines.ORACLE);
    for (Map.Entry<String, double[]> opponent : baselines.costs().entrySet()) {
      double[] ratios = new double[costs.length];
      double[] closed = new double[costs.length];
      int wins = 0;
      for (int i = 0; i < costs.length; i++) {
        double theirs = opponent.getValue()[position.of(i)];
        ratios[i] = costs[i] / theirs;
        closed[i] = (theirs - costs[i]) / (theirs - oracle[position.of(i)]);
        wins += ratios[i] < 1 ? 1 : 0;
      }
      text.append(
          String.format(
              "%n    %-16s x%.3f cheaper %d/%d gap closed %.0f %%",
              opponent.getKey(),
              median(ratios, 0, ratios.length),
              wins,
              costs.length,
              100 * median(closed, 0, closed.length)));
    }
    return text.toString();
  }

  private static String list(double[] values) {
    StringBuilder text = new StringBuilder();
    for (double value : values) {
      text.append(text.isEmpty() ? "" : " ").append(String.format("%.3f", value));
    }
    return text.toString();
  }

  private static double median(double[] values, int from, int to) {
    double[] sorted = Arrays.copyOfRange(values, from, to);
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double mean(double[] values, int from, int to) {
    return Arrays.stream(values, from, to).average().orElse(Double.NaN);
  }
}
