package io.kiss.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.autoscaling.v1.Scale;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kiss.actors.live.Workload;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads the scale subresource of kinds that say only there how many replicas they have, and which
 * pods. It is asked again when the object has changed.
 */
final class ScaleReader {
  private final ApiServer server;
  private final String namespace;
  private final Map<String, Scale> known = new ConcurrentHashMap<>();

  ScaleReader(ApiServer server, String namespace) {
    this.server = server;
    this.namespace = namespace;
  }

  /** The object as a workload; empty where it has just been deleted. */
  CompletionStage<Optional<Workload>> read(
      WorkloadKind kind, GenericKubernetesResource object, List<Pod> pods, NamespaceObjects all) {
    String key = kind.resource() + ":" + object.getMetadata().getName();
    Scale before = known.get(key);
    String version = object.getMetadata().getResourceVersion();
    CompletionStage<Optional<Scale>> scale =
        before != null && version.equals(before.getMetadata().getResourceVersion())
            ? CompletableFuture.completedStage(Optional.of(before))
            : ask(kind, object.getMetadata().getName());
    return scale.thenApply(
        found -> {
          if (found.isEmpty()) {
            known.remove(key);
            return Optional.empty();
          }
          known.put(key, found.get());
          return Optional.of(all.other(kind, object, found.get(), selected(found.get(), pods)));
        });
  }

  private CompletionStage<Optional<Scale>> ask(WorkloadKind kind, String name) {
    String path = kind.scalePath(namespace, name);
    return server.ask(
        "reading the scale of %s in namespace %s".formatted(kind.workloadName(name), namespace),
        client ->
            Optional.ofNullable(client.raw(path))
                .map(json -> Serialization.unmarshal(json, Scale.class)));
  }

  /** None where the scale has no selector: its kind does not tell which pods are its own. */
  private static List<Pod> selected(Scale scale, List<Pod> pods) {
    String selector = scale.getStatus() == null ? null : scale.getStatus().getSelector();
    return selector == null || selector.isBlank()
        ? List.of()
        : pods.stream().filter(pod -> matches(selector, pod)).toList();
  }

  /** Selectors of scale subresources are serialized from label sets: {@code key=value,…}. */
  private static boolean matches(String selector, Pod pod) {
    Map<String, String> labels = pod.getMetadata().getLabels();
    return Arrays.stream(selector.split(","))
        .map(term -> term.split("=", 2))
        .allMatch(
            sides -> sides.length == 2 && sides[1].strip().equals(labels.get(sides[0].strip())));
  }
}
