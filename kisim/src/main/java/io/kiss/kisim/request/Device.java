package io.kiss.kisim.request;

import io.kiss.kisim.time.EventHeap;

/**
 * A device, or an isolated slice of one, and the batches on it.
 *
 * <p>A GPU works on the batches of one pod in the order in which they came: the kernels of a large
 * batch fill it, and streams of one process are served as launched. Pods share it by time slices,
 * equally. A CPU's cores are shared equally by all that runs.
 *
 * <p>Sharing is kept in virtual time, the work each active batch has received since the device was
 * last idle: a batch is done when it reaches the value set at its start, so that a batch that comes
 * or goes moves no other's figures.
 */
final class Device {
  /** Half a nanosecond: below the clock's resolution. */
  private static final double DONE = 0.5;

  final int slot;
  private final double speed;
  private final double parallelism;
  private final double switchOverhead;
  private final boolean inOrder;

  /** Batches here in the order in which they came. */
  private final Instance[] batches;

  private int count;

  /** Those of them that are worked on. */
  private int active;

  private int busyPods;
  private double virtual;
  private long updatedNanos;
  private long busyNanos;

  /** Pods here that serve or drain. */
  private int pods;

  /** ∫ pods here dt while a batch was on the device. */
  private long busyPodNanos;

  Device(
      int slot,
      int mostBatches,
      double speed,
      double parallelism,
      double switchOverhead,
      boolean inOrder) {
    this.slot = slot;
    this.inOrder = inOrder;
    this.speed = speed;
    this.parallelism = parallelism;
    this.switchOverhead = switchOverhead;
    batches = new Instance[mostBatches];
  }

  /** Time a batch was on the device until {@code now}. */
  long busyNanos(long now) {
    return count > 0 ? busyNanos + now - updatedNanos : busyNanos;
  }

  /** The same, each moment times the pods that served or drained here. */
  long busyPodNanos(long now) {
    return count > 0 ? busyPodNanos + pods * (now - updatedNanos) : busyPodNanos;
  }

  /** A pod serves here from now on; returns how many do. */
  int addPod(long now) {
    advance(now);
    return ++pods;
  }

  /** A pod serves here no longer; returns how many do. */
  int removePod(long now) {
    advance(now);
    return --pods;
  }

  void enter(Instance instance, long now) {
    advance(now);
    batches[count++] = instance;
    instance.onDevice = true;
    int others = instance.pod.onDevice++;
    if (others == 0) {
      busyPods++;
    }
    if (others == 0 || !inOrder) {
      activate(instance);
    }
  }

  private void activate(Instance instance) {
    instance.active = true;
    instance.finishVirtual = virtual + instance.work;
    active++;
  }

  /** Takes out the batch that is done, null when there is none (any more). */
  Instance takeDone(long now) {
    advance(now);
    int first = first();
    if (first < 0 || batches[first].finishVirtual > virtual + DONE) {
      return null;
    }
    return removeAt(first);
  }

  void abandon(Instance instance, long now) {
    advance(now);
    for (int i = 0; i < count; i++) {
      if (batches[i] == instance) {
        removeAt(i);
        return;
      }
    }
  }

  /** When the next batch will be done if none comes or goes. */
  long nextDoneNanos() {
    int first = first();
    if (first < 0) {
      return EventHeap.NEVER;
    }
    double wait = (batches[first].finishVirtual - virtual) / rate();
    return updatedNanos + Math.max(0, (long) Math.ceil(wait - 1e-6));
  }

  private Instance removeAt(int index) {
    Instance instance = batches[index];
    System.arraycopy(batches, index + 1, batches, index, --count - index);
    batches[count] = null;
    instance.onDevice = false;
    if (instance.active) {
      instance.active = false;
      active--;
    }
    if (--instance.pod.onDevice == 0) {
      busyPods--;
    }
    if (count == 0) {
      virtual = 0;
    } else if (inOrder) {
      activateNextOf(instance.pod);
    }
    return instance;
  }

  private void activateNextOf(Pod pod) {
    for (int i = 0; i < count; i++) {
      if (batches[i].pod == pod) {
        if (!batches[i].active) {
          activate(batches[i]);
        }
        return;
      }
    }
  }

  /** Of the active batches that which is done first; of two done together the earlier one. */
  private int first() {
    if (count == 1) {
      return 0;
    }
    int first = -1;
    for (int i = 0; i < count; i++) {
      if (batches[i].active
          && (first < 0 || batches[i].finishVirtual < batches[first].finishVirtual)) {
        first = i;
      }
    }
    return first;
  }

  private void advance(long now) {
    if (count > 0) {
      virtual += rate() * (now - updatedNanos);
      busyNanos += now - updatedNanos;
      busyPodNanos += pods * (now - updatedNanos);
    }
    updatedNanos = now;
  }

  /** Speed at which each batch is worked on. */
  private double rate() {
    double rate = speed;
    if (active > parallelism) {
      rate *= parallelism / active;
    }
    return busyPods > 1 ? rate * (1 - switchOverhead) : rate;
  }
}
