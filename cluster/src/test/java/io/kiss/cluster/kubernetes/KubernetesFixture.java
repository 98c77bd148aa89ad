package io.kiss.cluster.kubernetes;

import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kiss.actors.live.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;

/** An API server, somebody who may do everything there, and the port under test. */
abstract class KubernetesFixture {
  /** The mock server may stand still for half a minute, twice in a row ({@link MockApiServer}). */
  static final Duration A_WHILE = Duration.ofSeconds(100);

  private final List<KubernetesCluster> opened = new ArrayList<>();

  /** Somebody who may do everything. */
  abstract KubernetesClient admin();

  /** How the port under test reaches the server. */
  abstract Config access();

  /** An empty namespace, this test's own. */
  abstract String namespace();

  /** Long enough that nothing goes stale where watches are not made anew. */
  Map<String, String> settings() {
    return Map.of();
  }

  static KubernetesSettings settings(Map<String, String> changed) {
    return KubernetesSettings.from(
        ConfigFactory.parseMap(changed)
            .withFallback(ConfigFactory.load().getConfig("kiss.kubernetes")));
  }

  final KubernetesCluster cluster() {
    return cluster(access(), settings());
  }

  final KubernetesCluster cluster(Config access, Map<String, String> changed) {
    KubernetesSettings settings = settings(changed);
    KubernetesCluster cluster =
        new KubernetesCluster(new ApiServer("test", access, settings), settings);
    opened.add(cluster);
    return cluster;
  }

  @AfterEach
  void closeClusters() {
    opened.forEach(KubernetesCluster::close);
  }

  static <T> T get(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw unwrapped(cause);
      }
      throw new AssertionError(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private static RuntimeException unwrapped(RuntimeException failure) {
    return failure.getCause() instanceof RuntimeException cause
            && failure instanceof CompletionException
        ? cause
        : failure;
  }

  final void apply(String yaml) {
    admin().resource(yaml).inNamespace(namespace()).create();
  }

  final void deploy(String name, int replicas, String extra) {
    apply(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %1$s, labels: {app: %1$s}}
        spec:
          replicas: %2$d
          selector: {matchLabels: {app: %1$s}}
          template:
            metadata: {labels: {app: %1$s}}
            spec:
              containers:
                - {name: model, image: model, resources: {limits: {nvidia.com/gpu: "1"}}}
        %3$s\
        """
            .formatted(name, replicas, extra));
  }

  static Optional<Workload> named(KubernetesCluster cluster, String namespace, String name) {
    return get(cluster.workloads(namespace, "")).stream()
        .filter(workload -> workload.name().equals(name))
        .findFirst();
  }

  final Workload awaitWorkload(KubernetesCluster cluster, String name) {
    await()
        .atMost(A_WHILE)
        .ignoreExceptions()
        .until(() -> named(cluster, namespace(), name).isPresent());
    return named(cluster, namespace(), name).orElseThrow();
  }
}
