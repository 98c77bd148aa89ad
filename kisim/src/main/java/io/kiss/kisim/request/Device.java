package io.kiss.kisim.request;

import io.kiss.kisim.time.EventHeap;

/**
 * A device, or an isolated slice of one, that batches share equally.
 *
 * <p>Sharing is kept in virtual time, the work each batch has received since the device was last
 * idle: a batch is done when it reaches the value set at its start, so that a batch that comes or
 * goes moves no other's figures.
 */
final class Device {
  /** Half a nanosecond: below the clock's resolution. */
  private static final double DONE = 0.5;

  final int slot;
  private final double speed;
  private final double parallelism;
  private final double switchOverhead;
  private final Instance[] running;
  private int count;
  private int busyPods;
  private double virtual;
  private long updatedNanos;
  private long busyNanos;

  /** Pods placed here. */
  int pods;

  /** Pods placed here that serve or drain. */
  int servingPods;

  Device(int slot, int mostBatches, double speed, double parallelism, double switchOverhead) {
    this.slot = slot;
    this.speed = speed;
    this.parallelism = parallelism;
    this.switchOverhead = switchOverhead;
    running = new Instance[mostBatches];
  }

  /** Time a batch was on the device until {@code now}. */
  long busyNanos(long now) {
    return count > 0 ? busyNanos + now - updatedNanos : busyNanos;
  }

  void enter(Instance instance, long now) {
    advance(now);
    running[count++] = instance;
    instance.finishVirtual = virtual + instance.work;
    instance.onDevice = true;
    if (instance.pod.onDevice++ == 0) {
      busyPods++;
    }
  }

  /** Takes out the batch that is done, null when there is none (any more). */
  Instance takeDone(long now) {
    advance(now);
    int first = first();
    if (first < 0 || running[first].finishVirtual > virtual + DONE) {
      return null;
    }
    return removeAt(first);
  }

  void abandon(Instance instance, long now) {
    advance(now);
    for (int i = 0; i < count; i++) {
      if (running[i] == instance) {
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
    double wait = (running[first].finishVirtual - virtual) / rate();
    return updatedNanos + Math.max(0, (long) Math.ceil(wait - 1e-6));
  }

  private Instance removeAt(int index) {
    Instance instance = running[index];
    // Order is kept: of two batches done together the one that came first leaves first.
    System.arraycopy(running, index + 1, running, index, --count - index);
    running[count] = null;
    instance.onDevice = false;
    if (--instance.pod.onDevice == 0) {
      busyPods--;
    }
    if (count == 0) {
      virtual = 0;
    }
    return instance;
  }

  private int first() {
    int first = -1;
    for (int i = 0; i < count; i++) {
      if (first < 0 || running[i].finishVirtual < running[first].finishVirtual) {
        first = i;
      }
    }
    return first;
  }

  private void advance(long now) {
    if (count > 0) {
      virtual += rate() * (now - updatedNanos);
      busyNanos += now - updatedNanos;
    }
    updatedNanos = now;
  }

  /** Speed at which each batch is worked on. */
  private double rate() {
    double rate = speed;
    if (count > parallelism) {
      rate *= parallelism / count;
    }
    return busyPods > 1 ? rate * (1 - switchOverhead) : rate;
  }
}
