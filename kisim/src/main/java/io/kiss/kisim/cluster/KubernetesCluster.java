package io.kiss.kisim.cluster;

import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.time.EventHeap;
import io.kiss.kisim.time.ExactSum;
import io.kiss.kisim.time.Nanos;
import java.util.List;

/**
 * One Deployment's pods and the nodes they are on, event by event in whole nanoseconds. It knows
 * nothing of requests, and tells a {@link PodListener} what an engine must know. Whoever drives it
 * lets its time pass with {@link #advanceTo} before calling anything else at that time.
 *
 * <p>A pod goes through: created, scheduled (or waiting for room, in the order of creation), image
 * pulled unless its node has it, container started, model loaded, found Ready by the probe. A pod
 * that is to go leaves the Service at once and has its grace period to finish; one that never
 * became Ready just goes.
 *
 * <p>The ReplicaSet controller wakes one API latency after the first change of {@code
 * spec.replicas} it has not seen, and acts on the value of that moment: of several changes the
 * newest wins. It ends pods without a node first, then those not Ready, then Ready ones, each the
 * youngest first. Kubernetes also has deletion cost, which nothing here sets; the pods on each
 * node, which it spreads and bin-packing does not; the time of being Ready, which follows age but
 * for restarts; and restarts themselves.
 *
 * <p>Events of one instant: scripted faults, the ReplicaSet, nodes, repaired devices, pods, faults
 * by rate; nodes, devices and pods by index. After each one waiting pods take the room it made,
 * missing pods are created, and nodes are asked for.
 *
 * <p>The same seed and calls give the same bits. One instance serves one thread, may be reset again
 * and again, and allocates only while it grows to its working size.
 */
public final class KubernetesCluster {
  private final Draws draws = new Draws();
  private final Pods pods = new Pods();
  private final Nodes nodes = new Nodes();
  private final FaultClocks clocks = new FaultClocks(draws);
  private final PodLife podLife = new PodLife(pods, nodes, draws);
  private final NodeLife nodeLife = new NodeLife(pods, nodes, podLife, draws);
  private ClusterSpec spec;
  private int maxReplicas;
  private int desired;
  private int observed;
  private long changes;
  private long observeAt;
  private int scripted;
  private long scriptAt;
  private long now;
  private long next = EventHeap.NEVER;
  private boolean handling;

  /** An empty cluster; {@link #reset} comes before anything else. */
  public KubernetesCluster() {}

  /**
   * Starts anew: {@code initialReplicas} Ready, on nodes that have the image. Where the initial
   * nodes have no room for them, the pools that may grow have done so; what is left waits.
   *
   * @param maxReplicas most that will be asked for
   * @param startNanos may be negative: time before the scenario, whose scripted faults count from 0
   * @param listener hears of the initial pods from within this call
   */
  public void reset(
      ClusterSpec spec,
      ServiceModel service,
      int initialReplicas,
      int maxReplicas,
      long seed,
      long startNanos,
      PodListener listener) {
    this.spec = spec;
    this.maxReplicas = maxReplicas;
    requireReplicas(initialReplicas);
    now = startNanos;
    desired = initialReplicas;
    observed = initialReplicas;
    changes = 0;
    observeAt = EventHeap.NEVER;
    draws.reset(seed);
    pods.reset();
    nodes.reset(spec, service.sharing(), now);
    podLife.reset(spec, service, now, listener);
    nodeLife.reset(spec.faults());
    clocks.reset(spec.faults(), now);
    scripted = -1;
    do {
      nextInScript();
    } while (scriptAt < now);
    handling = true;
    for (int i = 0; i < initialReplicas; i++) {
      int node = nodes.fullest();
      podLife.createReady(node >= 0 ? node : nodeLife.bringUp(now), now);
    }
    handling = false;
    settle();
  }

  /** Time of the next event, {@link EventHeap#NEVER}: nothing is due. */
  public long nextEventNanos() {
    return next;
  }

