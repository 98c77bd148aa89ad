package io.kiss.actors.controller;

import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ControlMessage;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything the controller owns; immutable, and persisted as a snapshot.
 *
 * @param policies the registry, oldest first
 * @param assignment in force
 * @param champions that were promoted and not taken back, the one in force last
 * @param attachments in the order in which they were made
 */
public record ControllerState(
    List<RegisteredPolicy> policies,
    Assignment assignment,
    List<PolicyRef> champions,
    List<Attachment> attachments)
    implements ControlMessage {

  /** Before anything happened. */
  public static final ControllerState EMPTY =
      new ControllerState(List.of(), Assignment.NONE, List.of(), List.of());

  /** How far back rollbacks can go; bounds the state. */
  static final int MAX_CHAMPIONS = 100;

  public ControllerState {
    policies = List.copyOf(policies);
    champions = List.copyOf(champions);
    attachments = List.copyOf(attachments);
  }

  /** The state after {@code event}. */
  public ControllerState apply(ControllerEvent event) {
    if (event instanceof ControllerEvent.PolicyRegistered registered) {
      return withPolicies(with(policies, registered.policy()), assignment, champions);
    }
    if (event instanceof ControllerEvent.Assigned assigned) {
      return assigned(assigned);
    }
    if (event instanceof ControllerEvent.NamespaceAttached attached) {
      return attached(attached.attachment());
    }
    if (event instanceof ControllerEvent.NamespaceDetached detached) {
      return detached(new NamespaceRef(detached.cluster(), detached.namespace()));
    }
    throw new IllegalArgumentException("no rule for the event " + event);
  }

  private ControllerState assigned(ControllerEvent.Assigned event) {
    List<PolicyRef> line =
        switch (event.cause()) {
          case PROMOTION -> {
            List<PolicyRef> longer = with(champions, event.policy());
            yield longer.subList(Math.max(0, longer.size() - MAX_CHAMPIONS), longer.size());
          }
          case ROLLBACK -> champions.subList(0, champions.size() - 1);
        };
    return withPolicies(policies, new Assignment(event.term(), Optional.of(event.policy())), line);
  }

  private ControllerState attached(Attachment attachment) {
    NamespaceRef ref = NamespaceRef.of(attachment);
    List<Attachment> changed = new ArrayList<>(attachments);
    changed.replaceAll(a -> NamespaceRef.of(a).equals(ref) ? attachment : a);
    if (attachment(ref).isEmpty()) {
      changed.add(attachment);
    }
    return withAttachments(changed);
  }

  private ControllerState detached(NamespaceRef ref) {
    return withAttachments(
        attachments.stream().filter(a -> !NamespaceRef.of(a).equals(ref)).toList());
  }

  private ControllerState withPolicies(
      List<RegisteredPolicy> registered, Assignment inForce, List<PolicyRef> line) {
    return new ControllerState(registered, inForce, line, attachments);
  }

  private ControllerState withAttachments(List<Attachment> changed) {
    return new ControllerState(policies, assignment, champions, changed);
  }

  /** The registered policy of that id. */
  Optional<RegisteredPolicy> policy(String id) {
    return policies.stream().filter(p -> p.ref().id().equals(id)).findFirst();
  }

  /** How that namespace is attached; empty: it is not. */
  Optional<Attachment> attachment(NamespaceRef ref) {
    return attachments.stream().filter(a -> NamespaceRef.of(a).equals(ref)).findFirst();
  }

  /** The champion before the one in force. */
  Optional<PolicyRef> previousChampion() {
    return champions.size() < 2
        ? Optional.empty()
        : Optional.of(champions.get(champions.size() - 2));
  }

  private static <T> List<T> with(List<T> list, T element) {
    List<T> longer = new ArrayList<>(list);
    longer.add(element);
    return longer;
  }
}
