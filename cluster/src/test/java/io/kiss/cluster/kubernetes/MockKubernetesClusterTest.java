package io.kiss.cluster.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.util.Map;

/** On fabric8's mock server, which keeps objects and versions and has no controllers. */
@EnableKubernetesMockClient(crud = true)
class MockKubernetesClusterTest extends KubernetesClusterSuite {
  private KubernetesClient client;

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
    return "team";
  }

  /** The mock does not end watches. */
  @Override
  Map<String, String> settings() {
    return Map.of("stale-after", "10m");
  }
}
