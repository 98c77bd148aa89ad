package io.kiss.kisim.evaluate.result;

import java.util.Map;

/**
 * An autoscaler that took part.
 *
 * @param name unique in its evaluation: what the command asked for
 * @param role what it is in the comparison
 * @param settings what it ran with, by trace where it was tuned in hindsight; the empty trace is
 *     for all; copied at construction
 * @param policySha256 of the weights, empty without any
 */
public record EntrantInfo(
    String name, Role role, Map<String, String> settings, String policySha256) {

  /** What an entrant is in the comparison. */
  public enum Role {
    /** A learned policy. */
    POLICY,
    /** As published, or as set by hand. */
    BASELINE,
    /** Tuned beforehand on training scenarios. */
    TUNED,
    /** Tuned in hindsight on the very trace. */
    TUNED_HERE,
    /** Knows the future. */
    ORACLE
  }

  public EntrantInfo {
    settings = Map.copyOf(settings);
  }
}
