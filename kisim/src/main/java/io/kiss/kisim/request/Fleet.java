package io.kiss.kisim.request;

import io.kiss.kisim.gpu.DeviceKind;
import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.time.DelaySampler;
import io.kiss.kisim.time.EventHeap;
import io.kiss.kisim.time.ExactSum;
import io.kiss.kisim.time.Nanos;
import java.math.BigInteger;
import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;

/** The pods of a Deployment, the devices they are on, and what both add up to. */
public final class Fleet {
  private static final int POD_SLOTS = 3;

  private final ServiceModel service;
  private final EventHeap events;
  private final Router router;
  private final DelaySampler containerStart;
  private final DelaySampler modelLoad;
  private final int stride;
  private final int unitsPerPod;
  private Pod[] pods = new Pod[0];
  private Device[] devices = new Device[0];

  /** Pods pending or ready, oldest first. */
  private Pod[] alive = new Pod[16];

  private RequestObserver observer;
  private int aliveCount;
  private int terminating;
  private int servingDevices;
  private long allocatedUnits;
  private long settledNanos;
  private final ExactSum unitNanos = new ExactSum();
  private final ExactSum servingNanos = new ExactSum();

  Fleet(ServiceModel service, EventHeap events, Router router, UniformRandomProvider random) {
    this.service = service;
    this.events = events;
    this.router = router;
    containerStart = new DelaySampler(service.startUp().containerStart(), random);
    modelLoad = new DelaySampler(service.startUp().modelLoad(), random);
    // A pod's own slots, its instances', and that of the device with the same index.
    stride = POD_SLOTS + service.batching().instances() + 1;
    unitsPerPod = service.sharing().unitsPerPod();
  }

  /** Pods that serve. */
  public int readyCount() {
    return router.count();
  }

  /** Pods asked for that do not serve yet. */
  public int pendingCount() {
    return aliveCount - router.count();
  }

  /** Pods that finish what they have. */
  public int terminatingCount() {
    return terminating;
  }

  /** Pods pending or ready. */
  public int alive() {
    return aliveCount;
  }

  /** When the pending pod at {@code index} was asked for, oldest first, nanoseconds. */
  public long pendingSinceNanos(int index) {
    int seen = 0;
    for (int i = 0; i < aliveCount; i++) {
      if (alive[i].state == Pod.State.PENDING && seen++ == index) {
        return alive[i].createdNanos;
      }
    }
    throw new IndexOutOfBoundsException("pending pod " + index + " of " + pendingCount());
  }

  /** Units ({@link DeviceSharing#UNITS}ths of a device) allocated now. */
  public long allocatedUnits() {
    return allocatedUnits;
  }

  /** ∫ allocated units dt until {@code now}, unit-nanoseconds. */
  public ExactSum allocatedUnitNanos(long now) {
    settle(now);
    return unitNanos;
  }

