package io.kiss.actors.controller;

import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ClusterDefinition;
import io.kiss.actors.protocol.ControlMessage;
import io.kiss.actors.protocol.Lifecycle;
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
 * @param clusters that were defined, in that order
 * @param lifecycle where policies stand on their way
 */
public record ControllerState(
    List<RegisteredPolicy> policies,
    Assignment assignment,
    List<PolicyRef> champions,
    List<Attachment> attachments,
    List<ClusterDefinition> clusters,
    Lifecycle lifecycle)
    implements ControlMessage {

  /** Before anything happened. */
  public static final ControllerState EMPTY =
      new ControllerState(
          List.of(), Assignment.NONE, List.of(), List.of(), List.of(), Lifecycle.EMPTY);

  /** How far back rollbacks can go; bounds the state. */
  static final int MAX_CHAMPIONS = 100;

  public ControllerState {
    policies = List.copyOf(policies);
    champions = List.copyOf(champions);
    attachments = List.copyOf(attachments);
    // Absent in snapshots of the version before.
    clusters = clusters == null ? List.of() : List.copyOf(clusters);
    // Absent in snapshots of the first release.
    lifecycle = lifecycle == null ? Lifecycle.EMPTY : lifecycle;
  }

  /** The state after {@code event}. */
  public ControllerState apply(ControllerEvent event) {
    if (event instanceof ControllerEvent.PolicyRegistered registered) {
      return new ControllerState(
          with(policies, registered.policy()),
          assignment,
          champions,
          attachments,
          clusters,
          lifecycle);
    }
    if (event instanceof ControllerEvent.Assigned assigned) {
      return AssignmentRules.assigned(this, assigned);
    }
    if (event instanceof ControllerEvent.CanaryAssigned canary) {
      return AssignmentRules.canary(this, canary);
    }
    if (event instanceof ControllerEvent.CanaryEnded ended) {
      return AssignmentRules.canaryEnded(this, ended);
    }
    if (event instanceof ControllerEvent.Pinned pinned) {
      return AssignmentRules.pinned(this, pinned);
    }
    if (event instanceof ControllerEvent.Unpinned unpinned) {
      return AssignmentRules.unpinned(this, unpinned);
    }
    if (event instanceof ControllerEvent.Paused paused) {
      return withLifecycle(AssignmentRules.paused(this, paused));
    }
    if (event instanceof ControllerEvent.PolicyEvaluated evaluated) {
      return withLifecycle(lifecycle.with(evaluated.report()));
    }
    if (event instanceof ControllerEvent.NamespaceAttached attached) {
      return attached(attached.attachment());
    }
    if (event instanceof ControllerEvent.NamespaceDetached detached) {
      return detached(new NamespaceRef(detached.cluster(), detached.namespace()));
    }
    if (event instanceof ControllerEvent.ClusterDefined defined) {
      return defined(defined.definition());
    }
    if (event instanceof ControllerEvent.ClusterRemoved removed) {
      return withClusters(
          clusters.stream().filter(c -> !c.name().equals(removed.cluster())).toList());
    }
    throw new IllegalArgumentException("no rule for the event " + event);
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

  /** The same with another assignment, and what led to it. */
  ControllerState assigning(Assignment other, List<PolicyRef> line, Lifecycle way) {
    return new ControllerState(policies, other, line, attachments, clusters, way);
  }

  private ControllerState withLifecycle(Lifecycle other) {
    return new ControllerState(policies, assignment, champions, attachments, clusters, other);
  }

  private ControllerState withAttachments(List<Attachment> changed) {
    return new ControllerState(policies, assignment, champions, changed, clusters, lifecycle);
  }

  private ControllerState defined(ClusterDefinition definition) {
    List<ClusterDefinition> changed = new ArrayList<>(clusters);
    changed.replaceAll(c -> c.name().equals(definition.name()) ? definition : c);
    if (cluster(definition.name()).isEmpty()) {
      changed.add(definition);
    }
    return withClusters(changed);
  }

  private ControllerState withClusters(List<ClusterDefinition> changed) {
    return new ControllerState(policies, assignment, champions, attachments, changed, lifecycle);
  }

  /** The registered policy of that id. */
  Optional<RegisteredPolicy> policy(String id) {
    return policies.stream().filter(p -> p.ref().id().equals(id)).findFirst();
  }

  /** How that namespace is attached; empty: it is not. */
  Optional<Attachment> attachment(NamespaceRef ref) {
    return attachments.stream().filter(a -> NamespaceRef.of(a).equals(ref)).findFirst();
  }

  /** How that cluster is defined; empty: it is not. */
  Optional<ClusterDefinition> cluster(String name) {
    return clusters.stream().filter(c -> c.name().equals(name)).findFirst();
  }

  /** The champion before the one in force. */
  Optional<PolicyRef> previousChampion() {
    return champions.size() < 2
        ? Optional.empty()
        : Optional.of(champions.get(champions.size() - 2));
  }

  static <T> List<T> with(List<T> list, T element) {
    List<T> longer = new ArrayList<>(list);
    longer.add(element);
    return longer;
  }
}
