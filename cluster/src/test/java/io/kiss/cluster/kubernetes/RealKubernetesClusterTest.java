package io.kiss.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kiss.actors.live.Workload;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * On the API server of {@code KISS_IT_KUBECONFIG}, with its controllers, scheduler and kubelets;
 * each test in a namespace of its own that is deleted afterwards. The port goes by the account
 * {@code kiss:scaler} with the shipped roles and bindings alone.
 */
class RealKubernetesClusterTest extends KubernetesClusterSuite {
  @RegisterExtension static final RealNamespace REAL = new RealNamespace();

  @Override
  KubernetesClient admin() {
    return REAL.admin();
  }

  @Override
  Config access() {
    return REAL.access();
  }

  @Override
  String namespace() {
    return REAL.name();
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
                named(cluster, namespace(), "web")
                    .map(web -> web.pods().pendingSinceSeconds().size())
                    .equals(java.util.Optional.of(2)));
    Workload pending = named(cluster, namespace(), "web").orElseThrow();
    assertThat(pending.pods().names()).hasSize(2);
    assertThat(pending.pods().pendingSinceSeconds())
        .allSatisfy(since -> assertThat(since).isBetween(before - 3, before + 30));
    await()
        .atMost(A_WHILE)
        .untilAsserted(
            () -> {
              Workload.Pods pods = named(cluster, namespace(), "web").orElseThrow().pods();
              assertThat(pods.ready()).isEqualTo(2);
              assertThat(pods.pendingSinceSeconds()).isEmpty();
              assertThat(pods.rolloutInProgress()).isFalse();
            });
  }

  @Test
  void podsThatNoNodeHasRoomForAreUnschedulable() {
    // Of no pod that anybody else waits for: none of these is ever bound.
    apply(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: huge}
        spec:
          replicas: 2
          selector: {matchLabels: {app: huge}}
          template:
            metadata: {labels: {app: huge}}
            spec:
              containers:
                - {name: model, image: model, resources: {limits: {nvidia.com/gpu: "1000"}}}
        """);
    KubernetesCluster cluster = cluster();
    await()
        .atMost(A_WHILE)
        .untilAsserted(
            () ->
                assertThat(named(cluster, namespace(), "huge").orElseThrow().pods().unschedulable())
                    .isPositive());
  }

  @Test
  void anotherTemplateIsARolloutUntilTheOldPodsAreGoneAndMoreReplicasAreNone() {
    deploy("web", 1, "");
    KubernetesCluster cluster = cluster();
    await()
        .atMost(A_WHILE)
        .until(
            () -> named(cluster, namespace(), "web").map(web -> web.pods().ready()).orElse(0) == 1);
    admin()
        .apps()
        .deployments()
        .inNamespace(namespace())
        .withName("web")
        .patch(
            PatchContext.of(PatchType.STRATEGIC_MERGE),
            """
            {"spec": {"template": {"spec": {"containers": [{"name": "model", "image": "newer"}]}}}}
            """);
    await()
        .atMost(A_WHILE)
        .until(() -> named(cluster, namespace(), "web").orElseThrow().pods().rolloutInProgress());
    await()
        .atMost(A_WHILE)
        .until(() -> !named(cluster, namespace(), "web").orElseThrow().pods().rolloutInProgress());
  }

  @Test
  void watchesAreMadeAnewSoThatAQuietNamespaceIsNotStale() {
    Map<String, String> brisk = Map.of("watch-refresh", "1s", "stale-after", "6s");
    KubernetesCluster cluster = cluster(access(), brisk);
    get(cluster.workloads(namespace(), ""));
    long end = System.nanoTime() + 12_000_000_000L;
    await()
        .atMost(A_WHILE)
        .until(
            () -> {
              get(cluster.workloads(namespace(), ""));
              return System.nanoTime() > end;
            });
    deploy("late", 1, "");
    awaitWorkload(cluster, "late");
  }

  @Test
  void anAccountWithoutRightsIsToldWhichVerbOnWhatIsMissing() {
    Config stranger = REAL.server().as(namespace() + ":nobody");
    KubernetesCluster cluster = cluster(stranger, Map.of());
    assertThatThrownBy(() -> get(cluster.workloads(namespace(), "")))
        .hasMessageContaining("verb 'list' on")
        .hasMessageContaining("namespace-access.yaml");
    assertThatThrownBy(() -> get(cluster.holdLease(namespace(), "me")))
        .hasMessageContaining("verb 'get' on 'leases' of API group 'coordination.k8s.io'");
  }

  @Test
  void aNamespaceThatIsNotThereIsSaidToBeNone() {
    assertThatThrownBy(
            () ->
                get(
                    cluster(admin().getConfiguration(), Map.of())
                        .holdLease("kiss-it-nowhere", "me")))
        .hasMessageEndingWith("has no namespace 'kiss-it-nowhere'");
  }

  @Test
  void aServerThatIsNotThereIsNamedByItsUrl() {
    Config nowhere = new ConfigBuilder(access()).withMasterUrl("https://127.0.0.1:1").build();
    assertThatThrownBy(() -> get(cluster(nowhere, Map.of()).workloads(namespace(), "")))
        .hasMessageContaining("cannot reach")
        .hasMessageContaining("https://127.0.0.1:1");
  }

  @Test
  void anObserverWatchesButTakesNoLeaseAndIsToldTheVerbThatIsMissing() {
    admin().rbac().roleBindings().inNamespace(namespace()).withName(RealServer.SCALER).delete();
    await()
        .atMost(A_WHILE)
        .until(() -> !REAL.server().may(namespace(), "patch", "apps", "deployments", "scale"));
    deploy("web", 1, "");
    KubernetesCluster cluster = cluster();
    awaitWorkload(cluster, "web");
    assertThatThrownBy(() -> get(cluster.holdLease(namespace(), "me")))
        .hasMessageContaining(
            "forbids taking the lease kiss-scaler of namespace "
                + namespace()
                + ": verb 'get' on 'leases' of API group 'coordination.k8s.io' is missing");
  }

  @Test
  void aServerThatComesAndGoesIsFollowedEachTimeItIsThereAndWrittenOnlyThen() throws IOException {
    URI url = URI.create(admin().getMasterUrl().toString());
    try (FaultyProxy proxy = new FaultyProxy(url.getHost(), url.getPort())) {
      Config through =
          new ConfigBuilder(access()).withMasterUrl("https://127.0.0.1:" + proxy.port()).build();
      KubernetesCluster cluster =
          cluster(through, Map.of("watch-refresh", "1s", "stale-after", "5s", "backoff", "50ms"));
      deploy("web", 1, "  paused: true\n");
      awaitWorkload(cluster, "web");
      for (int round = 0; round < 4; round++) {
        String version = settled("web");
        get(cluster.holdLease(namespace(), "me"));
        proxy.goDown();
        deploy("late-" + round, 1, "  paused: true\n");
        assertThatThrownBy(() -> get(cluster.scale(namespace(), "web", 9, version, "load")))
            .hasMessageContaining("cannot reach the API server");
        proxy.recover();
        awaitWorkload(cluster, "late-" + round);
        assertThat(settled("web")).as("round %d: nothing was written", round).isEqualTo(version);
        get(cluster.holdLease(namespace(), "me"));
        get(cluster.scale(namespace(), "web", 2 + round, version, "load"));
        assertThat(settled("web")).isNotEqualTo(version);
      }
      closeClusters();
    }
  }

  @Test
  void aHalfOpenWatchOverTlsGoesStaleInTimeAndRecoversByItself() throws IOException {
    URI url = URI.create(admin().getMasterUrl().toString());
    try (FaultyProxy proxy = new FaultyProxy(url.getHost(), url.getPort())) {
      Config through =
          new ConfigBuilder(access()).withMasterUrl("https://127.0.0.1:" + proxy.port()).build();
      KubernetesCluster cluster =
          cluster(through, Map.of("watch-refresh", "1s", "stale-after", "5s"));
      deploy("web", 1, "");
      awaitWorkload(cluster, "web");
      proxy.goSilent();
      await()
          .atMost(A_WHILE)
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> get(cluster.workloads(namespace(), "")))
                      .isInstanceOf(StaleView.class));
      proxy.recover();
      deploy("late", 1, "");
      awaitWorkload(cluster, "late");
      closeClusters();
    }
  }
}
