package io.kiss.cluster.prometheus;

import io.kiss.actors.live.MetricsPort.Target;
import io.kiss.actors.live.Workload;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What was seen of a namespace before: whose pods ended lately, since what they counted inside the
 * window is their workload's still; how many pods have been ready for long, since those must have
 * series; and where samples were missing.
 */
final class NamespaceMemory {
  private final double podsSeconds;
  private final double readySeconds;
  private final Map<String, Owner> pods = new HashMap<>();
  private final Map<String, Deque<Ready>> ready = new HashMap<>();
  private final Coverage coverage;
  private double updatedSeconds;

  private record Owner(String workload, double seenSeconds) {}

  private record Ready(int pods, double seenSeconds) {}

  /**
   * Knows nothing yet.
   *
   * @param windowSeconds of rates
   * @param lookBackSeconds after its last sample in which Prometheus still shows a series
   */
  NamespaceMemory(double windowSeconds, double lookBackSeconds) {
    podsSeconds = windowSeconds + lookBackSeconds;
    // A pod that becomes ready may take that long to have a rate.
    readySeconds = 2 * windowSeconds;
    coverage = new Coverage(windowSeconds);
  }

  /**
   * Takes in what the Kubernetes API shows now.
   *
   * @param nowSeconds of a clock that never jumps
   */
  synchronized void see(Iterable<Target> targets, double nowSeconds) {
    updatedSeconds = nowSeconds;
    Set<String> names = new HashSet<>();
    for (Target target : targets) {
      Workload workload = target.workload();
      names.add(workload.name());
      for (String pod : workload.pods().names()) {
        pods.put(pod, new Owner(workload.name(), nowSeconds));
      }
      ready
          .computeIfAbsent(workload.name(), name -> new ArrayDeque<>())
          .addLast(new Ready(workload.pods().ready(), nowSeconds));
    }
    coverage.keep(names);
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

  Coverage coverage() {
    return coverage;
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
