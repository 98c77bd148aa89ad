package io.kiss.cluster.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.kiss.actors.protocol.GateReport;
import io.kiss.actors.protocol.GateReport.Check;
import io.kiss.actors.protocol.RegisteredPolicy.EvaluationRow;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.kisim.text.Columns;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the gate found, for people. */
final class GateText {
  private static final int UNDER_THE_VERDICT = 8;

  private GateText() {}

  /** A report as the admin API answers with it. */
  static GateReport read(JsonNode report) {
    try {
      return ApiJson.MAPPER.treeToValue(report, GateReport.class);
    } catch (JsonProcessingException e) {
      throw new BootFailure("the node's gate report cannot be read: " + e.getOriginalMessage(), e);
    }
  }

  /** The standings, then a line or more for each check; no longer than {@code room}. */
  static List<String> lines(GateReport report, int room) {
    Table table = new Table("autoscaler", "cost-at-SLO", "SLO kept", "GPU-hours", "changes");
    for (EvaluationRow row : report.standings()) {
      table.row(
          row.autoscaler(),
          figure("%.2f", row.costAtSlo()),
          figure("%.1f%%", 100 * row.sloAttainment()),
          figure("%.0f", row.gpuHours()),
          figure("%.0f", row.scalingActions()));
    }
    List<String> lines = new ArrayList<>(table.lines(room));
    for (Check check : report.checks()) {
      String found =
          (check.passed() ? "passed  " : "FAILED  ") + check.name() + ": " + check.sentence();
      Columns.wrap(found, UNDER_THE_VERDICT, room).lines().forEach(lines::add);
    }
    return lines;
  }

  private static String figure(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
