package io.kiss.actors.protocol;

import io.kiss.kisim.autoscale.GuardSettings;

/**
 * A namespace that KIS-S scales, or watches.
 *
 * @param selector label selector; empty selects all
 * @param mode shadow unless acting was switched on explicitly
 * @param tickSeconds time between two decisions
 */
public record Attachment(
    String cluster,
    String namespace,
    String selector,
    Mode mode,
    double tickSeconds,
    GuardSettings guards)
    implements ControlMessage {

  /** Whether decisions are carried out. */
  public enum Mode {
    SHADOW,
    ACTIVE
  }
}
