package io.kiss.cluster.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributesBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The manifests before a real API server: the one of {@code KISS_IT_KUBECONFIG}, which must be one
 * to play with, since namespace {@code kiss} is made and deleted there.
 *
 * <p>Objects are applied server-side, where a field that the server does not know is refused.
 */
class KubernetesApiTest {
  private static final String KISS = "kiss";
  private static final String TEAM = "kiss-it-team";
  private static final String STRANGERS = "kiss-it-strangers";
  private static final Duration A_WHILE = Duration.ofSeconds(60);

  private static KubernetesClient client;
  private static boolean made;

  @BeforeAll
  static void connect() {
    String kubeconfig = System.getenv("KISS_IT_KUBECONFIG");
    assumeTrue(
        kubeconfig != null && !kubeconfig.isEmpty(),
        "KISS_IT_KUBECONFIG names no API server to play with");
    Config config = Config.fromKubeconfig(new File(kubeconfig));
    // Old servers refuse with 500, which the client would try again and again.
    config.setRequestRetryBackoffLimit(0);
    client = new KubernetesClientBuilder().withConfig(config).build();
    assertThat(client.namespaces().withName(KISS).get())
        .as("namespace kiss is there already; this test would delete it")
        .isNull();
    made = true;
    for (String namespace : List.of(TEAM, STRANGERS)) {
      client
          .resource(
              new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
          .create();
    }
    applyOverlay("cpu");
  }

  @AfterAll
  static void cleanUp() {
    if (client == null) {
      return;
    }
    if (made) {
      for (JsonNode object : Kustomization.render(KubernetesManifestsTest.FOLDER.resolve("base"))) {
        if (object.path("kind").asText().equals("ClusterRole")) {
          client.rbac().clusterRoles().withName(object.at("/metadata/name").asText()).delete();
        }
      }
      List<String> namespaces = List.of(KISS, TEAM, STRANGERS);
      namespaces.forEach(namespace -> client.namespaces().withName(namespace).delete());
      await()
          .atMost(Duration.ofMinutes(2))
          .until(
              () ->
                  namespaces.stream()
                      .allMatch(
                          namespace -> client.namespaces().withName(namespace).get() == null));
    }
    client.close();
  }

  private static void applyOverlay(String name) {
    Kustomization.render(KubernetesManifestsTest.FOLDER.resolve("overlays").resolve(name))
        .forEach(object -> apply(object, null));
  }

  /** As {@code kubectl apply --server-side}. */
  private static void apply(JsonNode object, String namespace) {
    GenericKubernetesResource resource =
        Serialization.unmarshal(spokenHere(object).toString(), GenericKubernetesResource.class);
    if (namespace != null) {
      resource.getMetadata().setNamespace(namespace);
    }
    client
        .resource(resource)
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("kiss-it")
                .withForce(true)
                .build());
  }

  /** Servers before 1.21 know budgets as {@code policy/v1beta1} only; the fields are the same. */
  private static JsonNode spokenHere(JsonNode object) {
    if (object.path("apiVersion").asText().equals("policy/v1")
        && client.getApiResources("policy/v1") == null) {
      return ((ObjectNode) object.deepCopy()).put("apiVersion", "policy/v1beta1");
    }
    return object;
  }

  private static List<Pod> pods() {
    return client
        .pods()
        .inNamespace(KISS)
        .withLabel("app.kubernetes.io/name", KISS)
        .list()
        .getItems();
  }

  private static Map<String, Long> podsByRole(Predicate<Pod> which) {
    return pods().stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .filter(which)
        .collect(
            Collectors.groupingBy(
                pod -> pod.getMetadata().getLabels().get("app.kubernetes.io/component"),
                Collectors.counting()));
  }

  private static boolean isOnAGpu(Pod pod) {
    return pod.getSpec().getNodeName() != null
        && pod.getSpec()
            .getContainers()
            .get(0)
            .getResources()
            .getRequests()
            .containsKey("nvidia.com/gpu");
  }

  /** Whether a role's account may do it, as the server itself says. */
  private static boolean may(
      String role, String verb, String namespace, String group, String resource, String name) {
    String[] parts = resource.split("/", 2);
    SubjectAccessReview review =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser("system:serviceaccount:kiss:" + role)
            .withGroups(
                "system:serviceaccounts", "system:serviceaccounts:kiss", "system:authenticated")
            .withResourceAttributes(
                new ResourceAttributesBuilder()
                    .withVerb(verb)
                    .withNamespace(namespace)
                    .withGroup(group)
                    .withResource(parts[0])
                    .withSubresource(parts.length > 1 ? parts[1] : null)
                    .withName(name)
                    .build())
            .endSpec()
            .build();
    return client.resource(review).create().getStatus().getAllowed();
  }

