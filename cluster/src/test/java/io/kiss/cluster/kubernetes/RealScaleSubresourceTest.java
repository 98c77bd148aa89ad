package io.kiss.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.kiss.actors.live.ScaleConflict;
import io.kiss.actors.live.Workload;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What has a scale subresource and is no Deployment, on a real API server. */
class RealScaleSubresourceTest extends KubernetesFixture {
  private static final String SERVERS = "modelservers.kiss-it.example";

  private static final ResourceDefinitionContext SERVER =
      new ResourceDefinitionContext.Builder()
          .withGroup("kiss-it.example")
          .withVersion("v1")
          .withKind("ModelServer")
          .withPlural("modelservers")
          .withNamespaced(true)
          .build();

  private static final String DEFINITION =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: modelservers.kiss-it.example}
      spec:
        group: kiss-it.example
        scope: Namespaced
        names: {plural: modelservers, singular: modelserver, kind: ModelServer}
        versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                x-kubernetes-preserve-unknown-fields: true
            subresources:
              status: {}
              scale:
                specReplicasPath: .spec.replicas
                statusReplicasPath: .status.replicas
                labelSelectorPath: .status.selector
      """;

  /** What reference.conf says a kind of one's own needs. */
  private static final String ACCESS =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: model-servers}
      rules:
        - {apiGroups: [kiss-it.example], resources: [modelservers], verbs: [get, list, watch]}
        - {apiGroups: [kiss-it.example], resources: [modelservers/scale], verbs: [get, patch]}
      """;

  private static final String BINDING =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: model-servers}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: model-servers}
      subjects:
        - {kind: ServiceAccount, name: scaler, namespace: kiss}
      """;

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
  void aStatefulSetIsScaledAndAnEventOnItSaysWhy() {
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
                - {name: model, image: model, resources: {limits: {nvidia.com/gpu: "1"}}}
        """);
    KubernetesCluster cluster = cluster();
    awaitReady(cluster, "statefulsets.apps:llm", 1);
    scalesTo(cluster, "statefulsets.apps:llm", 2);
    awaitReady(cluster, "statefulsets.apps:llm", 2);
    assertThat(
            admin().apps().statefulSets().inNamespace(namespace()).withName("llm").get().getSpec())
        .extracting(spec -> spec.getReplicas())
        .isEqualTo(2);
    eventNames("StatefulSet", "llm");
  }

  @Test
  void anObjectOfOnesOwnKindIsReadByItsScaleAndScaledWithARoleForIt() {
    admin().resource(DEFINITION).create();
    try {
      apply(ACCESS);
      apply(BINDING);
      await()
          .atMost(A_WHILE)
          .until(
              () ->
                  REAL.server()
                      .may(namespace(), "patch", "kiss-it.example", "modelservers", "scale"));
      serverOfPods();
      KubernetesCluster cluster =
          cluster(access(), Map.of("kinds.0", "deployments.apps", "kinds.1", SERVERS));
      String name = SERVERS + ":llama";
      awaitReady(cluster, name, 1);
      Workload before = named(cluster, namespace(), name).orElseThrow();
      assertThat(before.gpusPerReplica()).isEqualTo(1);
      scalesTo(cluster, name, 3);
      assertThat(llama().<Number>get("spec", "replicas").intValue()).isEqualTo(3);
      assertThatThrownBy(
              () -> get(cluster.scale(namespace(), name, 4, before.resourceVersion(), "too late")))
          .isInstanceOf(ScaleConflict.class);
      eventNames("ModelServer", "llama");
    } finally {
      admin().resource(DEFINITION).delete();
    }
  }

  /** One of its kind whose only pod is made by a Deployment: nobody here controls that kind. */
  private void serverOfPods() {
    deploy("llama", 1, "");
    await()
        .atMost(A_WHILE)
        .ignoreExceptions()
        .until(
            () -> {
              admin()
                  .resource(
                      """
                      apiVersion: kiss-it.example/v1
                      kind: ModelServer
                      metadata: {name: llama}
                      spec: {replicas: 1}
                      """)
                  .inNamespace(namespace())
                  .create();
              return true;
            });
    admin()
        .genericKubernetesResources(SERVER)
        .inNamespace(namespace())
        .withName("llama")
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"status\":{\"replicas\":1,\"selector\":\"app=llama\"}}");
  }

  private GenericKubernetesResource llama() {
    return admin()
        .genericKubernetesResources(SERVER)
        .inNamespace(namespace())
        .withName("llama")
        .get();
  }

  private void awaitReady(KubernetesCluster cluster, String name, int ready) {
    await()
        .atMost(A_WHILE)
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(named(cluster, namespace(), name).orElseThrow().pods().ready())
                    .isEqualTo(ready));
  }

  /** A version that its controller has just replaced is refused, and the next one is taken. */
  private void scalesTo(KubernetesCluster cluster, String name, int replicas) {
    get(cluster.holdLease(namespace(), "me"));
    await()
        .atMost(A_WHILE)
        .ignoreExceptionsInstanceOf(ScaleConflict.class)
        .until(
            () -> {
              String version = named(cluster, namespace(), name).orElseThrow().resourceVersion();
              get(cluster.scale(namespace(), name, replicas, version, "p95 above the SLO"));
              return true;
            });
    await()
        .atMost(A_WHILE)
        .until(() -> named(cluster, namespace(), name).orElseThrow().desiredReplicas() == replicas);
  }

  private void eventNames(String kind, String name) {
    await()
        .atMost(A_WHILE)
        .untilAsserted(
            () ->
                assertThat(admin().v1().events().inNamespace(namespace()).list().getItems())
                    .filteredOn(event -> event.getReason().equals("Scaled"))
                    .filteredOn(event -> event.getInvolvedObject().getKind().equals(kind))
                    .filteredOn(event -> event.getInvolvedObject().getName().equals(name))
                    .extracting(Event::getMessage)
                    .allMatch(message -> message.endsWith("p95 above the SLO"))
                    .hasSize(1));
  }
}
