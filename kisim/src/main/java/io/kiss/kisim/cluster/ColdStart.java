package io.kiss.kisim.cluster;

import io.kiss.kisim.serving.ReadinessProbe;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.time.Delay;
import java.util.List;

/**
 * The stages of a cold start for whoever has not measured their own. A figure without a source is
 * called assumed.
 */
public final class ColdStart {
  /** From a pod's creation until it is bound: KISim, RTX 3080, 3 pods, 0..2 s (MIT). */
  public static final Delay SCHEDULING = Delay.constant(1);

  /** Of a serving image of several GiB from a registry near by; assumed. */
  public static final Delay IMAGE_PULL = Delay.lognormalFromQuantiles(60, 180);

  /** From the image being there until Triton's first log line: KISim, RTX 3080, 1 pod (MIT). */
  public static final Delay CONTAINER_START = Delay.constant(9.5);

  /** As KISim's manifests set it: Ready no earlier than 30 s after the container started (MIT). */
  public static final ReadinessProbe PROBE = new ReadinessProbe(30, 10);

  /**
   * From asking for a GPU node until it can be allocated. Median: 84 s reported for a start from
   * zero, node included (EKS, Karpenter and KEDA, g4dn; codingwithtaz.blog, facts only). 95 %
   * quantile: the 15 min that a Ready node's GPU may take by kubernetes/autoscaler (utils/gpu,
   * Apache-2.0). The shape is assumed.
   */
  public static final Delay NODE_PROVISIONING = Delay.lognormalFromQuantiles(84, 900);

  /** Kubernetes' default. */
  public static final double GRACE_SECONDS = 30;

  private ColdStart() {}

  /** The start of a pod that loads this model. */
  public static StartUp of(ModelLoad load) {
    return new StartUp(IMAGE_PULL, CONTAINER_START, load.delay(), PROBE, GRACE_SECONDS);
  }

  /** A pool of on-demand GPU nodes that the cluster autoscaler grows and shrinks. */
  public static NodePool autoscaledPool(String name, int gpusPerNode, int initial, int max) {
    return new NodePool(
        name,
        gpusPerNode,
        initial,
        max,
        NODE_PROVISIONING,
        NodePool.DEFAULT_IDLE_SECONDS,
        false,
        false);
  }

  /** A cluster of these pools in which nothing fails. */
  public static ClusterSpec cluster(NodePool... pools) {
    return new ClusterSpec(List.of(pools), Delay.NONE, SCHEDULING, FaultSettings.NONE);
  }
}
