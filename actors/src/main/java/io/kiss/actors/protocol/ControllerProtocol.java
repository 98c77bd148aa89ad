package io.kiss.actors.protocol;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import java.util.List;
import java.util.Optional;

/** What the controller singleton understands: it owns attachments, registry and assignments. */
public final class ControllerProtocol {
  private ControllerProtocol() {}

  /** Sent to the controller. A refusal is an error reply with a sentence a person can act on. */
  public interface Command extends ControlMessage {}

  /**
   * Registers a policy whose bytes the policy store already keeps under its hash. The same id and
   * hash again change nothing; the same id with another hash is refused.
   */
  public record RegisterPolicy(RegisteredPolicy policy, ActorRef<StatusReply<Done>> replyTo)
      implements Command {}

  /** Makes a registered policy the champion: a newer term for every scaler. */
  public record Promote(String policyId, ActorRef<StatusReply<Assignment>> replyTo)
      implements Command {}

  /** Goes back to the champion before: a newer term that names an older policy. */
  public record Rollback(ActorRef<StatusReply<Assignment>> replyTo) implements Command {}

  /** Defines a cluster, or changes its definition; idempotent. */
  public record PutCluster(ClusterDefinition definition, ActorRef<StatusReply<Done>> replyTo)
      implements Command {}

  /** Forgets a cluster; refused while a namespace of it is attached. */
  public record DeleteCluster(String cluster, ActorRef<StatusReply<Done>> replyTo)
      implements Command {}

  /**
   * Attaches a namespace, or changes how it is attached; idempotent. Overrides of Deployments stay
   * as they were: {@link PutOverride} changes those.
   */
  public record PutNamespace(Attachment attachment, ActorRef<StatusReply<Done>> replyTo)
      implements Command {}

  /** Changes what holds for one Deployment of an attached namespace; idempotent. */
  public record PutOverride(
      String cluster,
      String namespace,
      DeploymentOverride override,
      ActorRef<StatusReply<Done>> replyTo)
      implements Command {}

  /** Detaches a namespace; replicas stay as they are. */
  public record DeleteNamespace(
      String cluster, String namespace, ActorRef<StatusReply<Done>> replyTo) implements Command {}

  /** Replies with everything the controller owns. */
  public record GetView(ActorRef<ControllerView> replyTo) implements Command {}

  /** Scalers of a node say what they run, aggregated by namespace; no reply. */
  public record Acknowledge(String cluster, String namespace, long term, int scalers)
      implements Command {}

  /**
   * What the controller owns.
   *
   * @param policies oldest first
   * @param assignment in force
   * @param acknowledged what each attached namespace's scalers run
   * @param clusters that were defined
   */
  public record ControllerView(
      List<RegisteredPolicy> policies,
      Assignment assignment,
      Optional<String> previousPolicy,
      List<Attachment> attachments,
      List<Acknowledge> acknowledged,
      List<ClusterDefinition> clusters)
      implements ControlMessage {

    public ControllerView {
      clusters = clusters == null ? List.of() : List.copyOf(clusters);
    }
  }
}
