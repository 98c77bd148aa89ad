package io.kiss.kisim.request;

import io.kiss.kisim.serving.DynamicBatching;
import java.util.Arrays;

/** A pod's queue and instances. */
final class Pod {
  enum State {
    /** There is no pod of this index. */
    GONE,
    /** It exists and does not serve yet, or no longer: its container starts. */
    STARTING,
    READY,
    /** Out of the Service, finishing what it has. */
    DRAINING,
    /** Does nothing more, and nobody knows. */
    UNREACHABLE
  }

  final int index;

  /** Slots of the pod's events; its instances' follow. */
  final int batchSlot;

  final int timeoutSlot;

  final RequestRing queue;

  /** Requests past their timeout that are served last. */
  final RequestRing delayed = new RequestRing(0);

  final Instance[] instances;
  private final Instance[] idle;
  private int idleCount;

  State state = State.GONE;
  Device device;

  /** Requests queued or running here; changed through the router. */
  int outstanding;

  /** Place among the router's endpoints, -1 without one. */
  int endpoint = -1;

  /** Batches of this pod on its device. */
  int onDevice;

  /** Since its container was started: requests sent here, requests answered, by latency. */
  long arrived;

  long completed;
  final long[] latencyBuckets;

  /** How often a container was started here, in the life of the engine. */
  int incarnation;

  Pod(int index, int firstSlot, DynamicBatching batching, int buckets) {
    this.index = index;
    batchSlot = firstSlot;
    timeoutSlot = firstSlot + 1;
    latencyBuckets = new long[buckets];
    queue = new RequestRing(4 * batching.maxBatch());
    instances = new Instance[batching.instances()];
    idle = new Instance[instances.length];
    for (int i = 0; i < instances.length; i++) {
      instances[i] = new Instance(this, firstSlot + 2 + i, batching.maxBatch());
    }
  }

  /** A container that serves begins on a device, with nothing in hand and all counters at 0. */
  void begin(Device on) {
    state = State.READY;
    device = on;
    outstanding = 0;
    onDevice = 0;
    idleCount = instances.length;
    System.arraycopy(instances, 0, idle, 0, idleCount);
    arrived = 0;
    completed = 0;
    Arrays.fill(latencyBuckets, 0);
    incarnation++;
  }

  /** No instance takes a batch any more. */
  void stop() {
    idleCount = 0;
  }

  /** Whether work is done here. */
  boolean works() {
    return state == State.READY || state == State.DRAINING;
  }

  boolean hasIdleInstance() {
    return idleCount > 0;
  }

  Instance takeIdleInstance() {
    return idle[--idleCount];
  }

  void release(Instance instance) {
    instance.batch = 0;
    idle[idleCount++] = instance;
  }

  int queued() {
    return queue.size() + delayed.size();
  }

  /** Arrival of the request that has waited longest of those whose timeout has not passed. */
  long oldestArrival() {
    return queue.size() > 0 ? queue.firstArrival() : delayed.firstArrival();
  }

  /** Fills {@code instance} with the next {@code batch} requests. */
  void load(Instance instance, int batch) {
    int fresh = Math.min(batch, queue.size());
    queue.moveTo(instance.arrivals, instance.tags, 0, fresh);
    if (fresh < batch) {
      delayed.moveTo(instance.arrivals, instance.tags, fresh, batch - fresh);
    }
    instance.batch = batch;
  }
}
