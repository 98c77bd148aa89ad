package io.kiss.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateStatefulSetStrategy;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Whether pods of an older template are being replaced. */
final class Rollouts {
  private static final String REVISION = "deployment.kubernetes.io/revision";

  private Rollouts() {}

  /**
   * Of a Deployment: its controller has not seen the newest specification yet, or a ReplicaSet
   * older than the newest still has pods. More replicas of the same template are no rollout.
   *
   * @param owned the Deployment's ReplicaSets
   */
  static boolean inProgress(Deployment deployment, List<ReplicaSet> owned) {
    DeploymentStatus status = deployment.getStatus();
    if (status == null
        || unseen(deployment.getMetadata().getGeneration(), status.getObservedGeneration())) {
      return true;
    }
    Optional<ReplicaSet> newest = owned.stream().max(Comparator.comparingLong(Rollouts::revision));
    boolean oldPods = owned.stream().anyMatch(set -> set != newest.orElseThrow() && pods(set) > 0);
    return oldPods || number(status.getReplicas()) > number(status.getUpdatedReplicas());
  }

  /** Of a StatefulSet; one that waits for pods to be deleted, or at its partition, is not. */
  static boolean inProgress(StatefulSet set) {
    StatefulSetStatus status = set.getStatus();
    if (status == null
        || unseen(set.getMetadata().getGeneration(), status.getObservedGeneration())) {
      return true;
    }
    boolean rolling =
        set.getSpec().getUpdateStrategy() == null
            || !"OnDelete".equals(set.getSpec().getUpdateStrategy().getType());
    boolean revisionsDiffer =
        !Objects.equals(status.getCurrentRevision(), status.getUpdateRevision());
    int partition =
        Optional.ofNullable(set.getSpec().getUpdateStrategy())
            .map(strategy -> strategy.getRollingUpdate())
            .map(RollingUpdateStatefulSetStrategy::getPartition)
            .orElse(0);
    int toUpdate = Math.max(0, number(status.getReplicas()) - partition);
    return rolling && revisionsDiffer && number(status.getUpdatedReplicas()) < toUpdate;
  }

  private static boolean unseen(Long generation, Long observed) {
    return generation != null && (observed == null || observed < generation);
  }

  private static long revision(ReplicaSet set) {
    String revision =
        set.getMetadata().getAnnotations() == null
            ? null
            : set.getMetadata().getAnnotations().get(REVISION);
    return revision == null || !revision.matches("\\d{1,18}") ? 0 : Long.parseLong(revision);
  }

  private static int pods(ReplicaSet set) {
    return set.getStatus() == null ? 0 : number(set.getStatus().getReplicas());
  }

  private static int number(Integer value) {
    return value == null ? 0 : value;
  }
}