  @Test
  void theServerMakesThePodsOfEveryRoleAndTakesTheSameAgain() {
    applyOverlay("cpu");
    await()
        .atMost(A_WHILE)
        .untilAsserted(
            () ->
                assertThat(podsByRole(pod -> true))
                    .isEqualTo(Map.of("control", 3L, "learner", 2L, "rollout", 2L, "scaler", 2L)));
    await()
        .atMost(A_WHILE)
        .untilAsserted(
            () ->
                assertThat(client.apps().deployments().inNamespace(KISS).list().getItems())
                    .hasSize(4)
                    .allSatisfy(
                        workload ->
                            assertThat(workload.getStatus().getReadyReplicas())
                                .as(workload.getMetadata().getName())
                                .isEqualTo(workload.getSpec().getReplicas())));
  }

  @Test
  void withTheOverlayForGpusBothLearnersAreScheduledOntoOne() {
    applyOverlay("gpu");
    try {
      await()
          .atMost(A_WHILE)
          .untilAsserted(
              () ->
                  assertThat(podsByRole(KubernetesApiTest::isOnAGpu))
                      .isEqualTo(Map.of("learner", 2L)));
    } finally {
      applyOverlay("cpu");
    }
  }

  @Test
  void theDatabaseForTryingItOutIsTakenToo() {
    Kustomization.render(KubernetesManifestsTest.FOLDER.resolve("postgres"))
        .forEach(object -> apply(object, null));
    await()
        .atMost(A_WHILE)
        .until(() -> client.pods().inNamespace(KISS).withName("postgres-0").get() != null);
  }

  @Test
  void aFieldTheServerDoesNotKnowIsRefused() {
    JsonNode misspelt =
        DeployFiles.yaml(
            """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: misspelt, namespace: kiss}
            automountToken: false
            """);
    assertThatThrownBy(() -> apply(misspelt, null))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("automountToken");
  }

  @Test
  void everyRoleMayListItsFellowPodsAndNothingElse() {
    for (String role : List.of("control", "learner", "rollout", "scaler")) {
      for (String verb : List.of("get", "list", "watch")) {
        assertThat(may(role, verb, KISS, "", "pods", null)).as(role + " " + verb).isTrue();
      }
      assertThat(may(role, "list", STRANGERS, "", "pods", null)).as(role).isFalse();
      assertThat(may(role, "delete", KISS, "", "pods", null)).as(role).isFalse();
      assertThat(may(role, "create", KISS, "", "pods/exec", null)).as(role).isFalse();
      assertThat(may(role, "get", KISS, "", "secrets", KISS)).as(role).isFalse();
      assertThat(may(role, "update", KISS, "apps", "deployments/scale", "rollout"))
          .as(role)
          .isFalse();
      assertThat(may(role, "list", null, "", "nodes", null)).as(role).isFalse();
    }
  }

  @Test
  void aScalerMayActOnlyWhereItIsAttachedAndOnlyOnScaleAndItsLease() {
    String lease = "coordination.k8s.io";
    assertThat(may("scaler", "list", TEAM, "apps", "deployments", null)).isFalse();

    List<JsonNode> bindings =
        DeployFiles.documents(
            KubernetesManifestsTest.FOLDER.resolve("attach/namespace-access.yaml"));
    apply(bindings.get(0), TEAM);
    await().atMost(A_WHILE).until(() -> may("scaler", "watch", TEAM, "apps", "deployments", null));
    assertThat(may("scaler", "list", TEAM, "", "pods", null)).isTrue();
    assertThat(may("scaler", "list", TEAM, "autoscaling", "horizontalpodautoscalers", null))
        .isTrue();
    assertThat(may("scaler", "patch", TEAM, "apps", "deployments/scale", "web"))
        .as("in mode shadow nothing is changed")
        .isFalse();

    apply(bindings.get(1), TEAM);
    await()
        .atMost(A_WHILE)
        .until(() -> may("scaler", "patch", TEAM, "apps", "deployments/scale", "web"));
    assertThat(may("scaler", "patch", TEAM, "apps", "statefulsets/scale", "web")).isTrue();
    assertThat(may("scaler", "create", TEAM, "", "events", null)).isTrue();
    assertThat(may("scaler", "patch", TEAM, "apps", "deployments", "web")).isFalse();
    assertThat(may("scaler", "create", TEAM, lease, "leases", null)).isTrue();
    assertThat(may("scaler", "update", TEAM, lease, "leases", "kiss-scaler")).isTrue();
    assertThat(may("scaler", "update", TEAM, lease, "leases", "somebody-elses")).isFalse();
    assertThat(may("scaler", "update", TEAM, "apps", "deployments", "web")).isFalse();
    assertThat(may("scaler", "delete", TEAM, "apps", "deployments", "web")).isFalse();
    assertThat(may("scaler", "get", TEAM, "", "secrets", "password")).isFalse();
    assertThat(may("scaler", "patch", STRANGERS, "apps", "deployments/scale", "web")).isFalse();
    assertThat(may("rollout", "get", TEAM, "apps", "deployments", "web")).isFalse();
  }
}
