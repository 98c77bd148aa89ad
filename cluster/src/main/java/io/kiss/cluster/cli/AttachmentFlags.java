package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.kisim.autoscale.GuardSettings;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** An attachment as the flags of {@code kiss attach} that would make it. */
final class AttachmentFlags {
  /** Fields of the API's body by the flag that says them, those that can be taken back. */
  static final Map<String, String> FIELDS = new LinkedHashMap<>();

  private static final ObjectMapper JSON = new ObjectMapper();

  /** How an attachment tells each field; an empty text: it says nothing. */
  private static final Map<String, Function<JsonNode, String>> VALUES = new LinkedHashMap<>();

  static {
    flag("source", "source", at("/source"));
    flag("selector", "selector", at("/selector"));
    flag("slo-ms", "sloMs", AttachmentFlags::sloMillis);
    flag("min-replicas", "minReplicas", at("/settings/minReplicas"));
    flag("max-replicas", "maxReplicas", at("/settings/maxReplicas"));
    flag("profile", "profile", at("/settings/profile/name"));
    flag("violation-price", "violationPrice", at("/settings/violationPrice"));
    flag("priority", "priority", at("/settings/priority"));
    flag("gpu-budget", "gpuBudget", at("/gpuBudget"));
    flag("tick-seconds", "tickSeconds", at("/tickSeconds"));
  }

  private AttachmentFlags() {}

  private static void flag(String name, String field, Function<JsonNode, String> value) {
    FIELDS.put(name, field);
    VALUES.put(name, value);
  }

  private static Function<JsonNode, String> at(String pointer) {
    return attachment -> {
      JsonNode node = attachment.at(pointer);
      return node.isDouble() ? plain(node.doubleValue()) : node.isNull() ? "" : node.asText();
    };
  }

  private static String sloMillis(JsonNode attachment) {
    JsonNode seconds = attachment.at("/settings/sloSeconds");
    return seconds.isNumber() ? plain(seconds.doubleValue() * 1000) : "";
  }

  private static String plain(double value) {
    return BigDecimal.valueOf(value)
        .setScale(6, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }

  /**
   * What a change left as it was, in a sentence.
   *
   * @param before the attachment as the API shows it
   * @param change what was told, by the names of the API's body
   */
  static String kept(JsonNode before, ObjectNode change) {
    List<String> kept = new ArrayList<>();
    VALUES.forEach(
        (flag, value) -> {
          String text = value.apply(before);
          if (!change.has(FIELDS.get(flag)) && !text.isEmpty()) {
            kept.add("--%s %s".formatted(flag, text.contains(" ") ? "'" + text + "'" : text));
          }
        });
    if (!change.has("mode")) {
      kept.add(
          switch (before.path("mode").asText()) {
            case "ACTIVE" -> "--act";
            case "SHADOW" -> "--no-act";
            default -> "mode off";
          });
    }
    beyondFlags(before).ifPresent(kept::add);
    return "Kept as it was attached: " + String.join(", ", kept);
  }

  /** What only the API, or another command, can say. */
  private static Optional<String> beyondFlags(JsonNode before) {
    List<String> others = new ArrayList<>();
    if (!numbers(before.path("guards")).equals(numbers(JSON.valueToTree(GuardSettings.DEFAULT)))) {
      others.add("guardrails of its own");
    }
    for (JsonNode override : before.path("overrides")) {
      others.add("what holds for " + override.path("deployment").asText());
    }
    for (JsonNode shadow : before.path("shadows")) {
      others.add("shadow " + shadow.path("name").asText());
    }
    return others.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", others));
  }

  /** By value, since a whole number may come with a decimal point or without. */
  private static Map<String, Double> numbers(JsonNode guards) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    guards
        .fields()
        .forEachRemaining(each -> numbers.put(each.getKey(), each.getValue().asDouble()));
    return numbers;
  }
}
