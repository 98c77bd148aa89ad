package io.kiss.kisim.request;

import io.kiss.kisim.serving.Routing;
import org.apache.commons.rng.UniformRandomProvider;

/** The Service's endpoints, and which of them gets the next request. */
final class Router {
  private final Routing routing;
  private final UniformRandomProvider random;
  private Pod[] ready = new Pod[16];
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
      ready = java.util.Arrays.copyOf(ready, 2 * count);
    }
    ready[count++] = pod;
  }

  void remove(Pod pod) {
    for (int i = 0; i < count; i++) {
      if (ready[i] == pod) {
        System.arraycopy(ready, i + 1, ready, i, --count - i);
        ready[count] = null;
        return;
      }
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

  private Pod leastOutstanding() {
    int at = nextTurn();
    Pod least = ready[at];
    for (int i = 1; i < count; i++) {
      at = at + 1 < count ? at + 1 : 0;
      if (ready[at].outstanding < least.outstanding) {
        least = ready[at];
      }
    }
    return least;
  }
}
