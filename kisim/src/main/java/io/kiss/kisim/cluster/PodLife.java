package io.kiss.kisim.cluster;

import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.time.Delay;
import io.kiss.kisim.time.EventHeap;
import io.kiss.kisim.time.ExactSum;
import io.kiss.kisim.time.Nanos;

/** What scheduler and kubelet do with a pod, from its creation until it is gone. */
final class PodLife {
  private static final long BACK_OFF_LIMIT = 300 * Nanos.PER_SECOND;
  private static final long BACK_OFF_FORGOTTEN = 600 * Nanos.PER_SECOND;
  private static final int RESTART_SHIFT = 32;

  private final Pods pods;
  private final Nodes nodes;
  private final Draws draws;
  private final ExactSum unitNanos = new ExactSum();
  private PodListener listener;
  private Delay scheduling;
  private StartUp startUp;
  private long initialDelay;
  private long probePeriod;
  private long grace;
  private long backOff;
  private int unitsPerPod;
  private int bound;
  private long settledNanos;
  private boolean roomAppeared;

  PodLife(Pods pods, Nodes nodes, Draws draws) {
    this.pods = pods;
    this.nodes = nodes;
    this.draws = draws;
  }

  void reset(ClusterSpec spec, ServiceModel service, long now, PodListener hearer) {
    listener = hearer;
    scheduling = spec.scheduling();
    startUp = service.startUp();
    initialDelay = Nanos.of(startUp.readiness().initialDelaySeconds());
    probePeriod = Nanos.of(startUp.readiness().periodSeconds());
    grace = Nanos.of(startUp.graceSeconds());
    backOff = Nanos.of(spec.faults().backOffSeconds());
    unitsPerPod = service.sharing().unitsPerPod();
    bound = 0;
    settledNanos = now;
    unitNanos.clear();
    roomAppeared = false;
  }

  PodListener listener() {
    return listener;
  }

  /** Integral of the units allocated to pods, unit-nanoseconds. */
  ExactSum unitNanos(long now) {
    unitNanos.addProduct((long) bound * unitsPerPod, now - settledNanos);
    settledNanos = now;
    return unitNanos;
  }

  /** Units ({@link DeviceSharing#UNITS}ths of a device) allocated to pods. */
  long units() {
    return (long) bound * unitsPerPod;
  }

  void create(long now) {
    int pod = pods.add(now);
    listener.created(pod, now);
    long wait = draws.nanos(Draws.SCHEDULING, pods.number[pod], scheduling);
    if (wait == 0) {
      schedule(pod, now);
    } else {
      pods.due.schedule(pod, Nanos.after(now, wait));
    }
  }

  /** A pod that is Ready from the start, on {@code node}; -1: it finds no room. */
  void createReady(int node, long now) {
    int pod = pods.add(now);
    listener.created(pod, now);
    if (node < 0) {
      pods.move(pod, Pods.UNSCHEDULABLE);
    } else {
      nodes.imageAt[node] = Math.min(nodes.imageAt[node], now);
      allocate(pod, node, now);
      becomeReady(pod, now);
    }
  }

  /** The time of a pod has come: it is scheduled, Ready, or its grace period is over. */
  void due(int pod, long now) {
    switch (pods.state[pod]) {
      case Pods.CREATED -> scheduleAllDue(now);
      case Pods.STARTING -> {
        pods.due.schedule(pod, EventHeap.NEVER);
        becomeReady(pod, now);
      }
      case Pods.DRAINING -> end(pod, now);
      default -> throw new IllegalStateException("pod " + pod + " is due without a reason");
    }
  }

  /** Oldest first, whatever rows they have. */
  private void scheduleAllDue(long now) {
    for (int i = 0; i < pods.aliveCount(); i++) {
      int pod = pods.alive(i);
      if (pods.state[pod] == Pods.CREATED && pods.due.timeOf(pod) == now) {
        pods.due.schedule(pod, EventHeap.NEVER);
        schedule(pod, now);
      }
    }
  }

  private void schedule(int pod, long now) {
    int node = pods.count(Pods.UNSCHEDULABLE) > 0 ? -1 : nodes.fullest();
    if (node < 0) {
      pods.move(pod, Pods.UNSCHEDULABLE);
    } else {
      bind(pod, node, now);
    }
  }

  /** Binds waiting pods, oldest first, if room has appeared since the last call. */
  void useRoom(long now) {
    if (!roomAppeared) {
      return;
    }
    roomAppeared = false;
    while (pods.count(Pods.UNSCHEDULABLE) > 0) {
      int node = nodes.fullest();
      if (node < 0) {
        return;
      }
      bind(pods.oldest(Pods.UNSCHEDULABLE, 0), node, now);
    }
  }

