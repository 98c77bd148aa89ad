package io.kiss.kisim.request;

import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.TimeoutAction;
import io.kiss.kisim.time.EventHeap;
import io.kiss.kisim.time.Nanos;
import io.kiss.kisim.traffic.pattern.Load;
import java.math.BigInteger;
import org.HdrHistogram.Histogram;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Simulates every request of one service: arrival, routing, queue, batch, answer.
 *
 * <p>Deterministic: the same service, load, seed and calls give the same bits. Nothing is allocated
 * per request once the queues have grown to their working size. One instance serves one thread.
 */
public final class RequestEngine {
  private final ServiceModel service;
  private final DynamicBatching batching;
  private final Load load;
  private final boolean closed;
  private final EventHeap events = new EventHeap(64);
  private final RequestCounts counts = new RequestCounts();
  private final Fleet fleet;
  private final Router router;
  private final ServiceTimes times;
  private final long queueDelayNanos;
  private final long queueTimeoutNanos;
  private final int queueLimit;
  private long sloNanos = Long.MAX_VALUE;
  private RequestObserver observer;
  private long now;

  /**
   * Makes an engine at time 0 without pods.
   *
   * @param service what its pods are
   * @param routing how the Service picks a pod
   * @param load where requests come from
   * @param seed of all that is drawn here: service times, routing, start-up times
   */
  public RequestEngine(ServiceModel service, Routing routing, Load load, long seed) {
    this.service = service;
    this.load = load;
    batching = service.batching();
    closed = load.closed();
    queueDelayNanos = Nanos.of(batching.maxQueueDelaySeconds());
    queueTimeoutNanos = Nanos.of(batching.queueTimeoutSeconds());
    queueLimit = batching.queueLimit() == 0 ? Integer.MAX_VALUE : batching.queueLimit();
    router = new Router(routing, random(seed, 1));
    times = new ServiceTimes(service, random(seed, 2));
    fleet = new Fleet(service, events, router, random(seed, 3));
  }

  /** An independent stream of random numbers. */
  static UniformRandomProvider random(long seed, long stream) {
    return RandomSource.XO_RO_SHI_RO_128_PP.create(seed * 0x9E3779B97F4A7C15L + stream);
  }

  /** Counts answers later than this as violating the SLO from now on. */
  public void setSloSeconds(double seconds) {
    sloNanos = Nanos.of(seconds);
  }

  /** Shows what happens from now on to {@code observer}; null: to nobody. */
  public void observe(RequestObserver observer) {
    this.observer = observer;
    fleet.observe(observer);
  }

  /** The time it has reached, nanoseconds. */
  public long nowNanos() {
    return now;
  }

  /** The pods. */
  public Fleet fleet() {
    return fleet;
  }

  /** What happened to requests; its integral is settled to now. */
  public RequestCounts counts() {
    counts.settle(now);
    return counts;
  }

  /** Moves the latencies of answers since the last call into {@code into}. */
  public void drainLatencies(Histogram into) {
    counts.drainLatencies(into);
  }

  /** Sets {@code spec.replicas}: starts pods, or ends the youngest. */
  public void setReplicas(int replicas) {
    while (fleet.alive() < replicas) {
      fleet.create(now);
    }
    while (fleet.alive() > replicas) {
      Pod pod = fleet.youngest();
      if (pod.state == Pod.State.READY) {
        fleet.drain(pod, now);
      }
      if (pod.outstanding == 0) {
        fleet.remove(pod, now);
      }
    }
  }

  /** Adds pods that are ready at once, as before the start of a simulation. */
  public void addReadyReplicas(int replicas) {
    for (int i = 0; i < replicas; i++) {
      fleet.createReady(now);
    }
  }

  /** Ends the ready pod at {@code index} at once, with all it holds; a new one is started. */
  public void crash(int index) {
    kill(fleet.ready(index));
    fleet.create(now);
  }

  /** Requests waiting in queues, all pods together. */
  public long queued() {
    return fleet.queued();
  }

  /**
   * Σ time spent so far by the requests in the system, nanoseconds: what Little's law needs beside
   * {@link RequestCounts#sojourns()}. Costs time in proportion to them.
   */
  public BigInteger inFlightNanos() {
    return fleet.inFlightNanos(now);
  }

  /** Runs up to and including {@code untilNanos}. */
  public void advanceTo(long untilNanos) {
    while (true) {
      long arrival = load.nextNanos();
      long event = events.nextTime();
      if (event <= arrival) {
        if (event > untilNanos || event == EventHeap.NEVER) {
          break;
        }
        now = event;
        handle(events.nextSlot());
      } else {
        if (arrival > untilNanos) {
          break;
        }
        now = arrival;
        arrive();
      }
    }
    now = untilNanos;
  }

  private void arrive() {
    int tag = load.take();
    if (tag == Load.NOTHING) {
      return;
    }
    counts.arrive(now);
    Pod pod = router.pick();
    if (pod == null || (queueLimit < Integer.MAX_VALUE && pod.queued() >= queueLimit)) {
      counts.leave(1, now);
      fail(now, tag, -1, Outcome.REJECTED);
      return;
    }
    pod.queue.add(now, tag);
    router.changed(pod, 1);
    if (pod.hasIdleInstance()) {
      dispatch(pod);
    }
    if (queueTimeoutNanos > 0
        && pod.queue.size() > 0
        && events.timeOf(pod.timeoutSlot) == EventHeap.NEVER) {
      events.schedule(pod.timeoutSlot, pod.queue.firstArrival() + queueTimeoutNanos);
    }
  }

