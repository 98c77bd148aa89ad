package io.kiss.cluster.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the manifests promise, read off them. Whether Kubernetes takes them: {@link
 * KubernetesApiTest}.
 */
class KubernetesManifestsTest {
  static final Path FOLDER = DeployFiles.ROOT.resolve("conf/kubernetes");
  private static final Set<String> ROLES = Set.of("control", "learner", "rollout", "scaler");
  private static final String GPU = "nvidia.com/gpu";

  private static List<JsonNode> overlay(String name) {
    return Kustomization.render(FOLDER.resolve("overlays").resolve(name));
  }

  private static Stream<JsonNode> kind(List<JsonNode> objects, String kind) {
    return objects.stream().filter(object -> object.path("kind").asText().equals(kind));
  }

  private static JsonNode pod(JsonNode workload) {
    return workload.at("/spec/template/spec");
  }

  private static JsonNode container(JsonNode workload) {
    return pod(workload).at("/containers/0");
  }

  private static String name(JsonNode object) {
    return object.at("/metadata/name").asText();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "gpu"})
  void thereIsOneWorkloadARoleAndEachObjectOnce(String overlay) {
    List<JsonNode> objects = overlay(overlay);
    assertThat(objects)
        .extracting(o -> o.path("kind").asText() + "/" + name(o))
        .doesNotHaveDuplicates();
    assertThat(kind(objects, "Deployment"))
        .extracting(KubernetesManifestsTest::name)
        .containsExactlyInAnyOrderElementsOf(ROLES);
    assertThat(kind(objects, "Deployment"))
        .allSatisfy(
            workload ->
                assertThat(environment(workload).get("KISS_ROLES").path("value").asText())
                    .isEqualTo(name(workload)));
    assertThat(objects)
        .filteredOn(o -> !Set.of("Namespace", "ClusterRole").contains(o.path("kind").asText()))
        .allSatisfy(o -> assertThat(o.at("/metadata/namespace").asText()).isEqualTo("kiss"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "gpu"})
  void everyPodRunsUnprivilegedOnAReadOnlyRootWithProbesAndLimits(String overlay) {
    assertThat(kind(overlay(overlay), "Deployment"))
        .allSatisfy(
            workload -> {
              assertThat(pod(workload).at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
              assertThat(pod(workload).at("/securityContext/runAsUser").asInt()).isPositive();
              assertThat(pod(workload).at("/securityContext/seccompProfile/type").asText())
                  .isEqualTo("RuntimeDefault");
              JsonNode security = container(workload).path("securityContext");
              assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
              assertThat(security.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
              assertThat(security.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
              assertThat(container(workload).at("/startupProbe/httpGet/path").asText())
                  .isEqualTo("/alive");
              assertThat(container(workload).at("/livenessProbe/httpGet/path").asText())
                  .isEqualTo("/alive");
              assertThat(container(workload).at("/readinessProbe/httpGet/path").asText())
                  .isEqualTo("/ready");
              assertThat(container(workload).at("/resources/requests").has("cpu")).isTrue();
              assertThat(container(workload).at("/resources/requests").has("memory")).isTrue();
              assertThat(container(workload).at("/resources/limits").has("memory")).isTrue();
              JsonNode annotations = workload.at("/spec/template/metadata/annotations");
              assertThat(annotations.path("prometheus.io/scrape").asText()).isEqualTo("true");
              assertThat(annotations.path("prometheus.io/port").asText()).isEqualTo("8080");
            });
  }

  @Test
  void onlyTheOverlayForGpusAsksForThem() {
    assertThat(overlay("cpu").toString()).doesNotContain(GPU);
    assertThat(kind(overlay("gpu"), "Deployment"))
        .allSatisfy(
            workload -> {
              JsonNode resources = container(workload).path("resources");
              String wanted = name(workload).equals("learner") ? "1" : "";
              assertThat(resources.path("requests").path(GPU).asText()).isEqualTo(wanted);
              assertThat(resources.path("limits").path(GPU).asText()).isEqualTo(wanted);
            });
  }

  @Test
  void secretsAreReferredToAndNeverWritten() {
    List<JsonNode> objects = overlay("gpu");
    assertThat(kind(objects, "Secret")).isEmpty();
    assertThat(kind(objects, "Deployment"))
        .allSatisfy(
            workload ->
                environment(workload)
                    .forEach(
                        (name, variable) -> {
                          if (name.matches(".*(PASSWORD|TOKEN|DATABASE_USER|DATABASE_URL)")) {
                            assertThat(variable.at("/valueFrom/secretKeyRef/name").asText())
                                .as(name)
                                .isEqualTo("kiss");
                          }
                        }));
    assertThat(kind(objects, "Deployment").filter(w -> name(w).equals("rollout")))
        .as("workers know no database")
        .noneSatisfy(w -> assertThat(environment(w)).containsKey("KISS_DATABASE_PASSWORD"));
  }

  @Test
  void everyVariableIsOneThatANodeReads() {
    assertThat(kind(overlay("gpu"), "Deployment"))
        .allSatisfy(
            workload ->
                assertThat(DeployFiles.variablesOfANode())
                    .containsAll(environment(workload).keySet()));
  }

  @Test
  void whatSelectsPodsSelectsThose() {
    List<JsonNode> objects = overlay("cpu");
    for (String kind : List.of("PodDisruptionBudget", "Service")) {
      assertThat(kind(objects, kind))
          .isNotEmpty()
          .allSatisfy(
              object -> {
                JsonNode spec = object.path("spec").path("selector");
                JsonNode selector = spec.has("matchLabels") ? spec.path("matchLabels") : spec;
                assertThat(kind(objects, "Deployment"))
                    .filteredOn(w -> hasAll(w.at("/spec/template/metadata/labels"), selector))
                    .as(kind + " " + name(object))
                    .hasSize(1);
              });
    }
    assertThat(kind(objects, "PodDisruptionBudget"))
        .extracting(KubernetesManifestsTest::name)
        .containsExactlyInAnyOrderElementsOf(ROLES);
  }

  @Test
  void nodesLookForTheLabelsThatControlPodsHaveAndForEnoughOfThem() {
    List<JsonNode> objects = overlay("cpu");
    JsonNode control =
        kind(objects, "Deployment")
            .filter(w -> name(w).equals("control"))
            .findFirst()
            .orElseThrow();
    Set<String> labels = new TreeSet<>();
    control
        .at("/spec/template/metadata/labels")
        .properties()
        .forEach(label -> labels.add(label.getKey() + "=" + label.getValue().asText()));
    int replicas = control.at("/spec/replicas").asInt();
    assertThat(kind(objects, "Deployment"))
        .allSatisfy(
            workload -> {
              assertThat(
                      environment(workload)
                          .get("KISS_DISCOVERY_SERVICE")
                          .path("value")
                          .asText()
                          .split(","))
                  .isSubsetOf(labels);
              assertThat(
                      environment(workload)
                          .get("KISS_DISCOVERY_CONTACT_POINTS")
                          .path("value")
                          .asInt())
                  .as("a majority, or two clusters could be made up")
                  .isGreaterThan(replicas / 2)
                  .isLessThanOrEqualTo(replicas);
              assertThat(
                      DeployFiles.each(container(workload).path("ports"))
                          .map(p -> p.path("name").asText()))
                  .contains("management");
            });
  }

  @Test
  void withTheComponentForTlsEveryNodeReadsItsCertificatesFromTheSecret() {
    JsonNode component = DeployFiles.documents(FOLDER.resolve("tls/kustomization.yaml")).get(0);
    JsonNode operations = DeployFiles.yaml(component.at("/patches/0/patch").asText());
    for (JsonNode workload : kind(overlay("cpu"), "Deployment").toList()) {
      JsonNode patched = io.fabric8.zjsonpatch.JsonPatch.apply(operations, workload);
      String folder = environment(patched).get("KISS_TLS_DIRECTORY").path("value").asText();
      JsonNode mount =
          DeployFiles.each(container(patched).path("volumeMounts"))
              .filter(m -> m.path("mountPath").asText().equals(folder))
              .findFirst()
              .orElseThrow();
      JsonNode volume =
          DeployFiles.each(pod(patched).path("volumes"))
              .filter(v -> v.path("name").equals(mount.path("name")))
              .findFirst()
              .orElseThrow();
      assertThat(DeployFiles.each(volume.at("/secret/items")).map(i -> i.path("path").asText()))
          .containsExactlyInAnyOrder("ca.crt", "node.crt", "node.key");
    }
  }

  private static boolean hasAll(JsonNode labels, JsonNode selector) {
    return selector.properties().stream()
        .allMatch(wanted -> wanted.getValue().equals(labels.path(wanted.getKey())));
  }

  private static java.util.Map<String, JsonNode> environment(JsonNode workload) {
    return DeployFiles.each(container(workload).path("env"))
        .collect(Collectors.toMap(v -> v.path("name").asText(), v -> v));
  }
}