  /** ∫ allocated devices dt until {@code now}, device-seconds. */
  public double allocatedDeviceSeconds(long now) {
    return allocatedUnitNanos(now).doubleValue() * 1e-9 / DeviceSharing.UNITS;
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

  void observe(RequestObserver observer) {
    this.observer = observer;
  }

  Pod ready(int index) {
    return router.get(index);
  }

  /** The pod to end first: pending before ready, younger before older. */
  Pod youngest() {
    for (int i = aliveCount - 1; i >= 0; i--) {
      if (alive[i].state == Pod.State.PENDING) {
        return alive[i];
      }
    }
    return alive[aliveCount - 1];
  }

  void create(long now) {
    create(now, drawStartUp());
  }

  void createReady(long now) {
    create(now, 0);
  }

  private void create(long now, long startUp) {
    Pod pod = freePod();
    Device device = freeDevice();
    settle(now);
    device.pods++;
    allocatedUnits += unitsPerPod;
    pod.begin(now, device);
    if (observer != null) {
      observer.podCreated(pod.index, now);
    }
    if (aliveCount == alive.length) {
      alive = Arrays.copyOf(alive, 2 * aliveCount);
    }
    alive[aliveCount++] = pod;
    if (startUp == 0) {
      becomeReady(pod, now);
    } else {
      events.schedule(pod.lifecycleSlot, now + startUp);
    }
  }

  void becomeReady(Pod pod, long now) {
    settle(now);
    pod.state = Pod.State.READY;
    if (pod.device.servingPods++ == 0) {
      servingDevices++;
    }
    router.add(pod);
  }

  /** Takes a ready pod out of the Service; it has its grace period to finish. */
  void drain(Pod pod, long now) {
    router.remove(pod);
    forget(pod);
    pod.state = Pod.State.TERMINATING;
    terminating++;
    events.schedule(pod.lifecycleSlot, now + Nanos.of(service.startUp().graceSeconds()));
  }

  /** The pod is gone and gives back its share of the device. */
  void remove(Pod pod, long now) {
    settle(now);
    if (pod.state == Pod.State.TERMINATING) {
      terminating--;
    } else {
      router.remove(pod);
      forget(pod);
    }
    if (pod.state != Pod.State.PENDING && --pod.device.servingPods == 0) {
      servingDevices--;
    }
    pod.state = Pod.State.GONE;
    if (observer != null) {
      observer.podGone(pod.index, now);
    }
    pod.device.pods--;
    allocatedUnits -= unitsPerPod;
    for (int slot = pod.lifecycleSlot; slot <= lastSlot(pod); slot++) {
      events.schedule(slot, EventHeap.NEVER);
    }
  }

  Pod podOf(int slot) {
    return pods[slot / stride];
  }

  Instance instanceOf(int slot) {
    return pods[slot / stride].instances[slot % stride - POD_SLOTS];
  }

  /** The device whose slot this is, null for a pod's. */
  Device deviceOf(int slot) {
    return slot % stride == stride - 1 ? devices[slot / stride] : null;
  }

  long queued() {
    long queued = 0;
    for (Pod pod : pods) {
      queued += pod.queued();
    }
    return queued;
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

  private int lastSlot(Pod pod) {
    return pod.timeoutSlot + pod.instances.length;
  }

  private void settle(long now) {
    unitNanos.addProduct(allocatedUnits, now - settledNanos);
    servingNanos.addProduct(servingDevices, now - settledNanos);
    settledNanos = now;
  }

  private void forget(Pod pod) {
    for (int i = 0; i < aliveCount; i++) {
      if (alive[i] == pod) {
        System.arraycopy(alive, i + 1, alive, i, --aliveCount - i);
        alive[aliveCount] = null;
        return;
      }
    }
  }

  private Pod freePod() {
    for (Pod pod : pods) {
      if (pod.state == Pod.State.GONE) {
        return pod;
      }
    }
    int index = pods.length;
    events.ensureSlots((index + 1) * stride);
    pods = Arrays.copyOf(pods, index + 1);
    pods[index] = new Pod(index, index * stride, service.batching());
    devices = Arrays.copyOf(devices, index + 1);
    return pods[index];
  }

  /** The fullest device that has room, so that few are used; else a new one. */
  private Device freeDevice() {
    DeviceSharing sharing = service.sharing();
    int room = sharing.contended() ? sharing.podsPerDevice() : 1;
    Device best = null;
    int empty = -1;
    for (int i = 0; i < devices.length; i++) {
      Device device = devices[i];
      if (device == null) {
        empty = empty < 0 ? i : empty;
      } else if (device.pods < room && (best == null || device.pods > best.pods)) {
        best = device;
      }
    }
    if (best == null) {
      double overhead =
          sharing instanceof DeviceSharing.TimeSliced sliced ? sliced.switchOverhead() : 0;
      best =
          new Device(
              empty * stride + stride - 1,
              room * service.batching().instances(),
              sharing.speed(),
              service.device().parallelism(),
              overhead,
              service.device().kind() == DeviceKind.GPU);
      devices[empty] = best;
    }
    return best;
  }

  private long drawStartUp() {
    double loaded = modelLoad.seconds();
    double seconds = containerStart.seconds() + service.startUp().readiness().readyAfter(loaded);
    return seconds == 0 ? 0 : Math.max(1, Nanos.of(seconds));
  }
}
