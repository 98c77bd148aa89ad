package io.kiss.cluster.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an API server serves of what matters here.
 *
 * @param workloads of the kinds to scale, those it has
 * @param rivals kinds of autoscalers: HPAs, and KEDA's ScaledObjects where KEDA is installed
 */
record ServedKinds(List<WorkloadKind> workloads, List<WorkloadKind> rivals) {
  private static final List<WorkloadKind> BUILT_IN =
      List.of(WorkloadKind.DEPLOYMENT, WorkloadKind.STATEFUL_SET);
  private static final String HPA = "HorizontalPodAutoscaler";
  private static final String HPAS = "horizontalpodautoscalers";

  /** Asks the server; blocks. */
  static ServedKinds ask(KubernetesClient client, List<String> wanted) {
    List<WorkloadKind> workloads = new ArrayList<>();
    for (String resource : wanted) {
      builtIn(resource).or(() -> scalable(client, resource)).ifPresent(workloads::add);
    }
    List<WorkloadKind> rivals = new ArrayList<>();
    String hpaVersion =
        has(resources(client, "/apis/autoscaling/v2"), HPAS).isPresent() ? "v2" : "v1";
    rivals.add(new WorkloadKind("autoscaling", hpaVersion, HPAS, HPA));
    newest(client, "keda.sh", "scaledobjects").ifPresent(rivals::add);
    return new ServedKinds(List.copyOf(workloads), List.copyOf(rivals));
  }

  /** The kind of a name as the port has it, and the object's own name. */
  static Optional<WorkloadKind> builtIn(String resource) {
    return BUILT_IN.stream().filter(kind -> kind.resource().equals(resource)).findFirst();
  }

  /** A kind that has a scale subresource; empty where the server has no such kind. */
  static Optional<WorkloadKind> scalable(KubernetesClient client, String resource) {
    int dot = resource.indexOf('.');
    String plural = dot < 0 ? resource : resource.substring(0, dot);
    String group = dot < 0 ? "" : resource.substring(dot + 1);
    Optional<WorkloadKind> kind = newest(client, group, plural);
    kind.ifPresent(
        found -> {
          if (has(resources(client, path(found)), plural + "/scale").isEmpty()) {
            throw new ApiFailure(
                "%s have no scale subresource; take them out of kiss.kubernetes.kinds"
                    .formatted(resource));
          }
        });
    return kind;
  }

  private static Optional<WorkloadKind> newest(
      KubernetesClient client, String group, String plural) {
    String version =
        group.isEmpty()
            ? "v1"
            : json(client, "/apis/" + group).at("/preferredVersion/version").asText();
    if (version.isEmpty()) {
      return Optional.empty();
    }
    WorkloadKind unnamed = new WorkloadKind(group, version, plural, "");
    return has(resources(client, path(unnamed)), plural)
        .map(kind -> new WorkloadKind(group, version, plural, kind));
  }

  private static String path(WorkloadKind kind) {
    return (kind.group().isEmpty() ? "/api/" : "/apis/") + kind.apiVersion();
  }

  private static JsonNode resources(KubernetesClient client, String path) {
    return json(client, path).path("resources");
  }

  private static Optional<String> has(JsonNode resources, String name) {
    for (JsonNode resource : resources) {
      if (resource.path("name").asText().equals(name)) {
        return Optional.of(resource.path("kind").asText());
      }
    }
    return Optional.empty();
  }

  /** Nothing at all where the server answers 404. */
  private static JsonNode json(KubernetesClient client, String path) {
    String answer = client.raw(path);
    return Serialization.unmarshal(answer == null ? "{}" : answer, JsonNode.class);
  }
}
