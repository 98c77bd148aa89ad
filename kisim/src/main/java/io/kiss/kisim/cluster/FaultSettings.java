package io.kiss.kisim.cluster;

import io.kiss.kisim.time.Delay;
import java.util.Comparator;
import java.util.List;

/**
 * What goes wrong, how often, and how long it takes to notice and mend. Rates are of Poisson
 * processes, each in events per hour and thing.
 *
 * @param crashesPerPodHour of each ready pod
 * @param gpuFaultsPerGpuHour of each GPU in use
 * @param nodeLossesPerNodeHour of each node that is up, used or not
 * @param preemptionsPerNodeHour of each spot node that is up, used or not
 * @param script faults at set times; kept in order of time, those of one time as given
 * @param gpuRepair until a failed GPU can be allocated again
 * @param nodeRepair until a lost node is back, empty and as new: without the image unless its
 *     pool's nodes come with it; a preempted one is asked for anew if its pool has fewer than at
 *     the start
 * @param notReadySeconds from a node's loss until its pods leave the Service
 *     (node-monitor-grace-period)
 * @param evictSeconds from then until its pods are given up and replaced (the default toleration)
 * @param noticeSeconds a preempted node's warning: its pods are asked to end at once
 * @param backOffSeconds before a container that crashed within ten minutes of its last restart is
 *     started anew; doubles each time, up to 300 s, and the first restart is immediate
 */
public record FaultSettings(
    double crashesPerPodHour,
    double gpuFaultsPerGpuHour,
    double nodeLossesPerNodeHour,
    double preemptionsPerNodeHour,
    List<ScriptedFault> script,
    Delay gpuRepair,
    Delay nodeRepair,
    double notReadySeconds,
    double evictSeconds,
    double noticeSeconds,
    double backOffSeconds) {

  /** Nothing goes wrong; Kubernetes' own delays for when it does after all. */
  public static final FaultSettings NONE =
      new FaultSettings(
          0, 0, 0, 0, List.of(), Delay.constant(1800), Delay.constant(600), 40, 300, 120, 10);

  public FaultSettings {
    script = script.stream().sorted(Comparator.comparingDouble(ScriptedFault::atSeconds)).toList();
    requireNotNegative("crashesPerPodHour", crashesPerPodHour);
    requireNotNegative("gpuFaultsPerGpuHour", gpuFaultsPerGpuHour);
    requireNotNegative("nodeLossesPerNodeHour", nodeLossesPerNodeHour);
    requireNotNegative("preemptionsPerNodeHour", preemptionsPerNodeHour);
    requireNotNegative("notReadySeconds", notReadySeconds);
    requireNotNegative("evictSeconds", evictSeconds);
    requireNotNegative("noticeSeconds", noticeSeconds);
    requireNotNegative("backOffSeconds", backOffSeconds);
  }

  private static void requireNotNegative(String name, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " must not be negative, and is " + value);
    }
  }

  /** The same faults by rates only, none by script. */
  public FaultSettings withRates(
      double crashes, double gpuFaults, double nodeLosses, double preemptions) {
    return new FaultSettings(
        crashes,
        gpuFaults,
        nodeLosses,
        preemptions,
        script,
        gpuRepair,
        nodeRepair,
        notReadySeconds,
        evictSeconds,
        noticeSeconds,
        backOffSeconds);
  }

  /** The same with these faults at set times. */
  public FaultSettings withScript(List<ScriptedFault> faults) {
    return new FaultSettings(
        crashesPerPodHour,
        gpuFaultsPerGpuHour,
        nodeLossesPerNodeHour,
        preemptionsPerNodeHour,
        faults,
        gpuRepair,
        nodeRepair,
        notReadySeconds,
        evictSeconds,
        noticeSeconds,
        backOffSeconds);
  }
}
