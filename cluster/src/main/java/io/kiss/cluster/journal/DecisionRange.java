package io.kiss.cluster.journal;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decisions of a namespace, by Deployment and time.
 *
 * @param deployment empty: all of the namespace
 * @param fromSeconds made at this time or later, on the cluster's clock; empty: from the first on
 * @param toSeconds made before this time; empty: to the last
 */
public record DecisionRange(
    String cluster,
    String namespace,
    Optional<String> deployment,
    Optional<Double> fromSeconds,
    Optional<Double> toSeconds) {

  public DecisionRange {
    if (fromSeconds.isPresent()
        && toSeconds.isPresent()
        && !(fromSeconds.get() < toSeconds.get())) {
      throw new IllegalArgumentException("from must be earlier than to");
    }
  }

  /**
   * Reads a time: a moment in ISO 8601, or seconds of the cluster's clock, which is Unix time but
   * in demos.
   *
   * @throws IllegalArgumentException with a sentence of what it must be like
   */
  public static double seconds(String name, String text) {
    try {
      return text.matches("-?[0-9.]+")
          ? Double.parseDouble(text)
          : Instant.parse(text).toEpochMilli() / 1000.0;
    } catch (NumberFormatException | DateTimeParseException e) {
      throw new IllegalArgumentException(
          "%s must be like 2026-01-31T12:00:00Z or Unix seconds, not '%s'".formatted(name, text),
          e);
    }
  }

  /** The condition, for a WHERE; {@link #parameters} fill it. */
  String condition() {
    return "cluster = ? AND namespace = ?"
        + (deployment.isPresent() ? " AND deployment = ?" : "")
        + (fromSeconds.isPresent() ? " AND time_seconds >= ?" : "")
        + (toSeconds.isPresent() ? " AND time_seconds < ?" : "");
  }

  /** What {@link #condition} has question marks for. */
  List<Object> parameters() {
    List<Object> all = new ArrayList<>(List.of(cluster, namespace));
    deployment.ifPresent(all::add);
    fromSeconds.ifPresent(all::add);
    toSeconds.ifPresent(all::add);
    return all;
  }
}
