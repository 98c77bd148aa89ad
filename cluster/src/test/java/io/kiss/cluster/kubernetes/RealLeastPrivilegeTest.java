package io.kiss.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What the shipped roles do not grant is tried with them, and a real API server refuses it. That
 * they grant what is needed is what the other tests of real servers show, with the same account.
 */
class RealLeastPrivilegeTest extends KubernetesFixture {
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  @RegisterExtension static final RealNamespace REAL = new RealNamespace();

  private KubernetesClient scaler;

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

  @BeforeEach
  void connect() {
    scaler = new KubernetesClientBuilder().withConfig(access()).build();
  }

  @AfterEach
  void disconnect() {
    scaler.close();
  }

  private static void refused(String what, ThrowingCallable attempt) {
    assertThatThrownBy(attempt)
        .as(what)
        .isInstanceOf(KubernetesClientException.class)
        .extracting(e -> ((KubernetesClientException) e).getCode())
        .as(what)
        .isEqualTo(403);
  }

  @Test
  void aDeploymentIsWrittenThroughItsScaleAloneAndNeverDeleted() {
    deploy("web", 1, "");
    RollableScalableResource<Deployment> web =
        scaler.apps().deployments().inNamespace(namespace()).withName("web");
    Deployment before = web.get();
    refused("its replicas", () -> web.patch(MERGE, "{\"spec\":{\"replicas\":2}}"));
    refused("its labels", () -> web.patch(MERGE, "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}"));
    refused("its pods' image", () -> web.rolling().updateImage("newer"));
    String scale = "/apis/apps/v1/namespaces/%s/deployments/web/scale".formatted(namespace());
    String read = scaler.raw(scale);
    refused("its scale, but by a patch", () -> scaler.raw(scale, "PUT", read));
    refused("the object", web::delete);
    refused("another one", () -> scaler.resource(named(before, "other")).create());
    Deployment after = admin().apps().deployments().inNamespace(namespace()).withName("web").get();
    assertThat(after.getSpec()).isEqualTo(before.getSpec());
    assertThat(after.getMetadata().getGeneration()).isEqualTo(1);
    // And what is granted is taken.
    web.subresource("scale").patch(MERGE, "{\"spec\":{\"replicas\":2}}");
    assertThat(web.get().getSpec().getReplicas()).isEqualTo(2);
  }

  private static Deployment named(Deployment like, String name) {
    return like.edit()
        .withNewMetadata()
        .withName(name)
        .withNamespace(like.getMetadata().getNamespace())
        .endMetadata()
        .build();
  }

  @Test
  void podsAreReadAndNeitherDeletedNorEntered() {
    deploy("web", 1, "");
    var pods = scaler.pods().inNamespace(namespace());
    assertThat(pods.list().getItems()).isNotNull();
    Resource<Pod> pod = pods.withName("web-1");
    refused("deleting one", pod::delete);
    refused("evicting one", () -> pods.withName("web-1").evict());
    refused("its log", () -> pods.withName("web-1").getLog());
  }

  @Test
  void onlyTheLeaseOfOneNameIsWrittenAndNoneDeleted() {
    get(cluster().holdLease(namespace(), "me"));
    var leases = scaler.leases().inNamespace(namespace());
    admin()
        .resource(
            new LeaseBuilder()
                .withNewMetadata()
                .withName("another")
                .withNamespace(namespace())
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity("somebody")
                .endSpec()
                .build())
        .create();
    refused("reading another", () -> leases.withName("another").get());
    refused(
        "writing another",
        () ->
            leases
                .resource(
                    new LeaseBuilder(
                            admin().leases().inNamespace(namespace()).withName("another").get())
                        .editSpec()
                        .withHolderIdentity("me")
                        .endSpec()
                        .build())
                .update());
    refused("all of them", leases::list);
    refused("deleting its own", () -> leases.withName("kiss-scaler").delete());
  }

  @Test
  void nothingElseIsReadOrWrittenHereOrElsewhere() {
    refused("secrets", () -> scaler.secrets().inNamespace(namespace()).list());
    refused("config maps", () -> scaler.configMaps().inNamespace(namespace()).list());
    refused(
        "making a config map",
        () ->
            scaler
                .resource(
                    new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("mine")
                        .withNamespace(namespace())
                        .endMetadata()
                        .build())
                .create());
    refused("events that were written", () -> scaler.v1().events().inNamespace(namespace()).list());
    refused("nodes", () -> scaler.nodes().list());
    refused("namespaces", () -> scaler.namespaces().list());
    refused("another namespace", () -> scaler.pods().inNamespace("default").list());
    refused("all namespaces", () -> scaler.apps().deployments().inAnyNamespace().list());
  }
}
