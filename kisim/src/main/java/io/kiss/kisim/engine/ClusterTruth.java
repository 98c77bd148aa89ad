package io.kiss.kisim.engine;

import io.kiss.kisim.cluster.FaultKind;
import io.kiss.kisim.cluster.KubernetesCluster;
import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.gpu.DeviceType;
import io.kiss.kisim.time.ExactSum;

/** The part of the truth that the cluster keeps: what was held since a moment, and what failed. */
public final class ClusterTruth {
  private static final FaultKind[] KINDS = FaultKind.values();

  private final int[] faultsBefore = new int[KINDS.length];
  private final ExactSum allocatedBefore = new ExactSum();
  private final ExactSum nodesBefore = new ExactSum();
  private KubernetesCluster cluster;
  private DeviceType device;

  /** Begins now: what was held before does not count. */
  public void begin(KubernetesCluster cluster, DeviceType device, long nowNanos) {
    this.cluster = cluster;
    this.device = device;
    for (FaultKind kind : KINDS) {
      faultsBefore[kind.ordinal()] = cluster.faults(kind);
    }
    allocatedBefore.set(cluster.allocatedUnitNanos(nowNanos));
    nodesBefore.set(cluster.nodeUnitNanos(nowNanos));
  }

  /** {@link Truth#gpuSeconds}. */
  public double gpuSeconds(long nowNanos) {
    return gpuSeconds(cluster.allocatedUnitNanos(nowNanos), allocatedBefore);
  }

  /** {@link Truth#nodeGpuSeconds}. */
  public double nodeGpuSeconds(long nowNanos) {
    return gpuSeconds(cluster.nodeUnitNanos(nowNanos), nodesBefore);
  }

  private static double gpuSeconds(ExactSum now, ExactSum before) {
    return now.minus(before) / DeviceSharing.UNITS * 1e-9;
  }

  /** {@link Truth#cost}. */
  public double cost(long nowNanos) {
    return device.cost(gpuSeconds(nowNanos));
  }

  /** {@link Truth#joules}. */
  public double joules(long nowNanos, double busyGpuSeconds) {
    return device.joules(gpuSeconds(nowNanos), busyGpuSeconds);
  }

  /** {@link Truth#faults}. */
  public int faults(FaultKind kind) {
    return cluster.faults(kind) - faultsBefore[kind.ordinal()];
  }
}
