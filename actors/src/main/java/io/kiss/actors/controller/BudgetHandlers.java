package io.kiss.actors.controller;

import akka.persistence.typed.javadsl.CommandHandlerBuilderByState;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EffectFactories;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ClusterDefinition;
import io.kiss.actors.protocol.ClusterGpus;
import io.kiss.actors.protocol.ControllerProtocol.ReportDemand;
import io.kiss.actors.protocol.NamespaceProtocol.UseShare;
import io.kiss.kisim.autoscale.budget.ClusterBudget;
import io.kiss.kisim.autoscale.budget.Demand;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Shares of clusters' GPU budgets. Nothing of it is persisted: namespaces say at each tick what
 * they need and what they go by, and those that hear nothing keep what they have.
 */
final class BudgetHandlers extends Handlers {
  private final NamespaceHandlers namespaces;
  private final Map<String, Ledger> clusters = new HashMap<>();

  /** What is known of one cluster's namespaces. */
  private static final class Ledger {
    private final Map<String, ReportDemand> reports = new TreeMap<>();
    private final Map<String, Long> granted = new HashMap<>();

    /**
     * What each may have taken: what it uses, what it said it goes by, and what it was told last,
     * since that may be on its way.
     */
    private Map<String, Long> holding() {
      Map<String, Long> holding = new HashMap<>(granted);
      reports.forEach(
          (name, report) ->
              report.share().ifPresent(share -> holding.merge(name, share, Math::max)));
      return holding;
    }

    private Map<String, Demand> demands() {
      Map<String, Demand> demands = new TreeMap<>();
      reports.forEach((name, report) -> demands.put(name, report.demand()));
      return demands;
    }
  }

  BudgetHandlers(
      EffectFactories<ControllerEvent, ControllerState> effects, NamespaceHandlers namespaces) {
    super(effects);
    this.namespaces = namespaces;
  }

  @Override
  void addTo(
      CommandHandlerBuilderByState<Object, ControllerEvent, ControllerState, ControllerState>
          builder) {
    builder.onCommand(ReportDemand.class, this::onReport);
  }

  private Effect<ControllerEvent, ControllerState> onReport(
      ControllerState state, ReportDemand report) {
    Optional<Integer> budget =
        state.cluster(report.cluster()).flatMap(ClusterDefinition::gpuBudget);
    if (budget.isEmpty()) {
      clusters.remove(report.cluster());
      return effects.none();
    }
    Ledger ledger = clusters.computeIfAbsent(report.cluster(), cluster -> new Ledger());
    Set<String> attached =
        attachments(state, report.cluster()).map(Attachment::namespace).collect(Collectors.toSet());
    ledger.reports.put(report.namespace(), report);
    ledger.reports.keySet().retainAll(attached);
    ledger.granted.keySet().retainAll(attached);
    if (waitingFor(ledger, state, report.cluster()).isEmpty()) {
      share(ledger, report, budget.get());
    }
    return effects.none();
  }

  private static Stream<Attachment> attachments(ControllerState state, String cluster) {
    return state.attachments().stream().filter(attachment -> attachment.cluster().equals(cluster));
  }

  /**
   * What a namespace has that has not been heard of yet cannot be given to others, unless it has
   * nobody who could take more.
   */
  private List<String> waitingFor(Ledger ledger, ControllerState state, String cluster) {
    return attachments(state, cluster)
        .filter(attachment -> !ledger.reports.containsKey(attachment.namespace()))
        .filter(attachment -> !namespaces.withoutScalers(attachment))
        .map(Attachment::namespace)
        .toList();
  }

  /** Of all clusters that have a budget, in the order in which they were defined. */
  List<ClusterGpus> view(ControllerState state) {
    return state.clusters().stream()
        .filter(cluster -> cluster.gpuBudget().isPresent())
        .map(cluster -> view(state, cluster.name(), cluster.gpuBudget().get()))
        .toList();
  }

  private ClusterGpus view(ControllerState state, String cluster, long budget) {
    Ledger ledger = clusters.getOrDefault(cluster, new Ledger());
    Set<String> attached =
        attachments(state, cluster).map(Attachment::namespace).collect(Collectors.toSet());
    List<Demand> demands =
        ledger.reports.values().stream()
            .filter(report -> attached.contains(report.namespace()))
            .map(ReportDemand::demand)
            .toList();
    return new ClusterGpus(
        cluster,
        budget,
        demands.stream().mapToLong(Demand::used).sum(),
        demands.stream().mapToLong(Demand::wished).sum(),
        ledger.granted.entrySet().stream()
            .filter(granted -> attached.contains(granted.getKey()))
            .mapToLong(Map.Entry::getValue)
            .sum(),
        waitingFor(ledger, state, cluster));
  }

  private void share(Ledger ledger, ReportDemand newest, long gpus) {
    Map<String, Long> shares = ClusterBudget.split(ledger.demands(), ledger.holding(), gpus);
    shares.forEach(
        (name, share) -> {
          boolean changed = !share.equals(ledger.granted.put(name, share));
          if (changed || name.equals(newest.namespace())) {
            namespaces.tell(new NamespaceRef(newest.cluster(), name), new UseShare(share));
          }
        });
  }
}
