package io.kiss.kisim.autoscale.shadow;

import io.kiss.kisim.telemetry.Telemetry;
import java.util.Arrays;

/**
 * Pods that were asked for in thought only: each is ready a start-up time after it was asked for,
 * and one too many goes at once, the youngest first, as a ReplicaSet does it.
 */
final class ImaginedPods {
  /** When each was asked for, oldest first; those that were ready at the start long ago. */
  private double[] askedAt = new double[16];

  private int desired;

  /** Starts with what is seen: ready pods, and pending ones of their age. */
  void begin(Telemetry seen) {
    desired = 0;
    int ready = Math.min(seen.readyReplicas(), seen.desiredReplicas());
    ask(Double.NEGATIVE_INFINITY, ready);
    for (int i = 0; desired < seen.desiredReplicas(); i++) {
      double age = i < seen.pendingReplicas() ? seen.pendingAgeSeconds(i) : 0;
      ask(seen.timeSeconds() - Math.max(0, age), desired + 1);
    }
  }

  /** From {@code time} on there are to be so many. */
  void ask(double time, int replicas) {
    if (replicas > askedAt.length) {
      askedAt = Arrays.copyOf(askedAt, Math.max(replicas, 2 * askedAt.length));
    }
    // Clocks may be set back; the order stays.
    double at = desired == 0 ? time : Math.max(time, askedAt[desired - 1]);
    for (int i = desired; i < replicas; i++) {
      askedAt[i] = at;
    }
    desired = Math.max(0, replicas);
  }

  int desired() {
    return desired;
  }

  /** How many serve at that time. */
  int ready(double time, double startupSeconds) {
    int ready = desired;
    while (ready > 0 && askedAt[ready - 1] + startupSeconds > time) {
      ready--;
    }
    return ready;
  }

  /** Age of one of the youngest pods, seconds; of one that was there from the start, a start-up. */
  double age(int pod, double time, double startupSeconds) {
    double age = time - askedAt[pod];
    return Double.isInfinite(age) ? startupSeconds : Math.max(0, age);
  }
}
