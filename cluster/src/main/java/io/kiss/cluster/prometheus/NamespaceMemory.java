package io.kiss.cluster.prometheus;

import io.kiss.actors.live.MetricsPort.Target;
import io.kiss.actors.live.Workload;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * What was seen of a namespace before: whose pods ended lately, since what they counted inside the
 * window is their workload's still; and how many pods have been ready for long, since those must
 * have series.
 */
final class NamespaceMemory {
  private final double podsSeconds;
  private final double readySeconds;
  private final Map<String, Owner> pods = new HashMap<>();
  private final Map<String, Deque<Ready>> ready = new HashMap<>();
  private double updatedSeconds;

  private record Owner(String workload, double seenSeconds) {}

  private record Ready(int pods, double seenSeconds) {}

  /**
   * Knows nothing yet.
   *
   * @param podsSeconds how long a pod's series may be seen after it ended
   * @param readySeconds how long a pod that becomes ready may take to have a rate
   */
  NamespaceMemory(double podsSeconds, double readySeconds) {
    this.podsSeconds = podsSeconds;
    this.readySeconds = readySeconds;
  }

  /**
   * Takes in what the Kubernetes API shows now.
   *
   * @param nowSeconds of a clock that never jumps
   */
  synchronized void see(Iterable<Target> targets, double nowSeconds) {
    updatedSeconds = nowSeconds;
    for (Target target : targets) {
      Workload workload = target.workload();
      for (String pod : workload.pods().names()) {
        pods.put(pod, new Owner(workload.name(), nowSeconds));
      }
      ready
          .computeIfAbsent(workload.name(), name -> new ArrayDeque<>())
          .addLast(new Ready(workload.pods().ready(), nowSeconds));
    }
    pods.values().removeIf(owner -> owner.seenSeconds < nowSeconds - podsSeconds);
    ready
        .values()
        .removeIf(
            seen -> {
              while (!seen.isEmpty() && seen.getFirst().seenSeconds < nowSeconds - readySeconds) {
                seen.removeFirst();
              }
              return seen.isEmpty();
            });
  }

  /** Workload by pod, of those there are and of those that ended lately. */
  synchronized Map<String, String> owners() {
    Map<String, String> owners = new HashMap<>(2 * pods.size());
    pods.forEach((pod, owner) -> owners.put(pod, owner.workload));
    return owners;
  }

  /** Fewest pods of a workload that were ready at a time of late. */
  synchronized int leastReady(String workload) {
    return ready.getOrDefault(workload, new ArrayDeque<>()).stream()
        .mapToInt(Ready::pods)
        .min()
        .orElse(0);
  }

  /** Whether nobody has asked for long enough to forget it all. */
  synchronized boolean isForgotten(double nowSeconds) {
    return updatedSeconds < nowSeconds - Math.max(podsSeconds, readySeconds);
  }
}
