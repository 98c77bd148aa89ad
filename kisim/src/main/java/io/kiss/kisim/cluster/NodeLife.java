package io.kiss.kisim.cluster;

import io.kiss.kisim.time.EventHeap;
import io.kiss.kisim.time.Nanos;

/** What the cloud, the cluster autoscaler and faults do with nodes, and with the pods on them. */
final class NodeLife {
  private final Pods pods;
  private final Nodes nodes;
  private final PodLife life;
  private final Draws draws;
  private FaultSettings faults;
  private long notReady;
  private long evict;
  private long notice;
  private long gpuFaults;

  NodeLife(Pods pods, Nodes nodes, PodLife life, Draws draws) {
    this.pods = pods;
    this.nodes = nodes;
    this.life = life;
    this.draws = draws;
  }

  void reset(FaultSettings settings) {
    faults = settings;
    notReady = Nanos.of(settings.notReadySeconds());
    evict = Nanos.of(settings.evictSeconds());
    notice = Nanos.of(settings.noticeSeconds());
    gpuFaults = 0;
  }

  /** Asks for as many nodes as the unschedulable pods need beside those asked for already. */
  void autoscale(long now) {
    int need = pods.count(Pods.UNSCHEDULABLE) - nodes.coming();
    for (int p = 0; p < nodes.pools() && need > 0; p++) {
      for (int room = nodes.roomToGrow(p); room > 0 && need > 0; room = nodes.roomToGrow(p)) {
        ask(p, now);
        need -= room;
      }
    }
  }

  /** A node that is there at once, for a pod that is Ready from the start; -1: no pool has one. */
  int bringUp(long now) {
    for (int p = 0; p < nodes.pools(); p++) {
      if (nodes.roomToGrow(p) > 0) {
        int node = nodes.ask(p, now);
        nodes.join(node, now);
        return node;
      }
    }
    return -1;
  }

  private void ask(int pool, long now) {
    int node = nodes.ask(pool, now);
    long wait =
        draws.nanos(Draws.PROVISIONING, nodes.number[node], nodes.poolOf(node).provisioning());
    nodes.due.schedule(node, Nanos.after(now, wait));
  }

  /** The time of a node has come. */
  void due(int node, long now) {
    nodes.due.schedule(node, EventHeap.NEVER);
    switch (nodes.state[node]) {
      case Nodes.PROVISIONING -> join(node, now);
      case Nodes.UP -> {
        if (nodes.isSpare(node)) {
          nodes.giveBack(node, now);
        }
      }
      case Nodes.LOST, Nodes.NOTICED, Nodes.EVICTED -> goOnLost(node, now);
      case Nodes.LEAVING -> leave(node, now);
      default -> throw new IllegalStateException("node " + node + " is due without a reason");
    }
  }

  private void join(int node, long now) {
    nodes.join(node, now);
    life.roomAppeared();
  }

  /** A failed device can be used again. */
  void repair(int device) {
    nodes.repair(device);
    life.roomAppeared();
  }

  /** A device in use fails: its pods end for good. */
  void failDevice(int device, long now) {
    for (int pod = 0; pod < pods.rows(); pod++) {
      if (pods.device[pod] == device) {
        if (pods.state[pod] == Pods.READY || pods.state[pod] == Pods.DRAINING) {
          life.kill(pod, now);
        }
        life.goAway(pod, now);
      }
    }
    long repair = draws.nanos(Draws.GPU_REPAIR, gpuFaults++, faults.gpuRepair());
    nodes.fail(device, Nanos.after(now, repair));
  }

  /** A node is gone without a word. */
  void lose(int node, long now) {
    long repair = draws.nanos(Draws.NODE_REPAIR, nodes.number[node], faults.nodeRepair());
    nodes.close(node, Nodes.LOST);
    nodes.backAt[node] = Nanos.after(now, repair);
    for (int pod = 0; pod < pods.rows(); pod++) {
      if (isOn(pod, node)) {
        fallSilent(pod, now);
      }
    }
    scheduleLost(node, Nanos.after(now, notReady));
  }

  private void fallSilent(int pod, long now) {
    if (pods.state[pod] == Pods.READY) {
      pods.move(pod, Pods.UNREACHABLE);
      life.listener().unreachable(pod, now);
    } else if (pods.state[pod] == Pods.DRAINING) {
      life.kill(pod, now);
      life.doom(pod);
    } else {
      pods.due.schedule(pod, EventHeap.NEVER);
      pods.move(pod, Pods.STRANDED);
    }
  }

  private void scheduleLost(int node, long next) {
    nodes.due.schedule(node, Math.min(next, nodes.backAt[node]));
  }

  private void goOnLost(int node, long now) {
    if (now == nodes.backAt[node]) {
      leaveService(node, now);
      giveUpPods(node, now);
      join(node, now);
    } else if (nodes.state[node] == Nodes.LOST) {
      nodes.state[node] = Nodes.NOTICED;
      leaveService(node, now);
      scheduleLost(node, Nanos.after(now, evict));
    } else {
      nodes.state[node] = Nodes.EVICTED;
      giveUpPods(node, now);
      scheduleLost(node, EventHeap.NEVER);
    }
  }

  private void leaveService(int node, long now) {
    for (int pod = 0; pod < pods.rows(); pod++) {
      if (isOn(pod, node) && pods.state[pod] == Pods.UNREACHABLE) {
        pods.since[pod] = now;
        pods.move(pod, Pods.STRANDED);
        life.kill(pod, now);
      }
    }
  }

  private void giveUpPods(int node, long now) {
    for (int pod = 0; pod < pods.rows(); pod++) {
      if (isOn(pod, node)) {
        life.goAway(pod, now);
      }
    }
  }

  /** The cloud takes a node back, with notice: its pods are asked to end at once. */
  void preempt(int node, long now) {
    long end = Nanos.after(now, notice);
    nodes.close(node, Nodes.LEAVING);
    nodes.due.schedule(node, end);
    for (int pod = 0; pod < pods.rows(); pod++) {
      if (isOn(pod, node)) {
        if (pods.state[pod] == Pods.READY) {
          life.drain(pod, end, now);
        } else if (pods.state[pod] == Pods.DRAINING) {
          pods.due.schedule(pod, Math.min(end, pods.due.timeOf(pod)));
        } else {
          life.goAway(pod, now);
        }
      }
    }
  }

  private void leave(int node, long now) {
    for (int pod = 0; pod < pods.rows(); pod++) {
      if (isOn(pod, node)) {
        life.end(pod, now);
      }
    }
    int pool = nodes.poolIndex(node);
    nodes.giveBack(node, now);
    if (nodes.belowInitial(pool)) {
      ask(pool, now);
    }
  }

  private boolean isOn(int pod, int node) {
    return pods.device[pod] >= 0 && nodes.nodeOf(pods.device[pod]) == node;
  }
}
