package io.kiss.kisim.request;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.cluster.KubernetesCluster;
import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.TimeoutAction;
import io.kiss.kisim.telemetry.PodScraper;
import io.kiss.kisim.telemetry.TelemetrySettings;
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
  /** Enough for every closed form, and what the ample cluster has room for. */
  private static final int MOST_REPLICAS = 1024;

  /** The cluster's next event; the lowest slot, so that pods die before they answer. */
  private static final int CLUSTER_SLOT = 0;

  /** Prometheus' next scrape of a pod. */
  private static final int SCRAPE_SLOT = 1;

  static final int FIRST_POD_SLOT = 2;

  private static final long TELEMETRY_STREAM = 4;

  private final ServiceModel service;
  private final DynamicBatching batching;
  private final KubernetesCluster cluster;
  private final EventHeap events = new EventHeap(64);
  private final Departures departures;
  private final RequestCounts counts;
  private final Fleet fleet;
  private final Router router;
  private final ServiceTimes times;
  private final long queueDelayNanos;
  private final long queueTimeoutNanos;
  private final int queueLimit;
  private final PodScraper scraper;
  private Load load;
  private long now;

  /**
   * Makes an engine at time 0 in a cluster with room for all and without faults.
   *
   * @param service what its pods are
   * @param routing how the Service picks a pod
   * @param load where requests come from
   * @param replicas that are ready from the start
   * @param seed of all that is drawn here: service times, routing, start-up times
   */
  public RequestEngine(ServiceModel service, Routing routing, Load load, int replicas, long seed) {
    this(
        new KubernetesCluster(),
        ClusterSpec.AMPLE,
        service,
        routing,
        load,
        replicas,
        MOST_REPLICAS,
        seed,
        0,
        null);
  }

  /**
   * Makes an engine at {@code startNanos}.
   *
   * @param cluster is reset, and belongs to this engine until another is made with it
   * @param telemetry how Prometheus watches the pods; null: not at all
   */
  RequestEngine(
      KubernetesCluster cluster,
      ClusterSpec spec,
      ServiceModel service,
      Routing routing,
      Load load,
      int replicas,
      int maxReplicas,
      long seed,
      long startNanos,
      TelemetrySettings telemetry) {
    this.cluster = cluster;
    this.service = service;
    now = startNanos;
    batching = service.batching();
    queueDelayNanos = Nanos.of(batching.maxQueueDelaySeconds());
    queueTimeoutNanos = Nanos.of(batching.queueTimeoutSeconds());
    queueLimit = batching.queueLimit() == 0 ? Integer.MAX_VALUE : batching.queueLimit();
    router = new Router(routing, random(seed, 1));
    times = new ServiceTimes(service, random(seed, 2));
    LatencyBuckets buckets = telemetry == null ? null : new LatencyBuckets(telemetry.bounds());
    departures = new Departures(buckets);
    counts = departures.counts;
    fleet =
        new Fleet(
            service, cluster, events, FIRST_POD_SLOT, router, departures, buckets, startNanos);
    scraper =
        telemetry == null
            ? null
            : new PodScraper(
                telemetry,
                (pod, out) -> fleet.expose(pod, now, out),
                random(seed, TELEMETRY_STREAM).nextLong(),
                startNanos);
    fleet.watch(scraper);
    use(load);
    cluster.reset(spec, service, replicas, maxReplicas, seed, startNanos, fleet);
    letClusterAct();
  }

  /** An independent stream of random numbers. */
  static UniformRandomProvider random(long seed, long stream) {
    return RandomSource.XO_RO_SHI_RO_128_PP.create(seed * 0x9E3779B97F4A7C15L + stream);
  }

  /** Takes requests from {@code load} from now on; those of the one before stay. */
  void use(Load load) {
    this.load = load;
    departures.use(load);
  }

  /** Counts answers later than this as violating the SLO from now on. */
  public void setSloSeconds(double seconds) {
    departures.sloNanos = Nanos.of(seconds);
  }

  /** Shows what happens from now on to {@code observer}; null: to nobody. */
  public void observe(RequestObserver observer) {
    departures.observer = observer;
  }

  /** The time it has reached, nanoseconds. */
  public long nowNanos() {
    return now;
  }

  /** When something happens in here next, arrivals of the load apart. */
  long nextEventNanos() {
    return events.nextTime();
  }

  /** What serves. */
  public Fleet fleet() {
    return fleet;
  }

  /** Prometheus, which watches the pods. */
  PodScraper scraper() {
    return scraper;
  }

  /** What the pods live in, told of all that happened until now. */
  public KubernetesCluster cluster() {
    return cluster;
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

  /** Sets {@code spec.replicas}; the cluster follows after its API latency. */
  public void setReplicas(int replicas) {
    cluster.advanceTo(now);
    cluster.setDesired(replicas);
    letClusterAct();
  }

  /** Ends the container of the ready pod at {@code index}, oldest first, with all it holds. */
  public void crash(int index) {
    cluster.advanceTo(now);
    cluster.crash(index);
    letClusterAct();
  }

  private void letClusterAct() {
    cluster.advanceTo(now);
    events.schedule(CLUSTER_SLOT, cluster.nextEventNanos());
    if (scraper != null) {
      events.schedule(SCRAPE_SLOT, scraper.nextNanos());
    }
  }

  private void scrape() {
    scraper.passTo(now);
    events.schedule(SCRAPE_SLOT, scraper.nextNanos());
  }

  /** Devices held by pods until now, device-seconds. */
  public double allocatedDeviceSeconds() {
    return cluster.allocatedUnitNanos(now).doubleValue() * 1e-9 / DeviceSharing.UNITS;
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
    if (pod == null) {
      departures.fail(-1, now, tag, RequestObserver.NEVER_STARTED, now, Outcome.REJECTED);
      return;
    }
    pod.arrived++;
    if (queueLimit < Integer.MAX_VALUE && pod.queued() >= queueLimit && pod.works()) {
      departures.fail(pod.index, now, tag, RequestObserver.NEVER_STARTED, now, Outcome.REJECTED);
      return;
    }
    pod.queue.add(now, tag);
    router.changed(pod, 1);
    if (departures.observer != null) {
      departures.observer.sent(pod.index, now);
    }
    if (pod.hasIdleInstance()) {
      dispatch(pod);
    }
    if (queueTimeoutNanos > 0
        && pod.queue.size() > 0
        && pod.works()
        && events.timeOf(pod.timeoutSlot) == EventHeap.NEVER) {
      events.schedule(pod.timeoutSlot, pod.queue.firstArrival() + queueTimeoutNanos);
    }
  }

  private void handle(int slot) {
    if (slot == CLUSTER_SLOT) {
      letClusterAct();
      return;
    }
    if (slot == SCRAPE_SLOT) {
      scrape();
      return;
    }
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
    departures.serve(instance, now);
    router.changed(pod, -batch);
    pod.release(instance);
    departures.answer(instance.tags, batch, now);
    dispatch(pod);
    if (fleet.hasDrained(pod)) {
      drained(pod);
    }
  }

  private void drained(Pod pod) {
    cluster.advanceTo(now);
    cluster.drained(pod.index);
    letClusterAct();
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
        departures.fail(
            pod.index, arrival, tag, RequestObserver.NEVER_STARTED, now, Outcome.TIMED_OUT);
      }
    }
    events.schedule(
        pod.timeoutSlot,
        queue.size() == 0 ? EventHeap.NEVER : queue.firstArrival() + queueTimeoutNanos);
    if (fleet.hasDrained(pod)) {
      drained(pod);
    }
  }

  /** The service it simulates. */
  public ServiceModel service() {
    return service;
  }
}
