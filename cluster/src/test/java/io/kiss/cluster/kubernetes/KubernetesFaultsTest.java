package io.kiss.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kiss.actors.live.ScaleConflict;
import io.kiss.actors.live.Workload;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of an API server that fails, slows down, babbles or falls silent. */
class KubernetesFaultsTest extends KubernetesFixture {
  private static final Map<String, String> BRISK =
      Map.of(
          "watch-refresh", "1s",
          "stale-after", "4s",
          "request-timeout", "500ms",
          "call-timeout", "4s",
          "backoff", "50ms");

  private final MockApiServer mock = new MockApiServer(false);
  private final KubernetesClient client = mock.client();
  private FaultyProxy proxy;

  @BeforeEach
  void standBefore() throws IOException {
    URI url = URI.create(client.getMasterUrl().toString());
    proxy = new FaultyProxy(url.getHost(), url.getPort());
  }

  @AfterEach
  void stepAside() throws IOException {
    closeClusters();
    proxy.close();
    mock.close();
  }

  @Override
  KubernetesClient admin() {
    return client;
  }

  @Override
  Config access() {
    return new ConfigBuilder(client.getConfiguration())
        .withMasterUrl("http://127.0.0.1:" + proxy.port())
        .build();
  }

  @Override
  String namespace() {
    return "team";
  }

  @Override
  Map<String, String> settings() {
    return BRISK;
  }

  private String version() {
    return client
        .apps()
        .deployments()
        .inNamespace("team")
        .withName("web")
        .get()
        .getMetadata()
        .getResourceVersion();
  }

  private static boolean isPatch(String line) {
    return line.startsWith("PATCH ");
  }

  @Test
  void aServerThatCutsEveryConnectionIsNamedByItsUrl() {
    KubernetesCluster cluster = cluster();
    proxy.goDown();
    assertThatThrownBy(() -> get(cluster.holdLease("team", "me")))
        .hasMessageContaining("cannot reach the API server of cluster 'test' at http://127.0.0.1:");
  }

  @Test
  void aServerThatIsNotThereIsToldWithoutTheNameOfAnException() throws IOException {
    KubernetesCluster cluster = cluster();
    proxy.close();
    assertThatThrownBy(() -> get(cluster.holdLease("team", "me")))
        .hasMessageContaining("(no connection); check that it runs");
  }

  @Test
  void aNamespaceThatIsNotThereIsSaidToBeNone() {
    KubernetesCluster cluster = cluster();
    // As kube-apiserver 1.20 answers.
    proxy.answer(
        line -> line.contains("/leases"),
        9,
        "404 Not Found",
        """
        {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",
         "message":"namespaces \\"team\\" not found","reason":"NotFound",
         "details":{"name":"team","kind":"namespaces"},"code":404}""");
    assertThatThrownBy(() -> get(cluster.holdLease("team", "me")))
        .hasMessageEndingWith("has no namespace 'team'");
  }

