package io.kiss.cluster.kubernetes;

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
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The API server of {@code KISS_IT_KUBECONFIG} with the shipped roles, and namespaces on it in
 * which they are bound to the account {@code kiss:scaler}.
 */
final class RealServer implements AutoCloseable {
  static final String SCALER = "kiss-scaler";

  private static final AtomicInteger NAMESPACES = new AtomicInteger();
  private static final Path SHIPPED = Path.of("../conf/kubernetes");
  private static final String OBSERVER = "kiss-observer";

  private final KubernetesClient client;

  /** Tests run side by side, so that each has roles of its own, and deletes no others. */
  private final String suffix =
      "-kiss-it-%d-%d".formatted(ProcessHandle.current().pid(), NAMESPACES.incrementAndGet());

  private final List<ClusterRole> made;

  private RealServer(KubernetesClient client) {
    this.client = client;
    made = shipped("base/rbac.yaml", ClusterRole.class);
    for (ClusterRole role : made) {
      role.getMetadata().setName(role.getMetadata().getName() + suffix);
      client.resource(role).create();
    }
  }

  /** Connects; the test is skipped where there is none. */
  static RealServer connect() {
    String kubeconfig = System.getenv("KISS_IT_KUBECONFIG");
    assumeTrue(
        kubeconfig != null && !kubeconfig.isEmpty(),
        "KISS_IT_KUBECONFIG names no API server to play with");
    Config config = Config.fromKubeconfig(new File(kubeconfig));
    config.setRequestRetryBackoffLimit(0);
    return new RealServer(new KubernetesClientBuilder().withConfig(config).build());
  }

  /** Somebody who may do everything. */
  KubernetesClient client() {
    return client;
  }

  /** A new namespace with the shipped bindings. */
  String makeNamespace() {
    String namespace =
        "kiss-it-live-%d-%d".formatted(ProcessHandle.current().pid(), NAMESPACES.incrementAndGet());
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
    bind(namespace, OBSERVER);
    bind(namespace, SCALER);
    return namespace;
  }

  void deleteNamespace(String namespace) {
    client.namespaces().withName(namespace).delete();
  }

  private <T extends HasMetadata> List<T> shipped(String file, Class<T> type) {
    try (InputStream yaml = Files.newInputStream(SHIPPED.resolve(file))) {
      return client.load(yaml).items().stream().filter(type::isInstance).map(type::cast).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Applies one of the shipped bindings, and waits until the server goes by it. */
  private void bind(String where, String name) {
    shipped("attach/namespace-access.yaml", RoleBinding.class).stream()
        .filter(binding -> binding.getMetadata().getName().equals(name))
        .forEach(
            binding -> {
              binding.getRoleRef().setName(binding.getRoleRef().getName() + suffix);
              client.resource(binding).inNamespace(where).create();
            });
    boolean observer = name.equals(OBSERVER);
    await()
        .atMost(KubernetesFixture.A_WHILE)
        .until(
            () ->
                observer
                    ? may(where, "watch", "apps", "deployments", null)
                    : may(where, "patch", "apps", "deployments", "scale"));
  }

  /** Whether the account may do that in a namespace. */
  boolean may(String where, String verb, String group, String resource, String subresource) {
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
                .endResourceAttributes()
                .endSpec()
                .build())
        .getStatus()
        .getAllowed();
  }

  /** As a service account, {@code namespace:name}. */
  Config as(String account) {
    return new ConfigBuilder(client.getConfiguration())
        .withImpersonateUsername("system:serviceaccount:" + account)
        .withImpersonateGroups("system:authenticated")
        .build();
  }

  @Override
  public void close() {
    made.forEach(role -> client.resource(role).delete());
    client.close();
  }
}
