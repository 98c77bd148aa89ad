package io.kiss.kisim.autoscale.opponents;

import java.util.ArrayDeque;

/** When pods became ready, as far as the ready count shows it from tick to tick. */
final class ReadinessLog {
  private static final double KEPT_SECONDS = 600;

  private record Arrival(double timeSeconds, int pods) {}

  private final ArrayDeque<Arrival> arrivals = new ArrayDeque<>();
  private int ready = -1;

  void tick(double now, int readyNow) {
    if (ready >= 0 && readyNow > ready) {
      arrivals.addLast(new Arrival(now, readyNow - ready));
    }
    ready = readyNow;
    while (!arrivals.isEmpty() && arrivals.getFirst().timeSeconds() < now - KEPT_SECONDS) {
      arrivals.removeFirst();
    }
  }

  /** Ready pods that were seen to become so after {@code time}. */
  int readySince(double time) {
    int pods = 0;
    for (Arrival arrival : arrivals) {
      if (arrival.timeSeconds() > time) {
        pods += arrival.pods();
      }
    }
    return Math.min(pods, ready);
  }
}
