package io.kiss.kisim.cluster;

import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.time.EventHeap;
import io.kiss.kisim.time.ExactSum;
import io.kiss.kisim.time.Nanos;
import java.util.Arrays;
import java.util.List;

/**
 * The cluster's nodes and their devices: plain columns. Of a pool's initial nodes only those have a
 * row that were used or hit by something, since the others are all alike; a large idle pool costs
 * nothing.
 */
final class Nodes {
  /** No node. */
  static final byte NONE = 0;

  /** Asked for. */
  static final byte PROVISIONING = 1;

  /** Ready. */
  static final byte UP = 2;

  /** Lost, and Kubernetes does not know. */
  static final byte LOST = 3;

  /** Lost and NotReady. */
  static final byte NOTICED = 4;

  /** Lost, its pods given up. */
  static final byte EVICTED = 5;

  /** Up, to be taken back by the cloud soon. */
  static final byte LEAVING = 6;

  private static final int FIRST_ROWS = 4;
  private static final byte FAILED = -1;

  byte[] state = new byte[FIRST_ROWS];

  /** Pods on it, whatever their state. */
  int[] pods = new int[FIRST_ROWS];

  /** When the image is there, {@link EventHeap#NEVER}: nobody asked for it. */
  long[] imageAt = new long[FIRST_ROWS];

  /** When a lost node is back. */
  long[] backAt = new long[FIRST_ROWS];

  /** How many nodes got a row, or came back, before it did. */
  int[] number = new int[FIRST_ROWS];

  /** When the next thing happens to it by itself. */
  final EventHeap due = new EventHeap(FIRST_ROWS);

  /** When a failed device is repaired; grows with the first failure. */
  final EventHeap repairs = new EventHeap(0);

  private short[] pool = new short[FIRST_ROWS];

  /** Devices that work. */
  private int[] healthy = new int[FIRST_ROWS];

  /** Pods on each device, {@code [nodes x stride]}; {@link #FAILED}. */
  private byte[] devicePods = new byte[0];

  /** Rows in use, oldest first. */
  private int[] order = new int[FIRST_ROWS];

  private int count;
  private int numbers;

  /** Of each pool: initial nodes without a row, and all nodes with the cloud. */
  private int[] untouched = new int[1];

  private int[] size = new int[1];

  private List<NodePool> pools;
  private int stride;
  private int podsPerDevice;
  private int up;
  private int upSpot;
  private int devicesInUse;
  private int coming;
  private long units;
  private long settledNanos;
  private final ExactSum unitNanos = new ExactSum();

  void reset(ClusterSpec spec, DeviceSharing sharing, long now) {
    pools = spec.pools();
    podsPerDevice = sharing.podsPerDevice();
    Arrays.fill(state, NONE);
    due.clear();
    repairs.clear();
    count = 0;
    numbers = 0;
    up = 0;
    upSpot = 0;
    devicesInUse = 0;
    coming = 0;
    units = 0;
    settledNanos = now;
    unitNanos.clear();
    if (size.length < pools.size()) {
      size = new int[pools.size()];
      untouched = new int[pools.size()];
    }
    stride = 1;
    for (int p = 0; p < pools.size(); p++) {
      NodePool each = pools.get(p);
      stride = Math.max(stride, each.gpusPerNode());
      size[p] = each.initialNodes();
      untouched[p] = each.initialNodes();
      units += (long) each.initialNodes() * each.gpusPerNode() * DeviceSharing.UNITS;
      countUp(p, each.initialNodes());
    }
  }

  NodePool poolOf(int node) {
    return pools.get(pool[node]);
  }

  int nodeOf(int device) {
    return device / stride;
  }

  /** Device indices are below this. */
  int devices() {
    return state.length * stride;
  }

  /** Rows with a node. */
  int count() {
    return count;
  }

  /** The row of a node, oldest first. */
  int inOrder(int index) {
    return order[index];
  }

  /** Nodes that are up. */
  int up() {
    return up;
  }

  /** Of those, the ones the cloud may take back. */
  int upSpot() {
    return upSpot;
  }

  /** Devices of nodes that are up which have a pod. */
  int devicesInUse() {
    return devicesInUse;
  }

  /** Pods that will have room on the nodes asked for. */
  int coming() {
    return coming;
  }

  int firstDevice(int node) {
    return node * stride;
  }

  /** Integral of the devices with the cloud, whatever their state, unit-nanoseconds. */
  ExactSum unitNanos(long now) {
    unitNanos.addProduct(units, now - settledNanos);
    settledNanos = now;
    return unitNanos;
  }