  private void handle(int slot) {
    Device device = fleet.deviceOf(slot);
    if (device != null) {
      deviceDone(device);
      return;
    }
    Pod pod = fleet.podOf(slot);
    if (slot == pod.batchSlot) {
      events.schedule(slot, EventHeap.NEVER);
      dispatch(pod);
    } else if (slot == pod.timeoutSlot) {
      expire(pod);
    } else if (slot == pod.lifecycleSlot) {
      events.schedule(slot, EventHeap.NEVER);
      if (pod.state == Pod.State.PENDING) {
        fleet.becomeReady(pod, now);
      } else {
        kill(pod);
      }
    } else {
      events.schedule(slot, EventHeap.NEVER);
      hostDone(fleet.instanceOf(slot));
    }
  }

  /** Starts batches while an instance is free and the batcher wants one. */
  private void dispatch(Pod pod) {
    while (pod.hasIdleInstance()) {
      int queued = pod.queued();
      if (queued == 0) {
        return;
      }
      long due = pod.oldestArrival() + queueDelayNanos;
      int batch = batching.choose(queued, now >= due);
      if (batch == 0) {
        if (events.timeOf(pod.batchSlot) > due) {
          events.schedule(pod.batchSlot, due);
        }
        return;
      }
      start(pod, batch);
    }
  }

  private void start(Pod pod, int batch) {
    Instance instance = pod.takeIdleInstance();
    pod.load(instance, batch);
    instance.startedNanos = now;
    counts.batches++;
    times.draw(batch);
    instance.work = times.deviceNanos();
    long host = times.hostNanos();
    if (host > 0 || instance.work == 0) {
      events.schedule(instance.slot, now + host);
    } else {
      enterDevice(instance);
    }
  }

  private void hostDone(Instance instance) {
    if (instance.work > 0) {
      enterDevice(instance);
    } else {
      finish(instance);
    }
  }

  private void enterDevice(Instance instance) {
    Device device = instance.pod.device;
    device.enter(instance, now);
    events.schedule(device.slot, device.nextDoneNanos());
  }

  private void deviceDone(Device device) {
    Instance done = device.takeDone(now);
    events.schedule(device.slot, device.nextDoneNanos());
    if (done != null) {
      finish(done);
    }
  }

  private void finish(Instance instance) {
    Pod pod = instance.pod;
    int batch = instance.batch;
    long[] arrivals = instance.arrivals;
    counts.leave(batch, now);
    for (int i = 0; i < batch; i++) {
      counts.serve(now - arrivals[i], sloNanos);
    }
    if (observer != null) {
      for (int i = 0; i < batch; i++) {
        observer.left(arrivals[i], instance.startedNanos, now, Outcome.SERVED);
      }
    }
    router.changed(pod, -batch);
    pod.release(instance);
    if (closed) {
      for (int i = 0; i < batch; i++) {
        load.answered(instance.tags[i], now, true);
      }
    }
    dispatch(pod);
    if (pod.state == Pod.State.TERMINATING && pod.outstanding == 0) {
      fleet.remove(pod, now);
    }
  }

  /** Takes requests past their timeout out of the queue. */
  private void expire(Pod pod) {
    boolean delay = batching.timeoutAction() == TimeoutAction.DELAY;
    RequestRing queue = pod.queue;
    while (queue.size() > 0 && queue.firstArrival() + queueTimeoutNanos <= now) {
      long arrival = queue.firstArrival();
      int tag = queue.firstTag();
      queue.removeFirst();
      if (delay) {
        pod.delayed.add(arrival, tag);
      } else {
        router.changed(pod, -1);
        counts.leave(1, now);
        fail(arrival, tag, -1, Outcome.TIMED_OUT);
      }
    }
    events.schedule(
        pod.timeoutSlot,
        queue.size() == 0 ? EventHeap.NEVER : queue.firstArrival() + queueTimeoutNanos);
    if (pod.state == Pod.State.TERMINATING && pod.outstanding == 0) {
      fleet.remove(pod, now);
    }
  }

  private void kill(Pod pod) {
    for (Instance instance : pod.instances) {
      if (instance.batch > 0) {
        if (instance.onDevice) {
          pod.device.abandon(instance, now);
          events.schedule(pod.device.slot, pod.device.nextDoneNanos());
        }
        counts.leave(instance.batch, now);
        for (int i = 0; i < instance.batch; i++) {
          fail(instance.arrivals[i], instance.tags[i], instance.startedNanos, Outcome.LOST);
        }
        instance.batch = 0;
      }
    }
    lose(pod.queue);
    lose(pod.delayed);
    router.changed(pod, -pod.outstanding);
    fleet.remove(pod, now);
  }

  private void lose(RequestRing queue) {
    while (queue.size() > 0) {
      counts.leave(1, now);
      fail(queue.firstArrival(), queue.firstTag(), -1, Outcome.LOST);
      queue.removeFirst();
    }
  }

  private void fail(long arrived, int tag, long started, Outcome outcome) {
    counts.fail(now - arrived, outcome);
    if (observer != null) {
      observer.left(arrived, started, now, outcome);
    }
    if (closed) {
      load.answered(tag, now, false);
    }
  }

  /** The service it simulates. */
  public ServiceModel service() {
    return service;
  }
}
