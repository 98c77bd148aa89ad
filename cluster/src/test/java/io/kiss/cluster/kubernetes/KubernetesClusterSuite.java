package io.kiss.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kiss.actors.live.ScaleConflict;
import io.kiss.actors.live.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What every API server must show through the port, whether fabric8's mock or a real one. */
abstract class KubernetesClusterSuite extends KubernetesFixture {
  private int replicas(String name) {
    Deployment now = admin().apps().deployments().inNamespace(namespace()).withName(name).get();
    return now.getSpec().getReplicas();
  }

  @Test
  void aDeploymentIsShownWithItsReplicasItsVersionAndItsGpus() {
    deploy("web", 2, "");
    Workload web = awaitWorkload(cluster(), "web");
    assertThat(web.desiredReplicas()).isEqualTo(2);
    assertThat(web.gpusPerReplica()).isEqualTo(1);
    assertThat(web.resourceVersion()).isNotBlank();
    assertThat(web.refusal()).isEmpty();
  }

  @Test
  void onlyWhatTheSelectorSelectsIsShown() {
    deploy("web", 1, "");
    deploy("other", 1, "");
    KubernetesCluster cluster = cluster();
    await()
        .atMost(A_WHILE)
        .untilAsserted(
            () ->
                assertThat(get(cluster.workloads(namespace(), "app=web")))
                    .extracting(Workload::name)
                    .containsExactly("web"));
  }

  @Test
  void aLabelThatChangesTakesAWorkloadOutOfTheSelectionAndBackIn() {
    deploy("web", 1, "");
    deploy("other", 1, "");
    KubernetesCluster cluster = cluster();
    for (String tier : List.of("live", "test", "live")) {
      label("web", tier);
      await()
          .atMost(A_WHILE)
          .ignoreExceptions()
          .until(
              () ->
                  get(cluster.workloads(namespace(), "tier=live")).stream()
                      .map(Workload::name)
                      .toList()
                      .equals(tier.equals("live") ? List.of("web") : List.of()));
    }
  }

