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
    String error = record.path("error").asText("");
    return String.format(
        Locale.ROOT,
        "%s  %-20s %3d -> %-3d %-9s %s%s",
        time(record.path("timeSeconds").asDouble()),
        record.path("deployment").asText(),
        record.path("current").asInt(),
        record.path("replicas").asInt(),
        record.path("outcome").asText().toLowerCase(Locale.ROOT),
        record.path("reason").asText(),
        error.isEmpty() ? "" : "; " + error);
  }

  /** A time of the cluster's clock, as lines begin with it. */
  static String time(double seconds) {
    return TIME.format(Instant.ofEpochMilli((long) (seconds * 1000)));
  }
}