  /** Lets time pass: all events until {@code nanos} and at it happen, in order. */
  public void advanceTo(long nanos) {
    while (next <= nanos) {
      now = next;
      happen();
      settle();
    }
    if (nanos < now) {
      throw new IllegalArgumentException(
          "the cluster is at " + now + " ns and cannot go back to " + nanos + " ns");
    }
    now = nanos;
  }

  /**
   * Sets {@code spec.replicas}; the cluster follows after its API latency.
   *
   * @throws IllegalArgumentException outside 0..maxReplicas
   */
  public void setDesired(int replicas) {
    requireReplicas(replicas);
    if (replicas == desired) {
      return;
    }
    desired = replicas;
    if (observeAt == EventHeap.NEVER) {
      observeAt = Nanos.after(now, draws.nanos(Draws.API, changes, spec.api()));
    }
    changes++;
    next = Math.min(next, observeAt);
    catchUp();
  }

  /**
   * A draining pod holds nothing any more, and goes.
   *
   * @throws IllegalStateException if it is not draining
   */
  public void drained(int pod) {
    if (pods.state[pod] != Pods.DRAINING) {
      throw new IllegalStateException(
          "pod "
              + pod
              + " is not draining at "
              + now
              + " ns: it was killed, or never asked to end");
    }
    podLife.goAway(pod, now);
    if (!handling) {
      settle();
      catchUp();
    }
  }

  /**
   * The container of the ready pod at {@code readyIndex} ends now.
   *
   * @param readyIndex oldest first, among the ready pods that are reachable
   */
  public void crash(int readyIndex) {
    if (readyIndex < 0 || readyIndex >= pods.count(Pods.READY)) {
      throw new IndexOutOfBoundsException(
          "ready pod " + readyIndex + " of " + pods.count(Pods.READY));
    }
    handling = true;
    podLife.crash(pods.oldest(Pods.READY, readyIndex), now);
    handling = false;
    settle();
    catchUp();
  }

  /** {@code spec.replicas}. */
  public int desired() {
    return desired;
  }

  /** {@code status.replicas}: pods that are there and not terminating. */
  public int current() {
    return pods.aliveCount();
  }

  /** {@code status.readyReplicas}: pods in the Service. */
  public int ready() {
    return pods.ready();
  }

  /** {@link #current} without {@link #ready}. */
  public int pending() {
    return pods.aliveCount() - pods.ready();
  }

  /** Of {@link #pending} those that no node has room for. */
  public int unschedulable() {
    return pods.count(Pods.UNSCHEDULABLE);
  }

  /** Pods that were asked to end and are not gone. */
  public int terminating() {
    return pods.terminating();
  }

  /** Of {@link #ready} those that do not answer. */
  public int unreachable() {
    return pods.count(Pods.UNREACHABLE);
  }

  /**
   * Since when the pending pod at {@code index} has been so: its creation, or when it was Ready
   * last.
   *
   * @param index by creation, oldest first
   */
  public long pendingSinceNanos(int index) {
    if (index < 0 || index >= pending()) {
      throw new IndexOutOfBoundsException("pending pod " + index + " of " + pending());
    }
    int seen = -1;
    int i = -1;
    while (seen < index) {
      if (!pods.isReady(pods.alive(++i))) {
        seen++;
      }
    }
    return pods.since[pods.alive(i)];
  }

  /** Pod indices so far were below this; a listener may be told of the next in {@code created}. */
  public int mostPods() {
    return pods.rows();
  }

  /** The device of a pod, -1: none; a device has the same index as long as it has pods. */
  public int deviceOf(int pod) {
    return pods.device[pod];
  }

  /** Device indices so far were below this. */
  public int mostDevices() {
    return nodes.devices();
  }

  /** Units ({@link DeviceSharing#UNITS}ths of a device) that pods hold now. */
  public long allocatedUnits() {
    return podLife.units();
  }

