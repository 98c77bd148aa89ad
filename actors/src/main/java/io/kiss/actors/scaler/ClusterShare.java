package io.kiss.actors.scaler;

import io.kiss.actors.live.Workload;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ClusterDefinition;
import io.kiss.actors.protocol.ControllerProtocol.ReportDemand;
import io.kiss.kisim.autoscale.budget.Demand;
import java.util.List;
import java.util.Optional;

/**
 * What a namespace may have of its cluster's GPU budget. The controller says so; while it is
 * silent, what it said last holds.
 */
final class ClusterShare {
  private final Site site;
  private boolean limited;
  private Optional<Long> share = Optional.empty();

  ClusterShare(Site site) {
    this.site = site;
  }

  /** From the next tick on, the cluster is this; empty: one that nodes know by themselves. */
  void follow(Optional<ClusterDefinition> definition) {
    limited = definition.flatMap(ClusterDefinition::gpuBudget).isPresent();
    if (!limited) {
      share = Optional.empty();
    }
  }

  /** From the next tick on, so many GPUs. */
  void use(long gpus) {
    share = limited ? Optional.of(gpus) : Optional.empty();
  }

  /**
   * GPUs that a tick's decisions may have; empty: as many as they wish. Where anything is acted
   * upon in a cluster with a budget, the controller is told what they ask of it.
   */
  Optional<Long> budget(
      Attachment attachment, List<Workload> workloads, List<TickRun.Answer> answers) {
    Optional<Long> own = attachment.gpuBudget().map(Integer::longValue);
    if (!limited) {
      return own;
    }
    Demand demand = BudgetRule.demand(attachment, workloads, answers);
    report(demand);
    if (!attachment.acts()) {
      return own;
    }
    // Until it is known what is left of the budget, nothing more is asked for.
    long most = share.orElse(demand.used());
    return Optional.of(Math.min(most, own.orElse(most)));
  }

  /** At a tick that nobody can decide at, what is there is held and nothing is wished. */
  void hold(Attachment attachment, List<Workload> workloads) {
    if (limited) {
      report(BudgetRule.demand(attachment, workloads, List.of()));
    }
  }

  private void report(Demand demand) {
    site.environment()
        .controller()
        .tell(
            new ReportDemand(
                site.namespace().cluster(), site.namespace().namespace(), demand, share));
  }
}
