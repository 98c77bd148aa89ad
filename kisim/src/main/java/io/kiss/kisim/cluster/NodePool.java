package io.kiss.kisim.cluster;

import io.kiss.kisim.time.Delay;

/**
 * Nodes of one kind.
 *
 * @param name for scenarios and messages
 * @param gpusPerNode devices of the service's type that a node has
 * @param initialNodes there at the start
 * @param maxNodes most that the cluster autoscaler may have; equal to {@code initialNodes}: a fixed
 *     pool
 * @param provisioning from asking the cloud for a node until its devices can be allocated
 * @param idleSeconds a node above {@code initialNodes} that has been empty this long is given back;
 *     infinite: never
 * @param spot whether the cloud may take a node back
 * @param imageCached whether nodes come with the service's image, as part of their machine image;
 *     those provisioned later and those back after a loss too
 */
public record NodePool(
    String name,
    int gpusPerNode,
    int initialNodes,
    int maxNodes,
    Delay provisioning,
    double idleSeconds,
    boolean spot,
    boolean imageCached) {

  /** The cluster autoscaler's scale-down-unneeded-time. */
  public static final double DEFAULT_IDLE_SECONDS = 600;

  public NodePool {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a node pool needs a name");
    }
    if (gpusPerNode < 1) {
      throw new IllegalArgumentException(
          name + ": gpusPerNode must be at least 1, not " + gpusPerNode);
    }
    if (initialNodes < 0 || maxNodes < Math.max(1, initialNodes)) {
      throw new IllegalArgumentException(
          name
              + ": nodes must be 0 <= initial <= max and max at least 1, not "
              + initialNodes
              + ", "
              + maxNodes);
    }
    if (!(idleSeconds >= 0)) {
      throw new IllegalArgumentException(
          name + ": idleSeconds must not be negative, and is " + idleSeconds);
    }
  }

  /** Nodes that are all there, have the image, and never go. */
  public static NodePool fixed(String name, int nodes, int gpusPerNode) {
    return new NodePool(
        name, gpusPerNode, nodes, nodes, Delay.NONE, Double.POSITIVE_INFINITY, false, true);
  }
}
