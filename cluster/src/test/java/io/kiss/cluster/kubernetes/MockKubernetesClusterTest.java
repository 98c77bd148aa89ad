package io.kiss.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On fabric8's mock server, which keeps objects and versions and has no controllers. */
class MockKubernetesClusterTest extends KubernetesClusterSuite {
  private final MockApiServer mock = new MockApiServer(true);

  @AfterEach
  void stop() {
    closeClusters();
    mock.close();
  }

  @Override
  KubernetesClient admin() {
    return mock.client();
  }

  @Override
  Config access() {
    return mock.client().getConfiguration();
  }

  @Override
  String namespace() {
    return "team";
  }

  /** The mock does not end watches. */
  @Override
  Map<String, String> settings() {
    return Map.of("stale-after", "10m");
  }

  private void serves(String path, String json) {
    mock.server().expect().get().withPath(path).andReturn(200, json).always();
  }

  private static String resources(String version, String plural, String kind) {
    return """
        {"kind": "APIResourceList", "groupVersion": "%s",
         "resources": [{"name": "%s", "namespaced": true, "kind": "%s", "verbs": ["list"]}]}"""
        .formatted(version, plural, kind);
  }

  private void expectRefusal(String sentence) {
    KubernetesCluster cluster = cluster();
    awaitWorkload(cluster, "web");
    await()
        .atMost(A_WHILE)
        .untilAsserted(
            () ->
                assertThat(named(cluster, namespace(), "web").orElseThrow().refusal())
                    .hasValueSatisfying(why -> assertThat(why).contains(sentence)));
  }

  @Test
  void anHpaIsReadInVersion2WhereTheServerHasThat() {
    serves(
        "/apis/autoscaling/v2",
        resources("autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"));
    deploy("web", 1, "");
    apply(
        """
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: by-queue}
        spec:
          maxReplicas: 5
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
        """);
    expectRefusal("HorizontalPodAutoscaler 'by-queue' scales it already");
  }

  @Test
  void aWorkloadThatKedaScalesIsRefusedByTheScaledObjectsName() {
    serves(
        "/apis/keda.sh",
        """
        {"kind": "APIGroup", "name": "keda.sh",
         "preferredVersion": {"groupVersion": "keda.sh/v1alpha1", "version": "v1alpha1"}}""");
    serves(
        "/apis/keda.sh/v1alpha1", resources("keda.sh/v1alpha1", "scaledobjects", "ScaledObject"));
    deploy("web", 1, "");
    apply(
        """
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: by-kafka}
        spec:
          scaleTargetRef: {name: web}
        """);
    expectRefusal("ScaledObject 'by-kafka' scales it already");
  }
}