  /**
   * Integral of {@link #allocatedUnits}, unit-nanoseconds: exactly the sum over pods of the time
   * from being bound until gone, times their units; the same object at every call.
   *
   * @param nanos now, not after the next event
   */
  public ExactSum allocatedUnitNanos(long nanos) {
    return podLife.unitNanos(nanos);
  }

  /**
   * The same of all devices of all nodes, each from being asked for until given back; the same
   * object at every call.
   */
  public ExactSum nodeUnitNanos(long nanos) {
    return nodes.unitNanos(nanos);
  }

  private void requireReplicas(int replicas) {
    if (replicas < 0 || replicas > maxReplicas) {
      throw new IllegalArgumentException(
          "replicas must be 0.." + maxReplicas + ", not " + replicas);
    }
  }

  private void catchUp() {
    if (!handling) {
      advanceTo(now);
    }
  }

  /** Exactly one event that is due now. */
  private void happen() {
    handling = true;
    if (scriptAt == now) {
      followScript();
    } else if (observeAt == now) {
      observe();
    } else if (nodes.due.nextTime() == now) {
      nodeLife.due(nodes.due.nextSlot(), now);
    } else if (nodes.repairs.nextTime() == now) {
      nodeLife.repair(nodes.repairs.nextSlot());
    } else if (pods.due.nextTime() == now) {
      podLife.due(pods.due.nextSlot(), now);
    } else {
      strike();
    }
    handling = false;
  }

  private void observe() {
    observeAt = EventHeap.NEVER;
    observed = desired;
    while (pods.aliveCount() > observed) {
      podLife.delete(pods.dispensable(), now);
    }
  }

  private void settle() {
    handling = true;
    podLife.useRoom(now);
    while (pods.aliveCount() < observed) {
      podLife.create(now);
    }
    if (pods.count(Pods.UNSCHEDULABLE) > nodes.coming()) {
      nodeLife.autoscale(now);
    }
    clocks.refresh(pods.count(Pods.READY), nodes.devicesInUse(), nodes.up(), nodes.upSpot(), now);
    long first = Math.min(pods.due.nextTime(), nodes.due.nextTime());
    first = Math.min(first, Math.min(nodes.repairs.nextTime(), clocks.next()));
    next = Math.min(first, Math.min(observeAt, scriptAt));
    handling = false;
  }

  private void strike() {
    int kind = clocks.nextKind();
    int victim = clocks.fire(kind, now);
    if (kind == FaultKind.CRASH.ordinal()) {
      podLife.crash(pods.oldest(Pods.READY, victim), now);
    } else if (kind == FaultKind.GPU.ordinal()) {
      nodeLife.failDevice(nodes.inUseAt(victim), now);
    } else if (kind == FaultKind.NODE.ordinal()) {
      nodeLife.lose(nodes.upAt(victim, false), now);
    } else {
      nodeLife.preempt(nodes.upAt(victim, true), now);
    }
  }

  private void followScript() {
    ScriptedFault fault = spec.faults().script().get(scripted);
    nextInScript();
    if (fault.kind() == FaultKind.CRASH) {
      int ready = pods.count(Pods.READY);
      if (ready > 0) {
        podLife.crash(pods.oldest(Pods.READY, fault.target() % ready), now);
      }
      return;
    }
    int node = nodes.withPods(fault.target(), fault.kind() == FaultKind.PREEMPTION);
    if (node < 0) {
      return;
    }
    if (fault.kind() == FaultKind.GPU) {
      nodeLife.failDevice(nodes.firstInUse(node), now);
    } else if (fault.kind() == FaultKind.NODE) {
      nodeLife.lose(node, now);
    } else {
      nodeLife.preempt(node, now);
    }
  }

  private void nextInScript() {
    List<ScriptedFault> script = spec.faults().script();
    scripted++;
    scriptAt =
        scripted < script.size() ? Nanos.of(script.get(scripted).atSeconds()) : EventHeap.NEVER;
  }
}
