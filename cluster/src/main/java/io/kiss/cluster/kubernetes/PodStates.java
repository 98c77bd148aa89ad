package io.kiss.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.kiss.actors.live.Workload;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads pods: which take requests, which wait, and for what. */
final class PodStates {
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

  private PodStates() {}

  /**
   * Counts the pods of one workload.
   *
   * @param skewMillis by which this machine's clock is ahead of the server's, whose times the pods
   *     carry
   */
  static Workload.Pods of(List<Pod> pods, boolean rolloutInProgress, long skewMillis) {
    int ready = 0;
    int unschedulable = 0;
    List<Double> pendingSince = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Pod pod : pods) {
      if (hasEnded(pod)) {
        continue;
      }
      names.add(pod.getMetadata().getName());
      if (isTerminating(pod)) {
        continue;
      }
      if (is(pod, "Ready")) {
        ready++;
      } else {
        pendingSince.add(createdSeconds(pod) + skewMillis / 1000.0);
        unschedulable += isUnschedulable(pod) ? 1 : 0;
      }
    }
    pendingSince.sort(null);
    names.sort(null);
    return new Workload.Pods(ready, unschedulable, rolloutInProgress, pendingSince, names);
  }

  private static boolean hasEnded(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getPhase() != null
        && ENDED.contains(pod.getStatus().getPhase());
  }

  private static boolean isTerminating(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() != null;
  }

  private static boolean is(Pod pod, String condition) {
    return condition(pod, condition).map(c -> c.getStatus().equals("True")).orElse(false);
  }

  private static boolean isUnschedulable(Pod pod) {
    return condition(pod, "PodScheduled")
        .map(c -> c.getStatus().equals("False") && "Unschedulable".equals(c.getReason()))
        .orElse(false);
  }

  private static Optional<PodCondition> condition(Pod pod, String type) {
    return pod.getStatus() == null || pod.getStatus().getConditions() == null
        ? Optional.empty()
        : pod.getStatus().getConditions().stream()
            .filter(condition -> type.equals(condition.getType()))
            .findFirst();
  }

  private static double createdSeconds(Pod pod) {
    String created = pod.getMetadata().getCreationTimestamp();
    try {
      return Instant.parse(created).toEpochMilli() / 1000.0;
    } catch (DateTimeParseException e) {
      throw new ApiFailure(
          "pod %s was created at '%s', which is no time"
              .formatted(pod.getMetadata().getName(), created));
    }
  }
}
