package io.kiss.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Optional;

/**
 * Another autoscaler's claim to a workload.
 *
 * @param what such as {@code HorizontalPodAutoscaler}
 * @param name of that object
 * @param kind of the target
 * @param target its name
 */
record Rival(String what, String name, String kind, String target) {

  /** Reads {@code spec.scaleTargetRef}, which HPAs of all versions and ScaledObjects share. */
  static Optional<Rival> of(GenericKubernetesResource object) {
    String target = object.get("spec", "scaleTargetRef", "name");
    String kind = object.get("spec", "scaleTargetRef", "kind");
    // KEDA takes a target without a kind for a Deployment.
    return target == null
        ? Optional.empty()
        : Optional.of(
            new Rival(
                object.getKind(),
                object.getMetadata().getName(),
                kind == null ? "Deployment" : kind,
                target));
  }

  /** API groups are not compared: old HPAs call the same Deployment one of {@code extensions}. */
  boolean claims(WorkloadKind targetKind, String targetName) {
    return target.equals(targetName) && kind.equals(targetKind.kind());
  }

  String refusal() {
    return "%s '%s' scales it already; delete that first".formatted(what, name);
  }
}
