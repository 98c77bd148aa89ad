package io.kiss.kisim.request;

import io.kiss.kisim.cluster.KubernetesCluster;
import io.kiss.kisim.cluster.PodListener;
import io.kiss.kisim.gpu.DeviceKind;
import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.telemetry.PodMetrics;
import io.kiss.kisim.telemetry.PodScraper;
import io.kiss.kisim.time.EventHeap;
import io.kiss.kisim.time.ExactSum;
import io.kiss.kisim.time.Nanos;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * What serves: the queue and instances of each pod, and the devices they run on. When pods come,
 * leave and die is the cluster's, which calls in here.
 */
public final class Fleet implements PodListener {
  private static final int POD_SLOTS = 2;

  private final ServiceModel service;
  private final KubernetesCluster cluster;
  private final EventHeap events;
  private final Router router;
  private final Departures departures;
  private final int buckets;
  private final int firstSlot;
  private final int stride;
  private Pod[] pods = new Pod[0];

  /** By the cluster's number where pods slow each other down, else each pod has its own. */
  private Device[] devices = new Device[0];

  private PodScraper scraper;
  private int servingDevices;
  private long settledNanos;
  private final ExactSum servingNanos = new ExactSum();

  Fleet(
      ServiceModel service,
      KubernetesCluster cluster,
      EventHeap events,
      int firstSlot,
      Router router,
      Departures departures,
      LatencyBuckets buckets,
      long startNanos) {
    this.service = service;
    this.cluster = cluster;
    this.events = events;
    this.firstSlot = firstSlot;
    this.router = router;
    this.departures = departures;
    this.buckets = buckets == null ? 0 : buckets.size();
    settledNanos = startNanos;
    // A pod's own slots, its instances', and that of the device with the same index.
    stride = POD_SLOTS + service.batching().instances() + 1;
  }

  /** Pods in the Service: those that serve, and those of which nobody knows that they do not. */
  public int readyCount() {
    return router.count();
  }

  /** ∫ devices (or slices) with a pod that serves or drains, until {@code now}, seconds. */
  public double servingDeviceSeconds(long now) {
    settle(now);
    return servingNanos.doubleValue() * 1e-9;
  }

  /**
   * Time work ran on a device, summed over devices (or slices), seconds: divided by {@link
   * #servingDeviceSeconds} DCGM's utilisation.
   */
  public double busyDeviceSeconds(long now) {
    long busy = 0;
    for (Device device : devices) {
      if (device != null) {
        busy += device.busyNanos(now);
      }
    }
    return Nanos.toSeconds(busy);
  }

  /**
   * Time work ran on a device, each weighted with the share of it that its serving pods hold,
   * GPU-seconds.
   */
  public double busyGpuSeconds(long now) {
    long busy = 0;
    for (Device device : devices) {
      if (device != null) {
        busy += device.busyPodNanos(now);
      }
    }
    return Nanos.toSeconds(busy) * service.gpusPerPod();
  }

  /** Requests waiting in queues, all pods together. */
  public long queued() {
    long queued = 0;
    for (Pod pod : pods) {
      queued += pod.queued();
    }
    return queued;
  }

  /** Lets {@code scraper} know which pods there are to scrape; null: nobody. */
  void watch(PodScraper scraper) {
    this.scraper = scraper;
  }

  /** What a pod's endpoints show at the engine's present time. */
  void expose(int index, long now, PodMetrics out) {
    Pod pod = pods[index];
    out.arrived = pod.arrived;
    for (int b = 0; b < buckets; b++) {
      out.answered[b] = pod.latencyBuckets[b];
    }
    out.queued = pod.queued();
    out.running = pod.outstanding - pod.queued();
    out.busySeconds = Nanos.toSeconds(pod.device.busyNanos(now));
  }

  @Override
  public void created(int index, long now) {
    Pod pod = makeRoom(index);
    pod.state = Pod.State.STARTING;
    if (departures.observer != null) {
      departures.observer.created(index, now);
    }
  }

  @Override
  public void ready(int index, long now) {
    Pod pod = pods[index];
    settle(now);
    pod.begin(deviceFor(index));
    if (pod.device.addPod(now) == 1) {
      servingDevices++;
    }
    router.add(pod);
    if (scraper != null) {
      scraper.serving(index, now);
    }
    if (departures.observer != null) {
      departures.observer.ready(index, now);
    }
  }

  @Override
  public void draining(int index, long now) {
    Pod pod = pods[index];
    router.remove(pod);
    if (pod.state == Pod.State.READY) {
      pod.state = Pod.State.DRAINING;
    }
    if (departures.observer != null) {
      departures.observer.draining(index, now);
    }
    if (hasDrained(pod)) {
      cluster.drained(index);
    }
  }

  @Override
  public void unreachable(int index, long now) {
    Pod pod = pods[index];
    if (pod.works()) {
      freeze(pod, now);
    }
    pod.state = Pod.State.UNREACHABLE;
    if (scraper != null) {
      scraper.silent(index);
    }
    if (departures.observer != null) {
      departures.observer.unreachable(index, now);
    }
  }