  void roomAppeared() {
    roomAppeared = true;
  }

  private void bind(int pod, int node, long now) {
    allocate(pod, node, now);
    if (nodes.imageAt[node] == EventHeap.NEVER) {
      long pull = draws.nanos(Draws.PULL, nodes.number[node], startUp.imagePull());
      nodes.imageAt[node] = Nanos.after(now, pull);
    }
    startContainer(pod, Math.max(now, nodes.imageAt[node]), now);
  }

  private void allocate(int pod, int node, long now) {
    unitNanos(now);
    pods.device[pod] = nodes.take(node);
    bound++;
  }

  private void startContainer(int pod, long from, long now) {
    pods.move(pod, Pods.STARTING);
    long index = pods.number[pod] + ((long) pods.restarts(pod) << RESTART_SHIFT);
    long container = draws.nanos(Draws.CONTAINER, index, startUp.containerStart());
    long load = draws.nanos(Draws.LOAD, index, startUp.modelLoad());
    long readyAt = Nanos.after(from, container + readyAfter(load));
    if (readyAt <= now) {
      becomeReady(pod, now);
    } else {
      pods.due.schedule(pod, readyAt);
    }
  }

  /** {@link io.kiss.kisim.serving.ReadinessProbe#readyAfter} in whole nanoseconds. */
  private long readyAfter(long loaded) {
    long late = Math.max(0, loaded - initialDelay);
    if (probePeriod == 0) {
      return initialDelay + late;
    }
    return initialDelay + (late + probePeriod - 1) / probePeriod * probePeriod;
  }

  private void becomeReady(int pod, long now) {
    pods.move(pod, Pods.READY);
    listener.ready(pod, now);
  }

  /** The ReplicaSet wants this pod no more. */
  void delete(int pod, long now) {
    switch (pods.state[pod]) {
      case Pods.READY -> drain(pod, EventHeap.NEVER, now);
      case Pods.UNREACHABLE -> {
        kill(pod, now);
        doom(pod);
      }
      case Pods.STRANDED -> doom(pod);
      default -> goAway(pod, now);
    }
  }

  /** Takes a ready pod out of the Service; it has its grace period to finish. */
  void drain(int pod, long atMostUntil, long now) {
    pods.forget(pod);
    pods.move(pod, Pods.DRAINING);
    pods.due.schedule(pod, Math.min(Nanos.after(now, grace), atMostUntil));
    listener.draining(pod, now);
  }

  /** What the pod holds is lost, and it is gone. */
  void end(int pod, long now) {
    kill(pod, now);
    goAway(pod, now);
  }

  void kill(int pod, long now) {
    listener.killed(pod, now);
  }

  /** A pod on a lost node is to go, and nobody there confirms that it has. */
  void doom(int pod) {
    if (pods.isAlive(pod)) {
      pods.forget(pod);
    }
    pods.due.schedule(pod, EventHeap.NEVER);
    pods.move(pod, Pods.DOOMED);
  }

  /** The pod, which holds nothing, is no more. */
  void goAway(int pod, long now) {
    if (pods.isAlive(pod)) {
      pods.forget(pod);
    }
    pods.due.schedule(pod, EventHeap.NEVER);
    pods.move(pod, Pods.GONE);
    if (pods.device[pod] >= 0) {
      unitNanos(now);
      bound--;
      nodes.release(pods.device[pod], now);
      roomAppeared = true;
    }
    listener.gone(pod, now);
    pods.free(pod);
  }

  /** The container of a ready pod ends by itself; the kubelet starts it again, with back-off. */
  void crash(int pod, long now) {
    int inARow = pods.restartsInARow(pod);
    if (inARow > 0 && now - pods.restarted(pod) > BACK_OFF_FORGOTTEN) {
      inARow = 0;
    }
    long wait = 0;
    if (inARow > 0) {
      wait = backOff;
      for (int i = 1; i < inARow && wait < BACK_OFF_LIMIT; i++) {
        wait *= 2;
      }
      wait = Math.min(wait, BACK_OFF_LIMIT);
    }
    long from = Nanos.after(now, wait);
    pods.restart(pod, inARow + 1, from);
    pods.since[pod] = now;
    pods.move(pod, Pods.STRANDED);
    kill(pod, now);
    startContainer(pod, from, now);
  }
}
