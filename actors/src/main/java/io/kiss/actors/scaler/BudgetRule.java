package io.kiss.actors.scaler;

import io.kiss.actors.live.DecisionRecord.BudgetLimit;
import io.kiss.actors.live.Workload;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.Attachment.Mode;
import io.kiss.actors.protocol.NamespaceProtocol.GpuUse;
import io.kiss.actors.scaler.TickRun.Answer;
import io.kiss.kisim.autoscale.Decision;
import io.kiss.kisim.autoscale.DecisionSource;
import io.kiss.kisim.autoscale.QueueingRule;
import io.kiss.kisim.autoscale.budget.Allocation.Share;
import io.kiss.kisim.autoscale.budget.Demand;
import io.kiss.kisim.autoscale.budget.GpuBudget;
import io.kiss.kisim.autoscale.budget.Wish;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A GPU budget, applied to what the scalers of a namespace decided at one tick; a pure function.
 *
 * <p>What nobody here scales counts with the replicas it has. So does what is only watched, where
 * something else is acted upon: its decisions free nothing. What is watched is shown what it would
 * have, were all acted upon.
 */
final class BudgetRule {
  private BudgetRule() {}

  /**
   * What becomes of a tick's decisions.
   *
   * @param limits to tell the scalers of, by Deployment
   */
  record Outcome(List<Answer> answers, Map<String, Share> limits, GpuUse use) {}

  /**
   * Applies a budget.
   *
   * @param budget GPUs; empty: no limit
   * @param workloads all of the namespace, those without a decision too
   * @param answers what was decided
   */
  static Outcome apply(
      Optional<Long> budget,
      Attachment attachment,
      List<Workload> workloads,
      List<Answer> answers) {
    long used = workloads.stream().mapToLong(BudgetRule::used).sum();
    long decided = answers.stream().map(Answer::workload).mapToLong(BudgetRule::used).sum();
    long fixed = used - decided;
    Map<String, Share> shares =
        budget.map(gpus -> shares(gpus - fixed, attachment, answers)).orElse(Map.of());
    List<Answer> followed = new ArrayList<>(answers.size());
    Map<String, Share> limits = new HashMap<>();
    long wished = fixed;
    long given = fixed;
    for (Answer answer : answers) {
      Answer after = answer;
      Share share = shares.get(answer.workload().name());
      int asked = answer.decided().decision().replicas();
      if (share != null && Math.min(share.target(), share.replicas()) < asked) {
        limits.put(answer.workload().name(), share);
        after = limited(answer, share, budget.get());
      }
      wished += gpus(answer);
      given += gpus(after);
      followed.add(after);
    }
    return new Outcome(followed, limits, new GpuUse(budget, used, wished, given));
  }

  /**
   * What a tick's decisions ask of the cluster's budget; what is only watched asks for nothing more
   * than it has.
   */
  static Demand demand(Attachment attachment, List<Workload> workloads, List<Answer> answers) {
    List<Answer> acted = answers.stream().filter(answer -> answer.mode() == Mode.ACTIVE).toList();
    long used = workloads.stream().mapToLong(BudgetRule::used).sum();
    long theirs = acted.stream().map(Answer::workload).mapToLong(BudgetRule::used).sum();
    return GpuBudget.demand(
        acted.stream().map(answer -> wish(attachment, answer)).toList(), used - theirs);
  }

  private static Map<String, Share> shares(long gpus, Attachment attachment, List<Answer> answers) {
    List<Wish> all = answers.stream().map(answer -> wish(attachment, answer)).toList();
    Map<String, Share> shares = new HashMap<>(GpuBudget.allocate(all, gpus).shares());
    List<Wish> acted = new ArrayList<>();
    long watched = 0;
    for (int i = 0; i < answers.size(); i++) {
      if (answers.get(i).mode() == Mode.ACTIVE) {
        acted.add(all.get(i));
      } else {
        watched += used(answers.get(i).workload());
      }
    }
    if (watched > 0 && !acted.isEmpty()) {
      shares.putAll(GpuBudget.allocate(acted, gpus - watched).shares());
    }
    return shares;
  }

  private static Wish wish(Attachment attachment, Answer answer) {
    ScalerActor.Decided decided = answer.decided();
    Decision decision = decided.decision();
    TelemetrySample seen = decided.telemetry();
    double toWorkOff = Math.max(0, seen.queuedRequests()) / QueueingRule.DRAIN_SECONDS;
    double rate = seen.arrivalRate() + (Double.isNaN(toWorkOff) ? 0 : toWorkOff);
    return new Wish(
        decided.workload().orElseThrow(),
        Terms.priority(attachment, answer.workload()),
        answer.workload().gpusPerReplica(),
        decision.current(),
        decision.replicas(),
        Math.min(decided.lowest(), decision.replicas()),
        decision.source() == DecisionSource.HOLD ? Double.NaN : rate);
  }

  private static Answer limited(Answer answer, Share share, long gpus) {
    int wished = answer.decided().decision().replicas();
    String why = "the GPU budget of %d gives %d of %d".formatted(gpus, share.replicas(), wished);
    if (share.replicas() > share.target()) {
      why += ", and %d once the guardrails let more go".formatted(share.target());
    } else if (share.replicas() < share.target()) {
      why += ", and %d once others have come down".formatted(share.target());
    }
    return answer.limited(
        new BudgetLimit(gpus, wished, share.target(), answer.workload().gpusPerReplica()),
        share.replicas(),
        why);
  }

  private static long used(Workload workload) {
    return (long) workload.desiredReplicas() * workload.gpusPerReplica();
  }

  private static long gpus(Answer answer) {
    return (long) answer.decided().decision().replicas() * answer.workload().gpusPerReplica();
  }
}
