package io.kiss.actors.protocol;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.autoscale.shadow.ShadowReport;
import java.util.List;
import java.util.Optional;

/** What the sharded entity of an attached namespace understands. */
public final class NamespaceProtocol {
  private NamespaceProtocol() {}

  /** Sent to a namespace's entity. */
  public interface Command extends ControlMessage {}

  /**
   * Scale like this, by that assignment; said again whenever either changes; no reply.
   *
   * @param definition of the cluster; empty where nodes know it by themselves
   */
  public record Attach(
      Attachment attachment, Assignment assignment, Optional<ClusterDefinition> definition)
      implements Command {

    public Attach {
      definition = definition == null ? Optional.empty() : definition;
    }
  }

  /**
   * Of its cluster's GPU budget, this namespace may have so many GPUs until it is told otherwise;
   * no reply. Answers {@link ControllerProtocol.ReportDemand}, and comes when others need less or
   * more.
   */
  public record UseShare(long gpus) implements Command {}

  /** Give the lease back and stop; replicas stay as they are. */
  public record Detach(ActorRef<StatusReply<Done>> replyTo) implements Command {}

  /** Replies with {@link NamespaceStatus}. */
  public record GetStatus(ActorRef<NamespaceStatus> replyTo) implements Command {}

  /**
   * How a namespace stands.
   *
   * @param gpus empty: no tick was finished yet
   */
  public record NamespaceStatus(
      String cluster,
      String namespace,
      boolean leaseHeld,
      Optional<String> problem,
      long term,
      List<DeploymentStatus> deployments,
      Optional<GpuUse> gpus)
      implements ControlMessage {

    public NamespaceStatus {
      gpus = gpus == null ? Optional.empty() : gpus;
    }
  }

  /**
   * GPUs of a namespace, at its newest tick.
   *
   * @param budget how many it may have; empty: as many as it wishes
   * @param used by the replicas that are asked of the cluster, unschedulable ones included
   * @param wished by all scalers together
   * @param given of what was wished
   */
  public record GpuUse(Optional<Long> budget, long used, long wished, long given)
      implements ControlMessage {

    public GpuUse {
      budget = budget == null ? Optional.empty() : budget;
    }
  }

  /**
   * How a Deployment stands.
   *
   * @param readyReplicas -1: not known
   * @param refusal why it is not scaled; empty: it is
   * @param decisions made since the entity started
   * @param mode it is in; {@code OFF} where it is not scaled for the reason in {@code refusal}
   * @param workload what decisions go by; empty: not known yet
   * @param estimated the parts of {@code workload} that were estimated from what was observed
   * @param shadows how those stand that decide beside it; empty: there are none, or no tick yet
   */
  public record DeploymentStatus(
      String name,
      int desiredReplicas,
      int readyReplicas,
      Optional<String> refusal,
      Optional<String> policy,
      long term,
      long decisions,
      Optional<String> lastReason,
      Attachment.Mode mode,
      Optional<WorkloadSpec> workload,
      List<String> estimated,
      Optional<ShadowReport> shadows)
      implements ControlMessage {

    public DeploymentStatus {
      mode = mode == null ? Attachment.Mode.OFF : mode;
      workload = workload == null ? Optional.empty() : workload;
      estimated = estimated == null ? List.of() : List.copyOf(estimated);
      shadows = shadows == null ? Optional.empty() : shadows;
    }
  }
}
