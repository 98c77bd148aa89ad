package io.kiss.cluster.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import io.kiss.cluster.kubernetes.MockApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node with two clusters, in both of which there is a namespace of the same name. */
class TwoClustersTest {
  private static final Duration A_WHILE = Duration.ofSeconds(60);
  private static final Map<String, String> MODES = Map.of("east", "ACTIVE", "west", "SHADOW");

  @TempDir Path folder;

  private final MockApiServer east = new MockApiServer(false);
  private final MockApiServer west = new MockApiServer(false);
  private final Map<String, KubernetesClient> servers =
      Map.of("east", east.client(), "west", west.client());

  @AfterEach
  void stop() {
    east.close();
    west.close();
  }

  /** The mock does not end watches, so that what is known of it would go stale. */
  private Node boot() {
    return NodeFixture.boot(folder.resolve("data"), Map.of("kiss.kubernetes.stale-after", "10m"));
  }

  private static String path(String cluster) {
    return "/api/v1/clusters/" + cluster;
  }

  private void attach(Node node, String cluster) throws IOException {
    KubernetesClient server = servers.get(cluster);
    server
        .resource(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: %1$s-web}
            spec:
              replicas: 1
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: model, image: model}]}
            """
                .formatted(cluster))
        .inNamespace("team")
        .create();
    Path kubeconfig =
        Files.writeString(
            folder.resolve(cluster),
            """
            apiVersion: v1
            kind: Config
            current-context: here
            clusters: [{name: here, cluster: {server: "%s"}}]
            users: [{name: me, user: {}}]
            contexts: [{name: here, context: {cluster: here, user: me}}]
            """
                .formatted(server.getMasterUrl()));
    String definition =
        """
        {"kubeconfig": "%s", "prometheus": {"url": "http://127.0.0.1:1"}}"""
            .formatted(kubeconfig);
    await()
        .atMost(A_WHILE)
        .until(() -> NodeFixture.call(node, "PUT", path(cluster), definition).statusCode() < 300);
    String attachment =
        """
        {"mode": "%s", "sloMs": 100, "maxReplicas": 3, "tickSeconds": 1,
         "service": {"serviceTimeMs": 10, "replicaCapacity": 10, "startupSeconds": 5}}"""
            .formatted(MODES.get(cluster));
    assertThat(
            NodeFixture.call(node, "PUT", path(cluster) + "/namespaces/team", attachment)
                .statusCode())
        .isEqualTo(201);
  }

  private JsonNode view(Node node, String cluster) {
    return NodeFixture.json(NodeFixture.call(node, "GET", path(cluster) + "/namespaces/team", ""));
  }

  private String holder(String cluster) {
    Lease lease = servers.get(cluster).leases().inNamespace("team").withName("kiss-scaler").get();
    return lease == null ? "" : lease.getSpec().getHolderIdentity();
  }

  /** Each namespace shows its own cluster's workload, in its own mode, under a lease there. */
  private void bothAreFollowed(Node node) {
    for (String cluster : List.of("east", "west")) {
      await()
          .atMost(A_WHILE)
          .untilAsserted(
              () -> {
                JsonNode view = view(node, cluster);
                assertThat(view.at("/attachment/mode").asText()).isEqualTo(MODES.get(cluster));
                assertThat(view.at("/status/deployments"))
                    .extracting(each -> each.path("name").asText())
                    .containsExactly(cluster + "-web");
                assertThat(view.at("/status/leaseHeld").asBoolean()).isTrue();
                assertThat(view.at("/status/problem").asText())
                    .contains("Prometheus at http://127.0.0.1:1 cannot be reached");
                assertThat(holder(cluster)).isNotEmpty();
              });
    }
  }

  @Test
  void eachIsAttachedByItselfAndBothOutliveARestartWithTheirModes() throws IOException {
    try (Node node = boot()) {
      attach(node, "east");
      attach(node, "west");
      bothAreFollowed(node);
    }
    assertThat(holder("east")).as("given back").isEmpty();
    assertThat(holder("west")).as("given back").isEmpty();
    try (Node again = boot()) {
      bothAreFollowed(again);
      assertThat(NodeFixture.call(again, "DELETE", path("east") + "/namespaces/team", ""))
          .extracting(answer -> answer.statusCode())
          .isEqualTo(204);
      // The answer is the controller's; the node that held the lease gives it back after it.
      await().atMost(A_WHILE).untilAsserted(() -> assertThat(holder("east")).isEmpty());
      assertThat(holder("west")).as("the other one is none of that").isNotEmpty();
      nothingIsScaled();
    }
  }

  /** Without metrics nothing is scaled in either. */
  private void nothingIsScaled() {
    servers.forEach(
        (name, server) ->
            assertThat(
                    server
                        .apps()
                        .deployments()
                        .inNamespace("team")
                        .withName(name + "-web")
                        .get()
                        .getSpec()
                        .getReplicas())
                .as(name)
                .isEqualTo(1));
  }
}
