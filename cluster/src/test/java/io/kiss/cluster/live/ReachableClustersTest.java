package io.kiss.cluster.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;
import com.typesafe.config.ConfigFactory;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.ClusterDefinition;
import io.kiss.actors.protocol.ClusterDefinition.PrometheusDefinition;
import io.kiss.cluster.prometheus.MetricsSources;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReachableClustersTest {
  private static final NamespaceRef LLM = new NamespaceRef("prod", "llm");
  private static final NamespaceRef WEB = new NamespaceRef("prod", "web");

  @TempDir Path folder;

  /** What would block is done when the test says so. */
  private final Queue<Runnable> later = new ArrayDeque<>();

  private final ReachableClusters clusters =
      new ReachableClusters(
          Optional.empty(),
          LiveClusterSettings.from(ConfigFactory.load().getConfig("kiss")),
          MetricsSources.read(Path.of("..", "conf", "metrics")),
          new SimpleMeterRegistry(),
          later::add);

  @AfterEach
  void close() {
    clusters.close();
    work();
  }

  private void work() {
    while (!later.isEmpty()) {
      later.remove().run();
    }
  }

  private static ClusterDefinition definition(Path kubeconfig, String prometheus) {
    return new ClusterDefinition(
        "prod",
        Optional.of(kubeconfig.toString()),
        Optional.empty(),
        new PrometheusDefinition(
            prometheus, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
        "vllm",
        Optional.empty());
  }

  private Path kubeconfig() throws IOException {
    return Files.writeString(
        folder.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: here
        clusters: [{name: here, cluster: {server: "http://127.0.0.1:1"}}]
        users: [{name: me, user: {}}]
        contexts: [{name: here, context: {cluster: here, user: me}}]
        """);
  }

  @Test
  void aClusterThatNobodyUsesIsNotKnown() {
    assertThat(clusters.find("prod")).isEmpty();
  }

  @Test
  void itIsConnectedToElsewhereAndThenThere() throws IOException {
    CompletionStage<Done> connected =
        clusters.use(LLM, definition(kubeconfig(), "http://127.0.0.1:1")).orElseThrow();
    assertThatThrownBy(() -> clusters.find("prod")).hasMessageContaining("is being connected to");
    assertThat(connected.toCompletableFuture()).isNotDone();

    work();
    assertThat(connected.toCompletableFuture()).isCompleted();
    assertThat(clusters.find("prod")).isPresent();
  }

  @Test
  void theSameDefinitionAgainChangesNothingAndAnotherOneConnectsAnew() throws IOException {
    Path file = kubeconfig();
    clusters.use(LLM, definition(file, "http://127.0.0.1:1"));
    work();
    Object first = clusters.find("prod").orElseThrow();
    assertThat(clusters.use(WEB, definition(file, "http://127.0.0.1:1"))).isEmpty();
    assertThat(clusters.find("prod").orElseThrow()).isSameAs(first);

    assertThat(clusters.use(LLM, definition(file, "http://127.0.0.1:2"))).isPresent();
    work();
    assertThat(clusters.find("prod").orElseThrow()).isNotSameAs(first);
  }

  @Test
  void whyItCannotBeReachedIsASentenceAndTriedAgainWithTheNextPush() throws IOException {
    Path file = folder.resolve("kubeconfig");
    ClusterDefinition definition = definition(file, "http://127.0.0.1:1");
    CompletionStage<Done> tried = clusters.use(LLM, definition).orElseThrow();
    work();
    assertThat(tried.toCompletableFuture()).isCompleted();
    assertThatThrownBy(() -> clusters.find("prod"))
        .hasMessage(
            "cluster prod cannot be reached from this node: cannot read the kubeconfig " + file);

    kubeconfig();
    assertThat(clusters.use(LLM, definition)).isPresent();
    work();
    assertThat(clusters.find("prod")).isPresent();
  }

  @Test
  void itIsLeftWithTheLastNamespaceOfIt() throws IOException {
    ClusterDefinition definition = definition(kubeconfig(), "http://127.0.0.1:1");
    clusters.use(LLM, definition);
    clusters.use(WEB, definition);
    work();
    clusters.leave(LLM);
    assertThat(clusters.find("prod")).isPresent();
    clusters.leave(WEB);
    assertThat(clusters.find("prod")).isEmpty();
  }
}