  @Override
  public void killed(int index, long now) {
    Pod pod = pods[index];
    router.remove(pod);
    if (pod.works()) {
      freeze(pod, now);
    }
    pod.state = Pod.State.STARTING;
    if (scraper != null) {
      scraper.refusing(index);
    }
    if (departures.observer != null) {
      departures.observer.killed(index, now);
    }
    lose(pod, now);
  }

  @Override
  public void gone(int index, long now) {
    Pod pod = pods[index];
    if (pod.works()) {
      freeze(pod, now);
    }
    if (pod.outstanding > 0) {
      throw new IllegalStateException(
          "pod " + index + " is gone while it holds " + pod.outstanding + " requests");
    }
    pod.state = Pod.State.GONE;
    if (scraper != null) {
      scraper.gone(index);
    }
    if (departures.observer != null) {
      departures.observer.gone(index, now);
    }
  }

  /** Whether the pod was asked to end and has nothing left to do. */
  boolean hasDrained(Pod pod) {
    return pod.state == Pod.State.DRAINING && pod.outstanding == 0;
  }

  /** Stops all work of the pod; what it holds stays with it. */
  private void freeze(Pod pod, long now) {
    settle(now);
    pod.stop();
    for (Instance instance : pod.instances) {
      if (instance.onDevice) {
        pod.device.abandon(instance, now);
      }
      events.schedule(instance.slot, EventHeap.NEVER);
    }
    events.schedule(pod.batchSlot, EventHeap.NEVER);
    events.schedule(pod.timeoutSlot, EventHeap.NEVER);
    if (pod.device.removePod(now) == 0) {
      servingDevices--;
    }
    events.schedule(pod.device.slot, pod.device.nextDoneNanos());
  }

  private void lose(Pod pod, long now) {
    int lost = 0;
    for (Instance instance : pod.instances) {
      for (int i = 0; i < instance.batch; i++) {
        departures.fail(
            pod.index,
            instance.arrivals[i],
            instance.tags[i],
            instance.startedNanos,
            now,
            Outcome.LOST);
      }
      lost += instance.batch;
      instance.batch = 0;
    }
    lost += lose(pod, pod.queue, now) + lose(pod, pod.delayed, now);
    router.changed(pod, -lost);
  }

  private int lose(Pod pod, RequestRing queue, long now) {
    int lost = queue.size();
    while (queue.size() > 0) {
      departures.fail(
          pod.index,
          queue.firstArrival(),
          queue.firstTag(),
          RequestObserver.NEVER_STARTED,
          now,
          Outcome.LOST);
      queue.removeFirst();
    }
    return lost;
  }

  /** The pod whose event this is; of a device the pod of the same index. */
  Pod podOf(int slot) {
    return pods[(slot - firstSlot) / stride];
  }

  Instance instanceOf(int slot) {
    int at = slot - firstSlot;
    return pods[at / stride].instances[at % stride - POD_SLOTS];
  }

  /** The device whose slot this is, null for a pod's. */
  Device deviceOf(int slot) {
    int at = slot - firstSlot;
    return at % stride == stride - 1 ? devices[at / stride] : null;
  }

  BigInteger inFlightNanos(long now) {
    ExactSum sum = new ExactSum();
    for (Pod pod : pods) {
      for (Instance instance : pod.instances) {
        for (int i = 0; i < instance.batch; i++) {
          sum.add(now - instance.arrivals[i]);
        }
      }
      pod.queue.addAges(now, sum);
      pod.delayed.addAges(now, sum);
    }
    return sum.exact();
  }

  private void settle(long now) {
    servingNanos.addProduct(servingDevices, now - settledNanos);
    settledNanos = now;
  }

  private Pod makeRoom(int index) {
    int before = pods.length;
    if (index >= before) {
      pods = Arrays.copyOf(pods, index + 1);
      for (int i = before; i <= index; i++) {
        pods[i] = new Pod(i, firstSlot + i * stride, service.batching(), buckets);
      }
      events.ensureSlots(firstSlot + pods.length * stride);
    }
    return pods[index];
  }

  private Device deviceFor(int pod) {
    DeviceSharing sharing = service.sharing();
    int index = sharing.contended() ? cluster.deviceOf(pod) : pod;
    if (index >= devices.length) {
      devices = Arrays.copyOf(devices, index + 1);
      events.ensureSlots(firstSlot + devices.length * stride);
    }
    if (devices[index] == null) {
      int room = sharing.contended() ? sharing.podsPerDevice() : 1;
      double overhead =
          sharing instanceof DeviceSharing.TimeSliced sliced ? sliced.switchOverhead() : 0;
      devices[index] =
          new Device(
              firstSlot + index * stride + stride - 1,
              room * service.batching().instances(),
              sharing.speed(),
              service.device().parallelism(),
              overhead,
              service.device().kind() == DeviceKind.GPU);
    }
    return devices[index];
  }
}
