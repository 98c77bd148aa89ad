package io.kiss.actors.protocol;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import java.util.List;
import java.util.Optional;

/** What the sharded entity of an attached namespace understands. */
public final class NamespaceProtocol {
  private NamespaceProtocol() {}

  /** Sent to a namespace's entity. */
  public interface Command extends ControlMessage {}

  /** Scale like this, by that assignment; said again whenever either changes; no reply. */
  public record Attach(Attachment attachment, Assignment assignment) implements Command {}

  /** Give the lease back and stop; replicas stay as they are. */
  public record Detach(ActorRef<StatusReply<Done>> replyTo) implements Command {}

  /** Replies with {@link NamespaceStatus}. */
  public record GetStatus(ActorRef<NamespaceStatus> replyTo) implements Command {}

  /** How a namespace stands. */
  public record NamespaceStatus(
      String cluster,
      String namespace,
      boolean leaseHeld,
      Optional<String> problem,
      long term,
      List<DeploymentStatus> deployments)
      implements ControlMessage {}

  /**
   * How a Deployment stands.
   *
   * @param readyReplicas -1: not known
   * @param refusal why it is not scaled; empty: it is
   * @param decisions made since the entity started
   */
  public record DeploymentStatus(
      String name,
      int desiredReplicas,
      int readyReplicas,
      Optional<String> refusal,
      Optional<String> policy,
      long term,
      long decisions,
      Optional<String> lastReason)
      implements ControlMessage {}
}
