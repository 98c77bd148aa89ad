package io.kiss.actors.controller;

import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.Canary;
import io.kiss.actors.protocol.ClusterDefinition;
import io.kiss.actors.protocol.ControlMessage;
import io.kiss.actors.protocol.GateReport;
import io.kiss.actors.protocol.Pin;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;

/** What the controller has decided; persisted. Policies are named by id and hash, never carried. */
public sealed interface ControllerEvent extends ControlMessage {

  /** A policy has entered the registry. */
  record PolicyRegistered(RegisteredPolicy policy) implements ControllerEvent {}

  /**
   * Scalers run this policy from this term on; what was tried beside it is not any more.
   *
   * @param atMillis Unix time; 0: an older version did not write it down
   * @param forced whether it went past the gate
   * @param sentence why, for people; empty where the cause says it all
   */
  record Assigned(
      long term, PolicyRef policy, Cause cause, long atMillis, boolean forced, String sentence)
      implements ControllerEvent {

    public Assigned {
      sentence = sentence == null ? "" : sentence;
    }

    /** Why an assignment was made. */
    public enum Cause {
      /** The policy became the champion. */
      PROMOTION,
      /** The champion was taken back; the policy is the one before it. */
      ROLLBACK,
      /** A canary share tried it, and it was not worse. */
      CANARY_PASSED
    }
  }

  /** A cluster is known, or known in another way than before. */
  record ClusterDefined(ClusterDefinition definition) implements ControllerEvent {}

  /** A cluster is no longer known. */
  record ClusterRemoved(String cluster) implements ControllerEvent {}

  /** A share of the scalers tries a candidate beside the champion, from this term on. */
  record CanaryAssigned(long term, Canary canary, int stage, long atMillis, boolean forced)
      implements ControllerEvent {}

  /** The candidate was taken back: from this term on all scalers run the champion again. */
  record CanaryEnded(long term, PolicyRef candidate, Cause cause, long atMillis, String sentence)
      implements ControllerEvent {

    /** Why a candidate was taken back. */
    public enum Cause {
      /** It violated the SLO more often. */
      ROLLED_BACK,
      /** Somebody said so. */
      WITHDRAWN
    }
  }

  /** Scalers run one policy from this term on, whatever becomes of champion and candidate. */
  record Pinned(long term, Pin pin, long atMillis) implements ControllerEvent {}

  /** Those scalers follow champion and candidate again from this term on. */
  record Unpinned(long term, Pin pin, long atMillis) implements ControllerEvent {}

  /** Assignments stay as they are until the opposite. */
  record Paused(boolean paused, long atMillis) implements ControllerEvent {}

  /** The gate has judged a policy. */
  record PolicyEvaluated(GateReport report) implements ControllerEvent {}

  /** A namespace is attached, or attached in another way than before. */
  record NamespaceAttached(Attachment attachment) implements ControllerEvent {}

  /** A namespace is no longer attached. */
  record NamespaceDetached(String cluster, String namespace) implements ControllerEvent {}
}