  /**
   * The fullest node that has room, by share of its devices (MostAllocated); then of the earlier
   * pool, then the oldest.
   *
   * @return -1: none
   */
  int fullest() {
    int best = -1;
    for (int i = 0; i < count; i++) {
      int node = order[i];
      if (state[node] == UP
          && pods[node] < healthy[node] * podsPerDevice
          && (best < 0 || fuller(node, best))) {
        best = node;
      }
    }
    if (best >= 0 && pods[best] > 0) {
      return best;
    }
    for (int p = 0; p < pools.size() && (best < 0 || p < pool[best]); p++) {
      if (untouched[p] > 0) {
        return touch(p);
      }
    }
    return best;
  }

  private boolean fuller(int node, int than) {
    int mine = pods[node] * healthy[than];
    int other = pods[than] * healthy[node];
    return mine > other || (mine == other && pool[node] < pool[than]);
  }

  /** Gives one of the initial nodes a row. */
  int touch(int ofPool) {
    untouched[ofPool]--;
    int node = add(ofPool);
    state[node] = UP;
    imageAt[node] = poolOf(node).imageCached() ? Long.MIN_VALUE : EventHeap.NEVER;
    return node;
  }

  /** Puts a pod on the fullest device of {@code node} that has room. */
  int take(int node) {
    int best = -1;
    int end = firstDevice(node) + poolOf(node).gpusPerNode();
    for (int d = firstDevice(node); d < end; d++) {
      if (devicePods[d] != FAILED
          && devicePods[d] < podsPerDevice
          && (best < 0 || devicePods[d] > devicePods[best])) {
        best = d;
      }
    }
    if (devicePods[best]++ == 0) {
      devicesInUse++;
    }
    if (pods[node]++ == 0) {
      due.schedule(node, EventHeap.NEVER);
    }
    return best;
  }

  /** A pod is gone from {@code device}. */
  void release(int device, long now) {
    int node = nodeOf(device);
    devicePods[device]--;
    if (devicePods[device] == 0 && state[node] == UP) {
      devicesInUse--;
    }
    if (--pods[node] == 0 && state[node] == UP) {
      startIdling(node, now);
    }
  }

  /** A device of a node that is up, without pods by now, fails. */
  void fail(int device, long repairedAt) {
    devicePods[device] = FAILED;
    healthy[nodeOf(device)]--;
    repairs.ensureSlots(device + 1);
    repairs.schedule(device, repairedAt);
  }

  void repair(int device) {
    repairs.schedule(device, EventHeap.NEVER);
    devicePods[device] = 0;
    healthy[nodeOf(device)]++;
  }

  /** Pods for which {@code ofPool} may ask for one more node, 0: it is at its largest. */
  int roomToGrow(int ofPool) {
    NodePool grown = pools.get(ofPool);
    return size[ofPool] < grown.maxNodes() ? grown.gpusPerNode() * podsPerDevice : 0;
  }

  /** Whether {@code ofPool} has fewer nodes than at the start. */
  boolean belowInitial(int ofPool) {
    return size[ofPool] < pools.get(ofPool).initialNodes();
  }

  int poolIndex(int node) {
    return pool[node];
  }

  int pools() {
    return pools.size();
  }

  /** Asks the cloud for a node. */
  int ask(int ofPool, long now) {
    settle(now);
    size[ofPool]++;
    units += (long) pools.get(ofPool).gpusPerNode() * DeviceSharing.UNITS;
    int node = add(ofPool);
    state[node] = PROVISIONING;
    coming += pools.get(ofPool).gpusPerNode() * podsPerDevice;
    for (int i = 0; i < count; i++) {
      int other = order[i];
      if (pool[other] == ofPool && isIdle(other) && due.timeOf(other) == EventHeap.NEVER) {
        startIdling(other, now);
      }
    }
    return node;
  }

  /** A node that was asked for, or lost and empty by now, is up with all its devices. */
  void join(int node, long now) {
    if (state[node] == PROVISIONING) {
      coming -= poolOf(node).gpusPerNode() * podsPerDevice;
    } else {
      number[node] = numbers++;
    }
    restore(node);
    state[node] = UP;
    countUp(pool[node], 1);
    imageAt[node] = poolOf(node).imageCached() ? now : EventHeap.NEVER;
    startIdling(node, now);
  }

  /** A node that is up no longer takes pods: it is lost, or about to go. */
  void close(int node, byte to) {
    state[node] = to;
    countUp(pool[node], -1);
    for (int d = firstDevice(node); d < firstDevice(node) + stride; d++) {
      if (devicePods[d] > 0) {
        devicesInUse--;
      }
    }
  }

