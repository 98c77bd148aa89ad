package io.kiss.kisim.request;

import io.kiss.kisim.serving.DynamicBatching;

/** A pod's queue and instances. */
final class Pod {
  enum State {
    PENDING,
    READY,
    TERMINATING,
    GONE
  }

  final int index;

  /** Slots of the pod's events; its instances' follow. */
  final int lifecycleSlot;

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
  long createdNanos;

  /** Requests queued or running here; changed through the router. */
  int outstanding;

  /** Place among the router's endpoints, -1 without one. */
  int endpoint = -1;

  /** Batches of this pod on its device. */
  int onDevice;

  Pod(int index, int firstSlot, DynamicBatching batching) {
    this.index = index;
    lifecycleSlot = firstSlot;
    batchSlot = firstSlot + 1;
    timeoutSlot = firstSlot + 2;
    queue = new RequestRing(4 * batching.maxBatch());
    instances = new Instance[batching.instances()];
    idle = new Instance[instances.length];
    for (int i = 0; i < instances.length; i++) {
      instances[i] = new Instance(this, firstSlot + 3 + i, batching.maxBatch());
    }
  }

  void begin(long now, Device on) {
    state = State.PENDING;
    createdNanos = now;
    device = on;
    outstanding = 0;
    onDevice = 0;
    idleCount = instances.length;
    System.arraycopy(instances, 0, idle, 0, idleCount);
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