  @Test
  void aServerThatDoesNotAnswerIsGivenUpWithinTheCallsTime() {
    Map<String, String> once = new HashMap<>(BRISK);
    once.put("attempts", "1");
    KubernetesCluster cluster = cluster(access(), once);
    proxy.goSilent();
    long start = System.nanoTime();
    assertThatThrownBy(() -> get(cluster.holdLease("team", "me")))
        .hasMessageContaining(
            "did not answer taking the lease kiss-scaler of namespace team in time");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void twoRefusalsForBusynessOrFailureAreOutlastedAndAThirdIsTold() {
    KubernetesCluster cluster = cluster();
    for (String status : new String[] {"429 Too Many Requests", "503 Service Unavailable"}) {
      proxy.answer(line -> line.contains("/leases"), 2, status, "{}");
      get(cluster.holdLease("team", "me"));
      assertThat(proxy.faultsLeft()).as(status).isZero();
      proxy.answer(line -> line.contains("/leases"), 3, status, "{}");
      assertThatThrownBy(() -> get(cluster.holdLease("team", "me")))
          .hasMessageContaining(status.substring(0, 3));
    }
  }

  @Test
  void somethingElsesPageIsToldFromKubernetesAnswers() {
    KubernetesCluster cluster = cluster();
    proxy.answer(line -> true, 100, "200 OK", "<html>welcome</html>");
    assertThatThrownBy(() -> get(cluster.holdLease("team", "me")))
        .hasMessageContaining("not Kubernetes' JSON");
    assertThat(proxy.faultsLeft()).as("asked once only").isEqualTo(99);
  }

  @Test
  void aWriteWhoseAnswerWasLostCountsAsWrittenWhenItIsFoundThere() {
    deploy("web", 1, "");
    KubernetesCluster cluster = cluster();
    get(cluster.holdLease("team", "me"));
    String before = version();
    proxy.loseAnswers(KubernetesFaultsTest::isPatch, 1);
    String after = get(cluster.scale("team", "web", 3, before, "load"));
    assertThat(proxy.faultsLeft()).isZero();
    assertThat(after).isEqualTo(version()).isNotEqualTo(before);
    assertThat(client.apps().deployments().inNamespace("team").withName("web").get().getSpec())
        .extracting("replicas")
        .isEqualTo(3);
  }

  @Test
  void aConflictAfterAnOrdinaryReadIsNoSuccessEvenWhereTheNumberIsTheSame() {
    deploy("web", 1, "");
    KubernetesCluster cluster = cluster();
    get(cluster.holdLease("team", "me"));
    String before = version();
    client.apps().deployments().inNamespace("team").withName("web").scale(3);
    assertThatThrownBy(() -> get(cluster.scale("team", "web", 3, before, "load")))
        .isInstanceOf(ScaleConflict.class);
  }

  @Test
  void watchesThatAreCutAreTakenUpAgain() {
    KubernetesCluster cluster = cluster();
    deploy("web", 1, "");
    awaitWorkload(cluster, "web");
    proxy.dropAll();
    deploy("late", 1, "");
    awaitWorkload(cluster, "late");
  }

  @Test
  void aWatchThatIsHalfOpenGoesStaleInTimeAndRecoversByItself() {
    deploy("web", 1, "");
    KubernetesCluster cluster = cluster();
    awaitWorkload(cluster, "web");
    proxy.goSilent();
    long silent = System.nanoTime();
    deploy("late", 1, "");
    await()
        .atMost(A_WHILE)
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> get(cluster.workloads("team", "")))
                    .isInstanceOf(StaleView.class)
                    .hasMessageContaining("in namespace team has not been answered for")
                    .hasMessageContaining("kiss.kubernetes.stale-after"));
    assertThat(Duration.ofNanos(System.nanoTime() - silent))
        .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(8));
    proxy.recover();
    awaitWorkload(cluster, "late");
  }

  @Test
  void aQuietNamespaceDoesNotGoStale() {
    deploy("web", 1, "");
    KubernetesCluster cluster = cluster();
    awaitWorkload(cluster, "web");
    long end = System.nanoTime() + Duration.ofSeconds(6).toNanos();
    await()
        .atMost(A_WHILE)
        .until(
            () -> {
              get(cluster.workloads("team", ""));
              return System.nanoTime() > end;
            });
  }

  @Test
  void aPodHasWaitedAsLongAsTheServersOwnClockSaysHoweverFarThatIsOff() {
    for (Duration ahead : List.of(Duration.ofHours(1), Duration.ofSeconds(90))) {
      long made = System.nanoTime();
      String name = "ahead-" + ahead.toSeconds();
      pendingPodOf(name);
      // By that clock, the pod that has just been made was made so long ago.
      proxy.setServersClockAhead(ahead);
      Workload seen = awaitWorkload(cluster(), "statefulsets.apps:" + name);
      double now = System.currentTimeMillis() / 1000.0;
      double since = (System.nanoTime() - made) * 1e-9;
      // Times of HTTP and of Kubernetes are whole seconds.
      assertThat(seen.pods().pendingSinceSeconds())
          .as(name)
          .singleElement()
          .satisfies(
              begun ->
                  assertThat(now - begun)
                      .isBetween(ahead.toSeconds() - 2.0, ahead.toSeconds() + since + 2));
    }
  }

  /** A StatefulSet with one pod that is not ready. */
  private void pendingPodOf(String name) {
    apply(
        """
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: %1$s}
        spec:
          replicas: 1
          serviceName: %1$s
          selector: {matchLabels: {app: %1$s}}
          template:
            metadata: {labels: {app: %1$s}}
            spec: {containers: [{name: model, image: model}]}
        """
            .formatted(name));
    String uid =
        client
            .apps()
            .statefulSets()
            .inNamespace("team")
            .withName(name)
            .get()
            .getMetadata()
            .getUid();
    apply(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: %1$s-0
          labels: {app: %1$s}
          ownerReferences:
            - {apiVersion: apps/v1, kind: StatefulSet, name: %1$s, uid: "%2$s", controller: true}
        spec: {containers: [{name: model, image: model}]}
        """
            .formatted(name, uid));
  }
}