  /** An empty node goes back to the cloud. */
  void giveBack(int node, long now) {
    settle(now);
    if (state[node] == UP) {
      countUp(pool[node], -1);
    }
    restore(node);
    state[node] = NONE;
    due.schedule(node, EventHeap.NEVER);
    size[pool[node]]--;
    units -= (long) poolOf(node).gpusPerNode() * DeviceSharing.UNITS;
    int i = 0;
    while (order[i] != node) {
      i++;
    }
    System.arraycopy(order, i + 1, order, i, --count - i);
  }

  /** Whether an empty node may go back: its pool has more than at the start. */
  boolean isSpare(int node) {
    return isIdle(node) && size[pool[node]] > poolOf(node).initialNodes();
  }

  /** The node at {@code index} of those that are up, or of those in spot pools only. */
  int upAt(int index, boolean spot) {
    int left = index;
    for (int i = 0; i < count; i++) {
      int node = order[i];
      if (state[node] == UP && (!spot || poolOf(node).spot()) && left-- == 0) {
        return node;
      }
    }
    int p = 0;
    while (spot && !pools.get(p).spot() || left >= untouched[p]) {
      left -= spot && !pools.get(p).spot() ? 0 : untouched[p];
      p++;
    }
    return touch(p);
  }

  /** The device at {@code index} of those in use. */
  int inUseAt(int index) {
    int left = index;
    for (int i = 0; ; i++) {
      int node = order[i];
      for (int d = firstDevice(node); d < firstDevice(node) + stride; d++) {
        if (state[node] == UP && devicePods[d] > 0 && left-- == 0) {
          return d;
        }
      }
    }
  }

  /**
   * The node that is up and has pods at {@code index}, oldest first and counted round, or of those
   * in spot pools only.
   *
   * @return -1: there is none
   */
  int withPods(int index, boolean spot) {
    int found = 0;
    for (int i = 0; i < count; i++) {
      found += isTarget(order[i], spot) ? 1 : 0;
    }
    if (found == 0) {
      return -1;
    }
    int left = index % found;
    int i = -1;
    while (left >= 0) {
      left -= isTarget(order[++i], spot) ? 1 : 0;
    }
    return order[i];
  }

  private boolean isTarget(int node, boolean spot) {
    return state[node] == UP && pods[node] > 0 && (!spot || poolOf(node).spot());
  }

  /** The first device of {@code node} that has a pod; there must be one. */
  int firstInUse(int node) {
    int device = firstDevice(node);
    while (devicePods[device] <= 0) {
      device++;
    }
    return device;
  }

  private boolean isIdle(int node) {
    return state[node] == UP && pods[node] == 0;
  }

  private void startIdling(int node, long now) {
    NodePool of = poolOf(node);
    if (of.maxNodes() > of.initialNodes()) {
      due.schedule(node, Nanos.after(now, Nanos.of(of.idleSeconds())));
    }
  }

  private void countUp(int ofPool, int more) {
    up += more;
    if (pools.get(ofPool).spot()) {
      upSpot += more;
    }
  }

  private void settle(long now) {
    unitNanos(now);
  }

  private void restore(int node) {
    for (int d = firstDevice(node); d < firstDevice(node) + stride; d++) {
      if (devicePods[d] == FAILED) {
        repairs.schedule(d, EventHeap.NEVER);
      }
      devicePods[d] = 0;
    }
    healthy[node] = poolOf(node).gpusPerNode();
  }

  private int add(int ofPool) {
    int node = 0;
    while (node < state.length && state[node] != NONE) {
      node++;
    }
    if (node == state.length) {
      grow();
    }
    if (devicePods.length < state.length * stride) {
      devicePods = Arrays.copyOf(devicePods, state.length * stride);
    }
    pool[node] = (short) ofPool;
    pods[node] = 0;
    number[node] = numbers++;
    Arrays.fill(devicePods, firstDevice(node), firstDevice(node) + stride, (byte) 0);
    healthy[node] = pools.get(ofPool).gpusPerNode();
    order[count++] = node;
    return node;
  }

  private void grow() {
    int length = 2 * state.length;
    state = Arrays.copyOf(state, length);
    pods = Arrays.copyOf(pods, length);
    imageAt = Arrays.copyOf(imageAt, length);
    backAt = Arrays.copyOf(backAt, length);
    number = Arrays.copyOf(number, length);
    pool = Arrays.copyOf(pool, length);
    healthy = Arrays.copyOf(healthy, length);
    order = Arrays.copyOf(order, length);
    due.ensureSlots(length);
  }
}
