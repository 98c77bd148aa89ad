package io.kiss.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kiss.actors.live.Workload;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * On the API server of {@code KISS_IT_KUBECONFIG}, with its controllers, scheduler and kubelets;
 * each test in a namespace of its own that is deleted afterwards. The port goes by the account
 * {@code kiss:scaler} with the shipped roles and bindings alone.
 */
class RealKubernetesClusterTest extends KubernetesClusterSuite {
  private static final AtomicInteger NAMESPACES = new AtomicInteger();

  private static final Path SHIPPED = Path.of("../conf/kubernetes");
  private static final String OBSERVER = "kiss-observer";
  private static final String SCALER = "kiss-scaler";

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
    shipped("base/rbac.yaml", ClusterRole.class)
        .forEach(role -> client.resource(role).createOr(found -> found.update()));
  }

  private static <T extends HasMetadata> List<T> shipped(String file, Class<T> type) {
    try (InputStream yaml = Files.newInputStream(SHIPPED.resolve(file))) {
      return client.load(yaml).items().stream().filter(type::isInstance).map(type::cast).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterAll
  static void disconnect() {
    if (client != null) {
      shipped("base/rbac.yaml", ClusterRole.class).forEach(role -> client.resource(role).delete());
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
    bind(namespace, OBSERVER);
    bind(namespace, SCALER);
  }

  /** Applies one of the shipped bindings, and waits until the server goes by it. */
  private static void bind(String where, String name) {
    shipped("attach/namespace-access.yaml", RoleBinding.class).stream()
        .filter(binding -> binding.getMetadata().getName().equals(name))
        .forEach(binding -> client.resource(binding).inNamespace(where).create());
    boolean observer = name.equals(OBSERVER);
    await()
        .atMost(A_WHILE)
        .until(
            () ->
                observer
                    ? may(where, "watch", "apps", "deployments", null)
                    : may(where, "patch", "apps", "deployments", "scale"));
  }

  private static boolean may(
      String where, String verb, String group, String resource, String subresource) {
    return client
        .authorization()
        .v1()
        .subjectAccessReview()
        .create(
            new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser("system:serviceaccount:kiss:scaler")
                .withNewResourceAttributes()
                .withNamespace(where)
                .withVerb(verb)
                .withGroup(group)
                .withResource(resource)
                .withSubresource(subresource)
                .withName("web")
                .endResourceAttributes()
                .endSpec()
                .build())
        .getStatus()
        .getAllowed();
  }

  @AfterEach
  void deleteNamespace() {
    client.namespaces().withName(namespace).delete();
  }

  private static Config as(String account) {
    return new ConfigBuilder(client.getConfiguration())
        .withImpersonateUsername("system:serviceaccount:" + account)
        .withImpersonateGroups("system:authenticated")
        .build();
  }

  @Override
  KubernetesClient admin() {
    return client;
  }

  @Override
  Config access() {
    return as("kiss:scaler");
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
        .patch(
            PatchContext.of(PatchType.STRATEGIC_MERGE),
            """
            {"spec": {"template": {"spec": {"containers": [{"name": "model", "image": "newer"}]}}}}
            """);
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
    Config stranger = as(namespace + ":nobody");
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

  @Test
  void anObserverWatchesButTakesNoLeaseAndIsToldTheVerbThatIsMissing() {
    client.rbac().roleBindings().inNamespace(namespace).withName(SCALER).delete();
    await().atMost(A_WHILE).until(() -> !may(namespace, "patch", "apps", "deployments", "scale"));
    deploy("web", 1, "");
    KubernetesCluster cluster = cluster();
    awaitWorkload(cluster, "web");
    assertThatThrownBy(() -> get(cluster.holdLease(namespace, "me")))
        .hasMessageContaining(
            "forbids taking the lease kiss-scaler of namespace "
                + namespace
                + ": verb 'get' on 'leases' of API group 'coordination.k8s.io' is missing");
  }

  @Test
  void aHalfOpenWatchOverTlsGoesStaleInTimeAndRecoversByItself() throws IOException {
    URI url = URI.create(client.getMasterUrl().toString());
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
                  assertThatThrownBy(() -> get(cluster.workloads(namespace, "")))
                      .isInstanceOf(StaleView.class));
      proxy.recover();
      deploy("late", 1, "");
      awaitWorkload(cluster, "late");
      closeClusters();
    }
  }
}
