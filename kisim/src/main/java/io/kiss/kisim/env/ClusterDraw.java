package io.kiss.kisim.env;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.cluster.FaultSettings;
import io.kiss.kisim.cluster.NodePool;
import io.kiss.kisim.time.Delay;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;

/** Draws the nodes that an episode's pods run on, and what goes wrong with them. */
final class ClusterDraw {
  private static final int[] GPUS_PER_NODE = {1, 2, 4, 8};
  private static final double PROVISIONING_CV = 0.25;

  /** Length of episodes for which Kubernetes' and the clouds' delays are as in life. */
  private static final double USUAL_SECONDS = 7200;

  /** Containers fail more often than GPUs and nodes; this is by how much. */
  private static final double HARDWARE_SHARE = 0.2;

  private final TroubleShares shares;
  private final ScenarioRanges ranges;
  private final int mostSeconds;

  ClusterDraw(EnvironmentSettings settings) {
    shares = settings.troubles();
    ranges = settings.ranges();
    mostSeconds = settings.mostSeconds();
  }

  /**
   * Draws a cluster.
   *
   * @param initial replicas at the start, for which there is always room
   * @param most replicas the Deployment may have
   * @param gpusPerPod share of a device a pod takes
   */
  ClusterSpec draw(
      UniformRandomProvider random,
      Delay api,
      Delay scheduling,
      int initial,
      int most,
      double gpusPerPod) {
    int perNode = GPUS_PER_NODE[random.nextInt(GPUS_PER_NODE.length)];
    int needed = nodes(most, gpusPerPod, perNode);
    int least = nodes(initial, gpusPerPod, perNode);
    double kind = random.nextDouble();
    List<NodePool> pools;
    if (kind < shares.scarce()) {
      int there = least + random.nextInt(Math.max(1, needed - least));
      pools = List.of(NodePool.fixed("scarce", there, perNode));
    } else if (kind < shares.scarce() + shares.autoscaled()) {
      pools = autoscaled(random, perNode, least, needed);
    } else {
      // A node to spare, so that the loss of one is no shortage.
      pools = List.of(NodePool.fixed("ample", needed + 1, perNode));
    }
    boolean spot = pools.get(pools.size() - 1).spot();
    FaultSettings faults =
        random.nextDouble() < shares.faults() ? faults(random, spot) : FaultSettings.NONE;
    return new ClusterSpec(pools, api, scheduling, faults);
  }

  private static int nodes(int pods, double gpusPerPod, int perNode) {
    int podsPerNode = Math.max(1, (int) (perNode / gpusPerPod));
    return (pods + podsPerNode - 1) / podsPerNode;
  }

  private List<NodePool> autoscaled(
      UniformRandomProvider random, int perNode, int least, int needed) {
    int fixed = least + random.nextInt(Math.max(1, (needed - least) / 2));
    int more = Math.max(1, needed - fixed);
    double mean = ranges.provisioningSeconds().draw(random);
    double idle = stretch() * random.nextDouble(120, NodePool.DEFAULT_IDLE_SECONDS);
    boolean spot = random.nextBoolean();
    boolean cached = random.nextBoolean();
    return List.of(
        NodePool.fixed("base", fixed, perNode),
        new NodePool(
            "on-demand",
            perNode,
            0,
            more,
            Delay.lognormal(mean, PROVISIONING_CV),
            idle,
            spot,
            cached));
  }

  private double stretch() {
    return mostSeconds / USUAL_SECONDS;
  }

  private FaultSettings faults(UniformRandomProvider random, boolean spot) {
    double perHour = 3600.0 / mostSeconds;
    double crashes = rate(random, perHour);
    double gpus = HARDWARE_SHARE * rate(random, perHour);
    double nodes = HARDWARE_SHARE * rate(random, perHour);
    double preemptions = spot ? perHour * ranges.faultsEach().draw(random) : 0;
    FaultSettings usual = FaultSettings.NONE;
    double stretch = stretch();
    return new FaultSettings(
        crashes,
        gpus,
        nodes,
        preemptions,
        List.of(),
        Delay.constant(stretch * usual.gpuRepair().meanSeconds()),
        Delay.constant(stretch * usual.nodeRepair().meanSeconds()),
        stretch * usual.notReadySeconds(),
        stretch * usual.evictSeconds(),
        stretch * usual.noticeSeconds(),
        stretch * usual.backOffSeconds());
  }

  /** Of each kind only half of the episodes with faults have any. */
  private double rate(UniformRandomProvider random, double perHour) {
    double rate = perHour * ranges.faultsEach().draw(random);
    return random.nextBoolean() ? rate : 0;
  }
}
