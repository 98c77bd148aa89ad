package io.kiss.kisim.request;

import io.kiss.kisim.serving.Routing;
import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;

/** The Service's endpoints, and which of them gets the next request. */
final class Router {
  private final Routing routing;
  private final UniformRandomProvider random;
  private Pod[] ready = new Pod[16];

  /** Requests sent to each of them and not answered; beside each other, since they are scanned. */
  private int[] outstanding = new int[16];

  private int count;
  private int turn;

  Router(Routing routing, UniformRandomProvider random) {
    this.routing = routing;
    this.random = random;
  }

  int count() {
    return count;
  }

  Pod get(int index) {
    return ready[index];
  }

  void add(Pod pod) {
    if (count == ready.length) {
      ready = Arrays.copyOf(ready, 2 * count);
      outstanding = Arrays.copyOf(outstanding, 2 * count);
    }
    pod.endpoint = count;
    outstanding[count] = pod.outstanding;
    ready[count++] = pod;
  }

  void remove(Pod pod) {
    int at = pod.endpoint;
    if (at < 0) {
      return;
    }
    pod.endpoint = -1;
    count--;
    for (int i = at; i < count; i++) {
      ready[i] = ready[i + 1];
      ready[i].endpoint = i;
      outstanding[i] = outstanding[i + 1];
    }
    ready[count] = null;
  }

  /** A pod has got {@code requests} more requests, or fewer where negative. */
  void changed(Pod pod, int requests) {
    pod.outstanding += requests;
    if (pod.endpoint >= 0) {
      outstanding[pod.endpoint] = pod.outstanding;
    }
  }

  /** The pod for the next request, null without a ready one. */
  Pod pick() {
    if (count <= 1) {
      return count == 0 ? null : ready[0];
    }
    return switch (routing) {
      case RANDOM -> ready[random.nextInt(count)];
      case ROUND_ROBIN -> ready[nextTurn()];
      case LEAST_OUTSTANDING -> leastOutstanding();
    };
  }

  private int nextTurn() {
    turn = turn + 1 < count ? turn + 1 : 0;
    return turn;
  }

  /**
   * The smallest of (outstanding, places after the turn), as one number each: a minimum needs no
   * branch, and which pod it is cannot be foreseen.
   */
  private Pod leastOutstanding() {
    int from = nextTurn();
    long least = Long.MAX_VALUE;
    for (int i = from; i < count; i++) {
      least = Math.min(least, ((long) outstanding[i] << 32) | (i - from));
    }
    int before = count - from;
    for (int i = 0; i < from; i++) {
      least = Math.min(least, ((long) outstanding[i] << 32) | (i + before));
    }
    int at = from + (int) least;
    return ready[at < count ? at : at - count];
  }
}
