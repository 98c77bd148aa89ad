package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** A decision's record as one line of text. */
final class DecisionText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

  private DecisionText() {}

  static String line(JsonNode record) {
    long millis = (long) (record.path("timeSeconds").asDouble() * 1000);
    String error = record.path("error").asText("");
    return String.format(
        Locale.ROOT,
        "%s  %-20s %3d -> %-3d %-9s %s%s",
        TIME.format(Instant.ofEpochMilli(millis)),
        record.path("deployment").asText(),
        record.path("current").asInt(),
        record.path("replicas").asInt(),
        record.path("outcome").asText().toLowerCase(Locale.ROOT),
        record.path("reason").asText(),
        error.isEmpty() ? "" : "; " + error);
  }
}
