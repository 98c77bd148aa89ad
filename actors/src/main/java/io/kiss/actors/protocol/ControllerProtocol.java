package io.kiss.actors.protocol;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import io.kiss.kisim.autoscale.budget.Demand;
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

  /** Keeps what the gate found about a registered policy, in place of what it found before. */
  public record RecordGate(GateReport report, ActorRef<StatusReply<Done>> replyTo)
      implements Command {}

  /**
   * Sets a registered policy that passed the gate on its way: first a canary share of the scalers
   * tries it, where there is a champion to compare it with and a Deployment that is acted on; then
   * all run it.
   *
   * @param force whatever the gate said, and though it was rolled back before; recorded
   * @param direct to all scalers at once
   */
  public record Promote(
      String policyId, boolean force, boolean direct, ActorRef<StatusReply<Assignment>> replyTo)
      implements Command {}

  /**
   * Takes the candidate back where one is being tried; otherwise goes back to the champion before:
   * a newer term that names an older policy.
   */
  public record Rollback(ActorRef<StatusReply<Assignment>> replyTo) implements Command {}

  /** Scalers run this policy whatever becomes of champion and candidate; idempotent. */
  public record PinPolicy(
      String cluster,
      String namespace,
      Optional<String> deployment,
      String policyId,
      ActorRef<StatusReply<Assignment>> replyTo)
      implements Command {}

  /** Ends {@link PinPolicy} of the same target. */
  public record UnpinPolicy(
      String cluster,
      String namespace,
      Optional<String> deployment,
      ActorRef<StatusReply<Assignment>> replyTo)
      implements Command {}

  /** Assignments stay as they are until it is resumed; registering goes on. Idempotent. */
  public record PausePolicies(boolean paused, ActorRef<StatusReply<Done>> replyTo)
      implements Command {}

  /** Defines a cluster, or changes its definition; idempotent. */
  public record PutCluster(ClusterDefinition definition, ActorRef<StatusReply<Done>> replyTo)
      implements Command {}

  /** Forgets a cluster; refused while a namespace of it is attached. */
  public record DeleteCluster(String cluster, ActorRef<StatusReply<Done>> replyTo)
      implements Command {}

  /**
   * Attaches a namespace, or changes how it is attached; idempotent. Overrides of Deployments and
   * shadows stay as they were: {@link PutOverride} and {@link PutShadows} change those.
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

  /**
   * Lets these decide beside the scalers of an attached namespace, without acting, in place of
   * those before; idempotent.
   *
   * @param shadows ids of registered policies, or classical autoscalers with their parameters; at
   *     most {@link ShadowRef#MOST}
   */
  public record PutShadows(
      String cluster, String namespace, List<String> shadows, ActorRef<StatusReply<Done>> replyTo)
      implements Command {

    public PutShadows {
      shadows = shadows == null ? List.of() : List.copyOf(shadows);
    }
  }

  /** Detaches a namespace; replicas stay as they are. */
  public record DeleteNamespace(
      String cluster, String namespace, ActorRef<StatusReply<Done>> replyTo) implements Command {}

  /** Replies with everything the controller owns. */
  public record GetView(ActorRef<ControllerView> replyTo) implements Command {}

  /**
   * Scalers of a node say what they run, aggregated by namespace; no reply.
   *
   * @param term the lowest that any of them runs
   * @param running scalers by the policy they run
   */
  public record Acknowledge(
      String cluster, String namespace, long term, int scalers, List<Running> running)
      implements Command {

    public Acknowledge {
      running = running == null ? List.of() : List.copyOf(running);
    }
  }

  /**
   * A namespace says, at each tick, what it asks of its cluster's GPU budget; replies {@link
   * NamespaceProtocol.UseShare} to the namespace once all of that cluster have said so.
   *
   * @param share GPUs it goes by; empty: it was told of none yet, and asks for no more than it uses
   */
  public record ReportDemand(String cluster, String namespace, Demand demand, Optional<Long> share)
      implements Command {

    public ReportDemand {
      share = share == null ? Optional.empty() : share;
    }
  }

  /**
   * So many scalers run a policy.
   *
   * @param policy its id; empty: none, so the queueing rule decides
   */
  public record Running(String policy, int scalers) implements ControlMessage {}

  /**
   * What the controller owns.
   *
   * @param policies oldest first
   * @param assignment in force
   * @param acknowledged what each attached namespace's scalers run
   * @param lifecycle where policies stand on their way
   * @param canary how the candidate does; empty: none is being tried
   * @param clusters that were defined
   * @param gpus of those that have a budget
   */
  public record ControllerView(
      List<RegisteredPolicy> policies,
      Assignment assignment,
      Optional<String> previousPolicy,
      List<Attachment> attachments,
      List<Acknowledge> acknowledged,
      Lifecycle lifecycle,
      Optional<CanaryStatus> canary,
      List<ClusterDefinition> clusters,
      List<ClusterGpus> gpus)
      implements ControlMessage {

    public ControllerView {
      lifecycle = lifecycle == null ? Lifecycle.EMPTY : lifecycle;
      canary = canary == null ? Optional.empty() : canary;
      clusters = clusters == null ? List.of() : List.copyOf(clusters);
      gpus = gpus == null ? List.of() : List.copyOf(gpus);
    }
  }
}
