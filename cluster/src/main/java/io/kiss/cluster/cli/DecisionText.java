package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.kiss.kisim.text.Columns;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** A decision's record as one line of text, and how times are told everywhere. */
final class DecisionText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

  /** Behind the time. */
  private static final int INDENT = 16;

  private DecisionText() {}

  /**
   * The record.
   *
   * @param room columns there are; what does not fit goes on in the next line
   */
  static String line(JsonNode record, int room) {
    String error = record.path("error").asText("");
    String line =
        String.format(
            Locale.ROOT,
            "%s  %-20s %3d -> %-3d %-9s %s%s",
            time(record.path("timeSeconds").asDouble()),
            record.path("deployment").asText(),
            record.path("current").asInt(),
            record.path("replicas").asInt(),
            record.path("outcome").asText().toLowerCase(Locale.ROOT),
            record.path("reason").asText(),
            error.isEmpty() ? "" : "; " + error);
    return wrapped(line, room);
  }

  /** A line that begins with a time, in so many columns. */
  static String wrapped(String line, int room) {
    return Columns.wrap(line, INDENT, room).replace("\n", System.lineSeparator());
  }

  /**
   * A time of the cluster's clock, as lines begin with it and as the page tells it: month, day and
   * time of day where the reader is.
   */
  static String time(double seconds) {
    return TIME.format(Instant.ofEpochMilli((long) (seconds * 1000)));
  }
}
