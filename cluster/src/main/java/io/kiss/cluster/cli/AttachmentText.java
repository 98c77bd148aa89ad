package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.kiss.kisim.text.Columns;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How an attached namespace stands, for a terminal. */
final class AttachmentText {
  private static final String ACTIVE = "ACTIVE";

  private AttachmentText() {}

  /** What is scaled: the namespace's mode, and the Deployments that have one of their own. */
  private static String mode(JsonNode attachment) {
    boolean active = attachment.path("mode").asText().equals(ACTIVE);
    List<String> others = new ArrayList<>();
    for (JsonNode override : attachment.path("overrides")) {
      String own = override.path("mode").asText("");
      if (!own.isEmpty() && !override.path("mode").isNull() && own.equals(ACTIVE) != active) {
        others.add(override.path("deployment").asText());
      }
    }
    String names = String.join(", ", others);
    if (active) {
      return names.isEmpty() ? "and scaled" : "and scaled, all but " + names;
    }
    return "in shadow mode: " + (names.isEmpty() ? "nothing is changed" : "only scaled: " + names);
  }

  /** The lines of what {@code GET …/namespaces/{ns}} shows. */
  static List<String> lines(JsonNode view) {
    JsonNode attachment = view.path("attachment");
    JsonNode status = view.path("status");
    List<String> lines = new ArrayList<>();
    lines.add(
        Columns.wrap(
            "Namespace %s/%s is attached, %s"
                .formatted(
                    attachment.path("cluster").asText(),
                    attachment.path("namespace").asText(),
                    mode(attachment)),
            2));
    if (status.path("problem").isTextual()) {
      lines.add(Columns.wrap("Problem: " + status.path("problem").asText(), 2));
    }
    gpus(status).ifPresent(lines::add);
    JsonNode deployments = status.path("deployments");
    if (deployments.isEmpty()) {
      lines.add("No Deployment was seen yet; kiss attach again, or the log, says more");
      return lines;
    }
    Table table = new Table("deployment", "desired", "ready", "mode", "decisions", "policy");
    for (JsonNode each : deployments) {
      int ready = each.path("readyReplicas").asInt();
      table.row(
          each.path("name").asText(),
          each.path("desiredReplicas").asText(),
          ready < 0 ? "?" : Integer.toString(ready),
          each.path("mode").asText().toLowerCase(java.util.Locale.ROOT),
          each.path("decisions").asText(),
          each.path("policy").asText("-"));
    }
    lines.addAll(table.lines());
    for (JsonNode each : deployments) {
      String why = each.path("refusal").asText(each.path("lastReason").asText(""));
      if (!why.isEmpty()) {
        String name = each.path("name").asText() + ": ";
        lines.add(Columns.wrap(why.startsWith(name) ? why : name + why, 2));
      }
    }
    return lines;
  }

  /** What a namespace's status says of its GPUs; empty where it uses none and has no budget. */
  static Optional<String> gpus(JsonNode status) {
    JsonNode gpus = status.path("gpus");
    long used = gpus.path("used").asLong();
    long wished = gpus.path("wished").asLong();
    boolean limited = gpus.path("budget").isNumber();
    if (!limited && used == 0 && wished == 0) {
      return Optional.empty();
    }
    String line = "GPUs: %d used, %d wished".formatted(used, wished);
    return Optional.of(
        limited
            ? line
                + ", %d given of a budget of %d"
                    .formatted(gpus.path("given").asLong(), gpus.path("budget").asLong())
            : line + ", no budget");
  }
}
