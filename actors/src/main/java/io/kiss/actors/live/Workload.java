package io.kiss.actors.live;

import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A scalable object as the cluster shows it.
 *
 * @param name of a Deployment; of another kind {@code plural.group:name}, as in {@code
 *     statefulsets.apps:web}. Unique in its namespace
 * @param desiredReplicas {@code spec.replicas}
 * @param resourceVersion to write back with, so that a change in between is noticed
 * @param pods the pods behind it
 * @param gpusPerReplica what one pod asks for; 0: none
 * @param annotations those whose key begins with {@code kiss.io/}
 * @param refusal why it must not be scaled, such as an HPA that targets it; empty: it may be
 * @param profile what is known of its service, limits and SLO included; empty: the cluster does not
 *     say
 */
public record Workload(
    String name,
    int desiredReplicas,
    String resourceVersion,
    Pods pods,
    int gpusPerReplica,
    Map<String, String> annotations,
    Optional<String> refusal,
    Optional<WorkloadSpec> profile) {

  public Workload {
    annotations = Map.copyOf(annotations);
  }

  /**
   * The pods of a workload.
   *
   * @param ready those that take requests
   * @param unschedulable those that no node has room for
   * @param rolloutInProgress whether pods of an older template are being replaced
   * @param pendingSinceSeconds when each pod that is not ready yet was created, on the cluster's
   *     {@link LiveClock}, oldest first; unschedulable ones included
   * @param names of all pods that may have series, those about to end included
   */
  public record Pods(
      int ready,
      int unschedulable,
      boolean rolloutInProgress,
      List<Double> pendingSinceSeconds,
      List<String> names) {

    public Pods {
      pendingSinceSeconds = List.copyOf(pendingSinceSeconds);
      names = List.copyOf(names);
    }
  }
}
