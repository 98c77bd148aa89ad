package io.kiss.actors.controller;

import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ClusterDefinition;
import io.kiss.actors.protocol.ControlMessage;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;

/** What the controller has decided; persisted. Policies are named by id and hash, never carried. */
public sealed interface ControllerEvent extends ControlMessage {

  /** A policy has entered the registry. */
  record PolicyRegistered(RegisteredPolicy policy) implements ControllerEvent {}

  /** Scalers run this policy from this term on. */
  record Assigned(long term, PolicyRef policy, Cause cause) implements ControllerEvent {

    /** Why an assignment was made. */
    public enum Cause {
      /** The policy became the champion. */
      PROMOTION,
      /** The champion was taken back; the policy is the one before it. */
      ROLLBACK
    }
  }

  /** A cluster is known, or known in another way than before. */
  record ClusterDefined(ClusterDefinition definition) implements ControllerEvent {}

  /** A cluster is no longer known. */
  record ClusterRemoved(String cluster) implements ControllerEvent {}

  /** A namespace is attached, or attached in another way than before. */
  record NamespaceAttached(Attachment attachment) implements ControllerEvent {}

  /** A namespace is no longer attached. */
  record NamespaceDetached(String cluster, String namespace) implements ControllerEvent {}
}
