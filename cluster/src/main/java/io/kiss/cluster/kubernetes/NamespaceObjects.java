package io.kiss.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v1.Scale;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kiss.actors.live.Workload;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The objects of a namespace at one moment, read as workloads. */
final class NamespaceObjects {
  private static final String OURS = "kiss.io/";
  private static final String OPT_OUT = OURS + "scale";

  private final List<Rival> rivals;
  private final Map<String, List<ReplicaSet>> replicaSetsByOwner;
  private final Map<String, List<Pod>> podsByOwner;
  private final long skewMillis;

  NamespaceObjects(
      List<ReplicaSet> replicaSets, List<Pod> pods, List<Rival> rivals, long skewMillis) {
    this.rivals = rivals;
    this.skewMillis = skewMillis;
    replicaSetsByOwner = byController(replicaSets);
    podsByOwner = byController(pods);
  }

  private static <T extends HasMetadata> Map<String, List<T>> byController(List<T> objects) {
    Function<T, String> controller =
        object ->
            object.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .map(OwnerReference::getUid)
                .findFirst()
                .orElse("");
    return objects.stream().collect(Collectors.groupingBy(controller));
  }

  Workload deployment(Deployment deployment) {
    List<ReplicaSet> sets = replicaSetsByOwner.getOrDefault(uid(deployment), List.of());
    List<Pod> pods = sets.stream().flatMap(set -> podsOf(uid(set)).stream()).toList();
    Optional<String> paused =
        Boolean.TRUE.equals(deployment.getSpec().getPaused())
            ? Optional.of("it is paused (spec.paused); it is scaled once it is resumed")
            : Optional.empty();
    return workload(
        WorkloadKind.DEPLOYMENT,
        deployment,
        deployment.getMetadata().getResourceVersion(),
        replicas(deployment.getSpec().getReplicas()),
        PodStates.of(pods, Rollouts.inProgress(deployment, sets), skewMillis),
        PodTemplates.gpus(deployment.getSpec().getTemplate().getSpec()),
        paused);
  }

  Workload statefulSet(StatefulSet set) {
    return workload(
        WorkloadKind.STATEFUL_SET,
        set,
        set.getMetadata().getResourceVersion(),
        replicas(set.getSpec().getReplicas()),
        PodStates.of(podsOf(uid(set)), Rollouts.inProgress(set), skewMillis),
        PodTemplates.gpus(set.getSpec().getTemplate().getSpec()),
        Optional.empty());
  }

  /**
   * Reads an object whose kind is known by its scale subresource alone: replicas, version and pods
   * are what that says, GPUs come from {@code spec.template} or else from one of its pods.
   *
   * @param pods those that the scale's selector selects
   */
  Workload other(WorkloadKind kind, GenericKubernetesResource object, Scale scale, List<Pod> pods) {
    Number observed = object.get("status", "observedGeneration");
    Long generation = object.getMetadata().getGeneration();
    boolean rolling = observed != null && generation != null && observed.longValue() < generation;
    return workload(
        kind,
        object,
        scale.getMetadata().getResourceVersion(),
        Optional.ofNullable(scale.getSpec().getReplicas()).orElse(0),
        PodStates.of(pods, rolling, skewMillis),
        template(object, pods).map(PodTemplates::gpus).orElse(0),
        Optional.empty());
  }

  private static Optional<PodSpec> template(GenericKubernetesResource object, List<Pod> pods) {
    Object template = object.get("spec", "template", "spec");
    return template instanceof Map
        ? Optional.of(Serialization.unmarshal(Serialization.asJson(template), PodSpec.class))
        : pods.stream().findFirst().map(Pod::getSpec);
  }

  private Workload workload(
      WorkloadKind kind,
      HasMetadata object,
      String resourceVersion,
      int replicas,
      Workload.Pods pods,
      int gpus,
      Optional<String> special) {
    return new Workload(
        kind.workloadName(object.getMetadata().getName()),
        replicas,
        resourceVersion,
        pods,
        gpus,
        ourAnnotations(object),
        refusal(kind, object, replicas).or(() -> special),
        Optional.empty());
  }

  private Optional<String> refusal(WorkloadKind kind, HasMetadata object, int replicas) {
    if (object.getMetadata().getDeletionTimestamp() != null) {
      return Optional.of("it is being deleted");
    }
    if ("false".equals(ourAnnotations(object).get(OPT_OUT))) {
      return Optional.of("its annotation kiss.io/scale: \"false\" opts it out");
    }
    Optional<String> rival =
        rivals.stream()
            .filter(claim -> claim.claims(kind, object.getMetadata().getName()))
            .findFirst()
            .map(Rival::refusal);
    if (rival.isEmpty() && replicas == 0) {
      return Optional.of(
          "it has 0 replicas, and scaling from zero needs an activation source; set at least 1");
    }
    return rival;
  }

  private static Map<String, String> ourAnnotations(HasMetadata object) {
    Map<String, String> ours = new TreeMap<>(object.getMetadata().getAnnotations());
    ours.keySet().removeIf(key -> !key.startsWith(OURS));
    return ours;
  }

  private List<Pod> podsOf(String uid) {
    return podsByOwner.getOrDefault(uid, List.of());
  }

  private static String uid(HasMetadata object) {
    return object.getMetadata().getUid();
  }

  /** A specification without replicas means one. */
  private static int replicas(Integer replicas) {
    return replicas == null ? 1 : replicas;
  }
}
