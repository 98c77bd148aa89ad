package io.kiss.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.kiss.actors.live.Workload;
import java.io.File;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * On the API server of {@code KISS_IT_KUBECONFIG}, with its controllers, scheduler and kubelets;
 * each test in a namespace of its own that is deleted afterwards.
 */
class RealKubernetesClusterTest extends KubernetesClusterSuite {
  private static final AtomicInteger NAMESPACES = new AtomicInteger();

  private static KubernetesClient client;
  private String namespace;

  @BeforeAll
  static void connect() {
    String kubeconfig = System.getenv("KISS_IT_KUBECONFIG");
    assumeTrue(
        kubeconfig != null && !kubeconfig.isEmpty(),
        "KISS_IT_KUBECONFIG names no API server to play with");
    Config config = Config.fromKubeconfig(new File(kubeconfig));
    config.setRequestRetryBackoffLimit(0);
    client = new KubernetesClientBuilder().withConfig(config).build();
  }

  @AfterAll
  static void disconnect() {
    if (client != null) {
      client.close();
    }
  }

  @BeforeEach
  void makeNamespace() {
    namespace =
        "kiss-it-live-%d-%d".formatted(ProcessHandle.current().pid(), NAMESPACES.incrementAndGet());
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
  }

  @AfterEach
  void deleteNamespace() {
    client.namespaces().withName(namespace).delete();
  }

  @Override
  KubernetesClient admin() {
    return client;
  }

  @Override
  Config access() {
    return client.getConfiguration();
  }

  @Override
  String namespace() {
    return namespace;
  }

  @Test
  void podsArePendingThenReady() {
    KubernetesCluster cluster = cluster();
    double before = System.currentTimeMillis() / 1000.0;
    deploy("web", 2, "");
    await()
        .atMost(A_WHILE)
        .until(
            () ->
                named(cluster, namespace, "web")
                    .map(web -> web.pods().pendingSinceSeconds().size())
                    .equals(java.util.Optional.of(2)));
    Workload pending = named(cluster, namespace, "web").orElseThrow();
    assertThat(pending.pods().names()).hasSize(2);
    assertThat(pending.pods().pendingSinceSeconds())
        .allSatisfy(since -> assertThat(since).isBetween(before - 3, before + 30));
    await()
        .atMost(A_WHILE)
        .untilAsserted(
            () -> {
              Workload.Pods pods = named(cluster, namespace, "web").orElseThrow().pods();
              assertThat(pods.ready()).isEqualTo(2);
              assertThat(pods.pendingSinceSeconds()).isEmpty();
              assertThat(pods.rolloutInProgress()).isFalse();
            });
  }

  @Test
  void podsThatNoNodeHasRoomForAreUnschedulable() {
    deploy("huge", 20, "");
    KubernetesCluster cluster = cluster();
    await()
        .atMost(A_WHILE)
        .untilAsserted(
            () ->
                assertThat(named(cluster, namespace, "huge").orElseThrow().pods().unschedulable())
                    .isPositive());
  }

  @Test
  void anotherTemplateIsARolloutUntilTheOldPodsAreGoneAndMoreReplicasAreNone() {
    deploy("web", 1, "");
    KubernetesCluster cluster = cluster();
    await()
        .atMost(A_WHILE)
        .until(
            () -> named(cluster, namespace, "web").map(web -> web.pods().ready()).orElse(0) == 1);
    client
        .apps()
        .deployments()
        .inNamespace(namespace)
        .withName("web")
        .edit(
            web -> {
              web.getSpec().getTemplate().getSpec().getContainers().get(0).setImage("newer");
              return web;
            });
    await()
        .atMost(A_WHILE)
        .until(() -> named(cluster, namespace, "web").orElseThrow().pods().rolloutInProgress());
    await()
        .atMost(A_WHILE)
        .until(() -> !named(cluster, namespace, "web").orElseThrow().pods().rolloutInProgress());
  }

  @Test
  void watchesAreMadeAnewSoThatAQuietNamespaceIsNotStale() {
    Map<String, String> brisk = Map.of("watch-refresh", "1s", "stale-after", "6s");
    KubernetesCluster cluster = cluster(access(), brisk);
    get(cluster.workloads(namespace, ""));
    long end = System.nanoTime() + 12_000_000_000L;
    await()
        .atMost(A_WHILE)
        .until(
            () -> {
              get(cluster.workloads(namespace, ""));
              return System.nanoTime() > end;
            });
    deploy("late", 1, "");
    awaitWorkload(cluster, "late");
  }

  @Test
  void anAccountWithoutRightsIsToldWhichVerbOnWhatIsMissing() {
    Config stranger =
        new ConfigBuilder(access())
            .withImpersonateUsername("system:serviceaccount:" + namespace + ":nobody")
            .withImpersonateGroups("system:authenticated")
            .build();
    KubernetesCluster cluster = cluster(stranger, Map.of());
    assertThatThrownBy(() -> get(cluster.workloads(namespace, "")))
        .hasMessageContaining("verb 'list' on")
        .hasMessageContaining("namespace-access.yaml");
    assertThatThrownBy(() -> get(cluster.holdLease(namespace, "me")))
        .hasMessageContaining("verb 'get' on 'leases' of API group 'coordination.k8s.io'");
  }

  @Test
  void aServerThatIsNotThereIsNamedByItsUrl() {
    Config nowhere = new ConfigBuilder(access()).withMasterUrl("https://127.0.0.1:1").build();
    assertThatThrownBy(() -> get(cluster(nowhere, Map.of()).workloads(namespace, "")))
        .hasMessageContaining("cannot reach")
        .hasMessageContaining("https://127.0.0.1:1");
  }
}
