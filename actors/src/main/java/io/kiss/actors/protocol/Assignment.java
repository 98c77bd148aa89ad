package io.kiss.actors.protocol;

import java.util.Optional;

/**
 * Which policy scalers are to run.
 *
 * @param term grows with each decision of the controller; an older one is refused. A rollback is a
 *     newer term that names an older policy
 * @param policy empty: none yet, so the queueing rule decides
 */
public record Assignment(long term, Optional<PolicyRef> policy) implements ControlMessage {

  /** Before the controller has decided anything. */
  public static final Assignment NONE = new Assignment(0, Optional.empty());
}
