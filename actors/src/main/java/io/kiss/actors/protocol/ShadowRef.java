package io.kiss.actors.protocol;

import java.util.Optional;

/**
 * Somebody who decides on a namespace's telemetry without acting.
 *
 * @param name id of a policy, or a classical autoscaler as {@code hpa:target=0.6} names it
 * @param policy empty: a classical autoscaler
 */
public record ShadowRef(String name, Optional<PolicyRef> policy) implements ControlMessage {

  /** Most a namespace may have: each costs as much work a tick as a scaler. */
  public static final int MOST = 8;

  public ShadowRef {
    policy = policy == null ? Optional.empty() : policy;
  }
}
