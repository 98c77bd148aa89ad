package io.kiss.kisim.autoscale.budget;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Shares a cluster's GPUs out among its namespaces, in the order in which {@link GpuBudget} shares
 * them out among Deployments.
 */
public final class ClusterBudget {
  private static final Comparator<Asked> ORDER =
      Comparator.comparingInt((Asked asked) -> -asked.step.priority())
          .thenComparingDouble(asked -> -asked.step.value())
          .thenComparing(asked -> asked.namespace);

  private ClusterBudget() {}

  private record Asked(String namespace, Demand.Step step) {}

  /**
   * Shares out a budget.
   *
   * @param demands by namespace
   * @param holding GPUs each namespace may have taken already, whether it uses them or not; one
   *     that is not named holds what it uses
   * @param gpus how many there are for all of them
   * @return by namespace: GPUs it may have from now on. Together with what the others still hold,
   *     these are never more than the budget, unless what is held or cannot be done without already
   *     is: what somebody has to give back goes to others only once it is no longer held
   */
  public static Map<String, Long> split(
      Map<String, Demand> demands, Map<String, Long> holding, long gpus) {
    List<Asked> order = order(demands);
    Map<String, Long> targets = new TreeMap<>();
    Map<String, Long> beyond = new TreeMap<>();
    Map<String, Long> shares = new TreeMap<>();
    demands.forEach(
        (name, demand) -> {
          targets.put(name, demand.least());
          beyond.put(name, demand.wished() - demand.least());
          shares.put(name, Math.max(demand.used(), holding.getOrDefault(name, 0L)));
        });
    give(targets, order, beyond, gpus - sum(targets));
    long free = gpus - sum(shares);
    Map<String, Long> missing = new TreeMap<>();
    targets.forEach((name, target) -> missing.put(name, Math.max(0, target - shares.get(name))));
    targets.forEach((name, target) -> shares.merge(name, target, Math::min));
    give(shares, order, missing, free);
    return shares;
  }

  private static long sum(Map<String, Long> gpus) {
    return gpus.values().stream().mapToLong(Long::longValue).sum();
  }

  private static List<Asked> order(Map<String, Demand> demands) {
    List<Asked> order = new ArrayList<>();
    demands.forEach(
        (name, demand) -> demand.steps().forEach(step -> order.add(new Asked(name, step))));
    order.sort(ORDER);
    return order;
  }

  /**
   * Gives what is left to those asking, in order.
   *
   * @param missing what each may get at most; less by what it got afterwards
   */
  private static void give(
      Map<String, Long> shares, List<Asked> order, Map<String, Long> missing, long gpus) {
    long left = gpus;
    for (Asked asked : order) {
      long gap = Math.min(missing.get(asked.namespace), asked.step.gpus());
      long more = Math.max(0, Math.min(left, gap));
      shares.merge(asked.namespace, more, Long::sum);
      missing.merge(asked.namespace, -more, Long::sum);
      left -= more;
    }
  }
}
