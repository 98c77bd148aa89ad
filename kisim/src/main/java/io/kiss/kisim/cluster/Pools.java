package io.kiss.kisim.cluster;

import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.time.ExactSum;
import java.util.List;

/** How many nodes each pool has, and what the cloud charges for them. */
final class Pools {
  private List<NodePool> pools;

  /** Of each pool: initial nodes that are as new and were not used yet, so that all are alike. */
  private int[] untouched = new int[1];

  /** Of each pool: nodes with the cloud, whatever their state. */
  private int[] size = new int[1];

  private int up;
  private int upSpot;
  private long units;
  private long settledNanos;
  private final ExactSum unitNanos = new ExactSum();

  void reset(List<NodePool> newPools, long now) {
    pools = newPools;
    if (size.length < pools.size()) {
      size = new int[pools.size()];
      untouched = new int[pools.size()];
    }
    up = 0;
    upSpot = 0;
    units = 0;
    settledNanos = now;
    unitNanos.clear();
    for (int p = 0; p < pools.size(); p++) {
      int initial = pools.get(p).initialNodes();
      size[p] = initial;
      untouched[p] = initial;
      units += initial * unitsPerNode(p);
      countUp(p, initial);
    }
  }

  NodePool get(int pool) {
    return pools.get(pool);
  }

  int count() {
    return pools.size();
  }

  int mostGpusPerNode() {
    int most = 1;
    for (int p = 0; p < pools.size(); p++) {
      most = Math.max(most, pools.get(p).gpusPerNode());
    }
    return most;
  }

  /** Nodes that are up. */
  int up() {
    return up;
  }

  /** Of those, the ones the cloud may take back. */
  int upSpot() {
    return upSpot;
  }

  void countUp(int pool, int more) {
    up += more;
    if (pools.get(pool).spot()) {
      upSpot += more;
    }
  }

  int untouched(int pool) {
    return untouched[pool];
  }

  void touch(int pool) {
    untouched[pool]--;
  }

  /** A node of a pool that never changes its size is as new again. */
  void untouch(int pool) {
    untouched[pool]++;
  }

  /** The pool of the untouched node at {@code index}, or of those in spot pools only. */
  int poolOfUntouched(int index, boolean spot) {
    int left = index;
    for (int p = 0; ; p++) {
      int here = spot && !pools.get(p).spot() ? 0 : untouched[p];
      if (left < here) {
        return p;
      }
      left -= here;
    }
  }

  boolean mayGrow(int pool) {
    return size[pool] < pools.get(pool).maxNodes();
  }

  boolean isFixed(int pool) {
    return pools.get(pool).maxNodes() == pools.get(pool).initialNodes();
  }

  boolean belowInitial(int pool) {
    return size[pool] < pools.get(pool).initialNodes();
  }

  boolean aboveInitial(int pool) {
    return size[pool] > pools.get(pool).initialNodes();
  }

  /** One node more, or one less. */
  void resize(int pool, int by, long now) {
    unitNanos(now);
    size[pool] += by;
    units += by * unitsPerNode(pool);
  }

  /** Integral of the devices with the cloud, whatever their state, unit-nanoseconds. */
  ExactSum unitNanos(long now) {
    unitNanos.addProduct(units, now - settledNanos);
    settledNanos = now;
    return unitNanos;
  }

  private long unitsPerNode(int pool) {
    return (long) pools.get(pool).gpusPerNode() * DeviceSharing.UNITS;
  }
}
