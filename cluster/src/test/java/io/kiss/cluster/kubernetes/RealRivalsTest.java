package io.kiss.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.kiss.actors.live.Workload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * KEDA's claims, by its kind on a real API server and the shipped roles; KEDA itself is not run.
 */
class RealRivalsTest extends KubernetesFixture {
  /** As KEDA 2 defines it, of which only the schema is left open. */
  private static final String DEFINITION =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: scaledobjects.keda.sh}
      spec:
        group: keda.sh
        scope: Namespaced
        names:
          plural: scaledobjects
          singular: scaledobject
          kind: ScaledObject
          listKind: ScaledObjectList
          shortNames: [so]
        versions:
          - name: v1alpha1
            served: true
            storage: true
            schema:
              openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
            subresources: {status: {}}
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
  void whatAScaledObjectTargetsIsRefusedUntilThatIsGoneAndNothingElseIs() {
    CustomResourceDefinition definition =
        admin().getKubernetesSerialization().unmarshal(DEFINITION, CustomResourceDefinition.class);
    Resource<CustomResourceDefinition> keda = admin().resource(definition);
    boolean here = keda.get() != null;
    if (!here) {
      keda.create();
    }
    try {
      deploy("web", 1, "");
      deploy("other", 1, "");
      await().atMost(A_WHILE).ignoreExceptions().until(this::claim);
      KubernetesCluster cluster = cluster();
      awaitWorkload(cluster, "web");
      await().atMost(A_WHILE).until(() -> refusal(cluster, "web").contains("ScaledObject"));
      assertThat(refusal(cluster, "web"))
          .isEqualTo("ScaledObject 'by-kafka' scales it already; delete that first");
      assertThat(refusal(cluster, "other")).isEmpty();
      admin()
          .genericKubernetesResources("keda.sh/v1alpha1", "ScaledObject")
          .inNamespace(namespace())
          .withName("by-kafka")
          .delete();
      await().atMost(A_WHILE).until(() -> refusal(cluster, "web").isEmpty());
    } finally {
      if (!here) {
        keda.delete();
      }
    }
  }

  private static String refusal(KubernetesCluster cluster, String name) {
    return named(cluster, REAL.name(), name).flatMap(Workload::refusal).orElse("");
  }

  /** Taken once the server serves the kind. */
  private boolean claim() {
    apply(
        """
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: by-kafka}
        spec:
          scaleTargetRef: {name: web}
          triggers: [{type: kafka, metadata: {lagThreshold: "5"}}]
        """);
    return true;
  }
}
