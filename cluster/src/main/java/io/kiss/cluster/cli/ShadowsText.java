package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.kiss.kisim.text.Columns;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** What {@code kiss shadows} prints, made of the admin API's answer. */
final class ShadowsText {
  private static final String UNKNOWN = "-";

  private ShadowsText() {}

  static List<String> lines(String namespace, JsonNode view) {
    List<String> lines = new ArrayList<>();
    String names =
        StreamSupport.stream(view.path("shadows").spliterator(), false)
            .map(shadow -> shadow.path("name").asText())
            .collect(Collectors.joining(", "));
    if (names.isEmpty()) {
      lines.add("Nobody decides beside the scalers of %s; name some".formatted(namespace));
      return lines;
    }
    lines.add(
        Columns.wrap(
            "Beside the scalers of %s decide, without acting: %s".formatted(namespace, names), 2));
    if (view.path("deployments").isEmpty()) {
      lines.add("No Deployment is scaled or watched yet");
    }
    for (JsonNode each : view.path("deployments")) {
      lines.add("");
      if (each.path("report").isObject()) {
        deployment(each.path("deployment").asText(), each.path("report"), lines);
      } else {
        lines.add(each.path("deployment").asText() + ": no tick yet");
      }
    }
    return lines;
  }

  private static void deployment(String name, JsonNode report, List<String> lines) {
    lines.add(
        Columns.wrap(
            "%s: since %s, %s minutes counted, the load needs %s replicas"
                .formatted(
                    name,
                    DecisionText.time(report.path("sinceSeconds").asDouble()),
                    minutes(report.path("countedSeconds")),
                    number(report.path("neededReplicas"), 2)),
            2));
    Table table =
        new Table(
            "shadow", "now", "mean", "late", "cost", "regret", "over", "fit late", "fit cost");
    row(table, report.path("running"));
    report.path("shadows").forEach(standing -> row(table, standing));
    lines.addAll(table.lines());
    for (JsonNode standing : report.path("shadows")) {
      String failure = standing.path("failure").asText();
      if (!failure.isEmpty()) {
        lines.add(Columns.wrap(standing.path("name").asText() + ": " + failure, 2));
      }
    }
    JsonNode check = report.path("check");
    lines.add(
        Columns.wrap(
            ("Estimates by one model, regret over the cheapest and over running in replica-hours;"
                    + " of what ran it calls %s late, %s was measured, and fitted to that it calls"
                    + " %s late")
                .formatted(
                    share(check.path("modelled")),
                    share(check.path("observed")),
                    share(check.path("fitted"))),
            2));
  }

  private static void row(Table table, JsonNode standing) {
    boolean decides = standing.path("failure").asText().isEmpty();
    table.row(
        standing.path("name").asText(),
        decides ? standing.path("replicas").asText() : UNKNOWN,
        number(standing.path("meanReplicas"), 2),
        share(standing.path("violatingShare")),
        number(standing.path("cost"), 3),
        number(standing.path("regretReplicaHours"), 3),
        number(standing.path("overRunningReplicaHours"), 3),
        share(standing.path("fittedViolatingShare")),
        number(standing.path("fittedCost"), 3));
  }

  private static String minutes(JsonNode seconds) {
    return String.format(Locale.ROOT, "%.0f", seconds.asDouble() / 60);
  }

  private static String share(JsonNode value) {
    return value.isNumber()
        ? String.format(Locale.ROOT, "%.2f %%", 100 * value.asDouble())
        : UNKNOWN;
  }

  private static String number(JsonNode value, int digits) {
    return value.isNumber()
        ? String.format(Locale.ROOT, "%,." + digits + "f", value.asDouble())
        : UNKNOWN;
  }
}
