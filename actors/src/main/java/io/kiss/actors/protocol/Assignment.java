package io.kiss.actors.protocol;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which policy scalers are to run: all the champion, except those that are pinned to another, and
 * those of the canary's share.
 *
 * @param term grows with each decision of the controller; an older one is refused. A rollback is a
 *     newer term that names an older policy
 * @param policy the champion; empty: none yet, so the queueing rule decides
 * @param canary the candidate that a share of the scalers tries; empty: there is none
 * @param pins scalers that run one policy whatever becomes of champion and candidate
 */
public record Assignment(
    long term, Optional<PolicyRef> policy, Optional<Canary> canary, List<Pin> pins)
    implements ControlMessage {

  /** Before the controller has decided anything. */
  public static final Assignment NONE = new Assignment(0, Optional.empty());

  /** The last two are absent where a version wrote it that did not know them. */
  public Assignment {
    canary = canary == null ? Optional.empty() : canary;
    pins = pins == null ? List.of() : List.copyOf(pins);
  }

  /** The same policy for all scalers. */
  public Assignment(long term, Optional<PolicyRef> policy) {
    this(term, policy, Optional.empty(), List.of());
  }

  /** Which part of the assignment a scaler follows. */
  public enum Arm {
    CHAMPION,
    CANARY,
    PINNED
  }

  /**
   * What one scaler runs at one moment.
   *
   * @param policy empty: none, so the queueing rule decides
   */
  public record Choice(Arm arm, Optional<PolicyRef> policy) {}

  /**
   * What a scaler runs.
   *
   * @param timeSeconds on the cluster's clock; looked at where the canary is a share of the time
   */
  public Choice choose(String cluster, String namespace, String deployment, double timeSeconds) {
    Optional<Pin> pin = pin(cluster, namespace, deployment);
    if (pin.isPresent()) {
      return new Choice(Arm.PINNED, Optional.of(pin.get().policy()));
    }
    boolean tries =
        canary.isPresent()
            && canary.get().includes(cluster + "/" + namespace + "/" + deployment, timeSeconds);
    return tries
        ? new Choice(Arm.CANARY, Optional.of(canary.get().candidate()))
        : new Choice(Arm.CHAMPION, policy);
  }

  private Optional<Pin> pin(String cluster, String namespace, String deployment) {
    Optional<Pin> closest = Optional.empty();
    for (Pin pin : pins) {
      if (pin.covers(cluster, namespace, deployment)
          && (closest.isEmpty() || pin.deployment().isPresent())) {
        closest = Optional.of(pin);
      }
    }
    return closest;
  }

  /** The part of it that a namespace has to know. */
  public Assignment in(String cluster, String namespace) {
    return new Assignment(
        term,
        policy,
        canary,
        pins.stream()
            .filter(pin -> pin.cluster().equals(cluster) && pin.namespace().equals(namespace))
            .toList());
  }

  /** All policies it names, each once. */
  public List<PolicyRef> policies() {
    return Stream.of(
            policy.stream(), canary.map(Canary::candidate).stream(), pins.stream().map(Pin::policy))
        .flatMap(refs -> refs)
        .distinct()
        .toList();
  }
}
