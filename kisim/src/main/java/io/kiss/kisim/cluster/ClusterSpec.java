package io.kiss.kisim.cluster;

import io.kiss.kisim.time.Delay;
import java.util.List;

/**
 * The cluster a Deployment lives in.
 *
 * @param pools in the order in which the cluster autoscaler tries them; devices are those of the
 *     service
 * @param api from a change of {@code spec.replicas} until the pods are created or deleted
 * @param scheduling from a pod's creation until it is bound to a node that has room
 * @param faults what goes wrong
 */
public record ClusterSpec(List<NodePool> pools, Delay api, Delay scheduling, FaultSettings faults) {

  /** Room for any fleet we simulate, nothing in the way, nothing goes wrong. */
  public static final ClusterSpec AMPLE =
      new ClusterSpec(
          List.of(NodePool.fixed("ample", 128, 8)), Delay.NONE, Delay.NONE, FaultSettings.NONE);

  private static final int AMPLE_GPUS_PER_NODE = 8;

  public ClusterSpec {
    pools = List.copyOf(pools);
    if (pools.isEmpty()) {
      throw new IllegalArgumentException("a cluster needs a node pool");
    }
    if (pools.stream().map(NodePool::name).distinct().count() < pools.size()) {
      throw new IllegalArgumentException("two node pools have the same name");
    }
  }

  /** Pools with a GPU for each of so many pods, as ample as those of {@link #AMPLE} or more. */
  public static List<NodePool> amplePools(int pods) {
    int nodes = (pods + AMPLE_GPUS_PER_NODE - 1) / AMPLE_GPUS_PER_NODE;
    NodePool usual = AMPLE.pools().get(0);
    return nodes <= usual.initialNodes()
        ? AMPLE.pools()
        : List.of(NodePool.fixed(usual.name(), nodes, AMPLE_GPUS_PER_NODE));
  }

  /** The same with other faults. */
  public ClusterSpec with(FaultSettings other) {
    return new ClusterSpec(pools, api, scheduling, other);
  }
}