  private void label(String name, String tier) {
    admin()
        .apps()
        .deployments()
        .inNamespace(namespace())
        .withName(name)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"labels\":{\"tier\":\"%s\"}}}".formatted(tier));
  }

  @Test
  void whatIsMadeAndDeletedLaterIsFollowed() {
    KubernetesCluster cluster = cluster();
    await()
        .atMost(A_WHILE)
        .ignoreExceptions()
        .until(() -> get(cluster.workloads(namespace(), "")).isEmpty());
    deploy("late", 1, "");
    awaitWorkload(cluster, "late");
    admin().apps().deployments().inNamespace(namespace()).withName("late").delete();
    await().atMost(A_WHILE).until(() -> named(cluster, namespace(), "late").isEmpty());
  }

  @Test
  void aStatefulSetIsShownByItsKindAndName() {
    apply(
        """
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: llm}
        spec:
          replicas: 1
          serviceName: llm
          selector: {matchLabels: {app: llm}}
          template:
            metadata: {labels: {app: llm}}
            spec:
              containers:
                - {name: a, image: a, resources: {limits: {nvidia.com/mig-1g.5gb: "2"}}}
                - {name: b, image: b, resources: {limits: {amd.com/gpu: "1"}}}
        """);
    Workload llm = awaitWorkload(cluster(), "statefulsets.apps:llm");
    assertThat(llm.gpusPerReplica()).isEqualTo(3);
  }

  @Test
  void aWorkloadThatAnHpaTargetsIsRefusedByTheHpasName() {
    deploy("web", 1, "");
    apply(
        """
        apiVersion: autoscaling/v1
        kind: HorizontalPodAutoscaler
        metadata: {name: by-cpu}
        spec:
          maxReplicas: 5
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
        """);
    KubernetesCluster cluster = cluster();
    await()
        .atMost(A_WHILE)
        .untilAsserted(
            () ->
                assertThat(named(cluster, namespace(), "web").orElseThrow().refusal())
                    .hasValueSatisfying(
                        why -> assertThat(why).contains("HorizontalPodAutoscaler 'by-cpu'")));
  }

  @Test
  void zeroReplicasAnOptOutAndAPauseAreRefusedEachWithItsReason() {
    deploy("zero", 0, "");
    deploy("paused", 1, "  paused: true\n");
    deploy("out", 1, "");
    // A patch of this alone: its controller writes the status at the same time.
    admin()
        .apps()
        .deployments()
        .inNamespace(namespace())
        .withName("out")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"kiss.io/scale\":\"false\",\"other\":\"x\"}}}");
    KubernetesCluster cluster = cluster();
    assertThat(awaitWorkload(cluster, "zero").refusal().orElseThrow()).contains("0 replicas");
    assertThat(awaitWorkload(cluster, "paused").refusal().orElseThrow()).contains("paused");
    Workload out = awaitWorkload(cluster, "out");
    assertThat(out.refusal().orElseThrow()).contains("kiss.io/scale");
    assertThat(out.annotations()).containsOnlyKeys("kiss.io/scale");
  }

  @Test
  void replicasAreSetOfTheVersionThatWasReadAndAnEventSaysWhy() {
    deploy("web", 1, "  paused: true\n");
    KubernetesCluster cluster = cluster();
    get(cluster.holdLease(namespace(), "me"));
    String version = settled("web");
    String next = get(cluster.scale(namespace(), "web", 3, version, "p95 above the SLO"));
    assertThat(replicas("web")).isEqualTo(3);
    assertThat(next).isNotEqualTo(version);
    await()
        .atMost(A_WHILE)
        .untilAsserted(
            () ->
                assertThat(admin().v1().events().inNamespace(namespace()).list().getItems())
                    .filteredOn(event -> event.getReason().equals("Scaled"))
                    .extracting(Event::getMessage)
                    .containsExactly("Scaled to 3: p95 above the SLO"));
    assertThatThrownBy(() -> get(cluster.scale(namespace(), "web", 4, version, "again")))
        .isInstanceOf(ScaleConflict.class)
        .hasMessageContaining("has changed since version " + version);
    assertThat(replicas("web")).isEqualTo(3);
  }

  /** The version once nobody writes to the object any more. */
  final String settled(String name) {
    return await()
        .atMost(A_WHILE)
        .pollInterval(Duration.ofMillis(700))
        .until(
            new Callable<Optional<String>>() {
              private String before = "";

              @Override
              public Optional<String> call() {
                String now =
                    admin()
                        .apps()
                        .deployments()
                        .inNamespace(namespace())
                        .withName(name)
                        .get()
                        .getMetadata()
                        .getResourceVersion();
                boolean same = now.equals(before);
                before = now;
                return same ? Optional.of(now) : Optional.empty();
              }
            },
            Optional::isPresent)
        .orElseThrow();
  }

  @Test
  void nothingIsWrittenWithoutTheLeaseOrAfterItWasGivenBack() {
    deploy("web", 1, "");
    KubernetesCluster cluster = cluster();
    String version = settled("web");
    assertThatThrownBy(() -> get(cluster.scale(namespace(), "web", 2, version, "why")))
        .hasMessageContaining("lease kiss-scaler");
    get(cluster.holdLease(namespace(), "me"));
    get(cluster.releaseLease(namespace(), "me"));
    assertThatThrownBy(() -> get(cluster.scale(namespace(), "web", 2, version, "why")))
        .hasMessageContaining("lease kiss-scaler");
    assertThat(replicas("web")).isEqualTo(1);
  }

  @Test
  void aLeaseIsHeldByOneUntilItGivesItBack() {
    KubernetesCluster mine = cluster();
    KubernetesCluster yours = cluster();
    Instant until = get(mine.holdLease(namespace(), "me"));
    assertThat(until).isBetween(Instant.now().plusSeconds(5), Instant.now().plusSeconds(12));
    assertThatThrownBy(() -> get(yours.holdLease(namespace(), "you")))
        .hasMessageContaining("is held by me");
    assertThat(get(mine.holdLease(namespace(), "me"))).isAfter(until.minusMillis(1));
    get(mine.releaseLease(namespace(), "me"));
    get(yours.holdLease(namespace(), "you"));
    assertThat(
            admin()
                .leases()
                .inNamespace(namespace())
                .withName("kiss-scaler")
                .get()
                .getSpec()
                .getHolderIdentity())
        .isEqualTo("you");
  }

  @Test
  void aLeaseThatSomebodyDeletesIsNotTakenWhileItsHolderMayStillWrite() {
    KubernetesCluster mine = cluster();
    Map<String, String> shortLease =
        new HashMap<>(
            Map.of("lease-duration", "5s", "lease-margin", "500ms", "request-timeout", "2s"));
    shortLease.putAll(settings());
    KubernetesCluster yours = cluster(access(), shortLease);
    get(mine.holdLease(namespace(), "me"));
    assertThatThrownBy(() -> get(yours.holdLease(namespace(), "you")))
        .hasMessageContaining("is held by me");
    admin().leases().inNamespace(namespace()).withName("kiss-scaler").delete();
    long gone = System.nanoTime();
    assertThatThrownBy(() -> get(yours.holdLease(namespace(), "you")))
        .hasMessageContaining("was deleted while me held it");
    await()
        .atMost(A_WHILE)
        .ignoreExceptions()
        .untilAsserted(() -> get(yours.holdLease(namespace(), "you")));
    assertThat(Duration.ofNanos(System.nanoTime() - gone)).isGreaterThan(Duration.ofSeconds(5));

    admin().leases().inNamespace(namespace()).withName("kiss-scaler").delete();
    get(yours.holdLease(namespace(), "you"));
    assertThatThrownBy(() -> get(mine.holdLease(namespace(), "me")))
        .hasMessageContaining("is held by you");
  }

  @Test
  void aHolderThatStopsRenewingIsWaitedForByOurOwnClockWhateverItsClockSaid() {
    Map<String, String> shortLease =
        new HashMap<>(
            Map.of("lease-duration", "5s", "lease-margin", "500ms", "request-timeout", "2s"));
    shortLease.putAll(settings());
    apply(
        """
        apiVersion: coordination.k8s.io/v1
        kind: Lease
        metadata: {name: kiss-scaler}
        spec:
          holderIdentity: gone
          leaseDurationSeconds: 2
          renewTime: "2001-01-01T00:00:00.000000Z"
        """);
    KubernetesCluster cluster = cluster(access(), shortLease);
    long start = System.nanoTime();
    assertThatThrownBy(() -> get(cluster.holdLease(namespace(), "me")))
        .hasMessageContaining("is held by gone");
    await()
        .atMost(A_WHILE)
        .ignoreExceptions()
        .untilAsserted(() -> get(cluster.holdLease(namespace(), "me")));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(5));
  }
}
