package io.kiss.cluster.cli;

import io.kiss.cluster.evaluate.report.Verdicts;
import io.kiss.kisim.evaluate.Comparison;
import io.kiss.kisim.evaluate.Comparison.Row;
import io.kiss.kisim.evaluate.Interval;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import io.kiss.kisim.text.Columns;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What an evaluation found, in 80 columns. */
final class EvaluationTable {
  private static final int LONGEST_NAME = 26;

  private EvaluationTable() {}

  /** The table, and the findings below it. */
  static List<String> lines(EvaluationResults results) {
    Comparison comparison = Comparison.of(results);
    Table table =
        new Table("autoscaler", "cost-at-SLO (95 %)", "SLO kept", "GPU/need", "flaps", "regret");
    comparison.rows().forEach(row -> add(row, table));
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.addAll(table.lines());
    lines.add("");
    Verdicts verdicts = new Verdicts(comparison);
    lines.addAll(wrapped(verdicts.headline()));
    verdicts.more().forEach(sentence -> lines.addAll(wrapped(sentence)));
    lines.addAll(
        wrapped(
            "Cost-at-SLO is the GPU time held over what the load needs (GPU/need), plus "
                + number(results.violationPrice())
                + " times the share of requests that violated the SLO; lower is better. It and the"
                + " regret, its distance from the Oracle, are interquartile means over the cases, the"
                + " other columns plain means."));
    return lines;
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.valueOf(value);
  }

  private static void add(Row row, Table table) {
    String name = row.autoscaler();
    table.row(
        name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "…",
        interval(row.costAtSlo()),
        String.format(Locale.ROOT, "%.2f %%", 100 * row.means().sloAttainment()),
        String.format(Locale.ROOT, "%.2f", row.means().gpuShare()),
        String.format(Locale.ROOT, "%.1f", row.means().flaps()),
        row.regret()
            .map(regret -> String.format(Locale.ROOT, "%.2f", regret.estimate()))
            .orElse("-"));
  }

  private static String interval(Interval cost) {
    return cost.known()
        ? String.format(Locale.ROOT, "%.2f (%.2f-%.2f)", cost.estimate(), cost.low(), cost.high())
        : String.format(Locale.ROOT, "%.2f", cost.estimate());
  }

  private static List<String> wrapped(String sentence) {
    return Columns.wrap(sentence, 0).lines().toList();
  }
}
