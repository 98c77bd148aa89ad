package io.kiss.cluster.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus scrapes a running node, and is asked. */
class ScrapedNodeTest {
  private static final String DEMO = "/api/v1/clusters/local/namespaces/demo";

  @TempDir Path folder;

  @Test
  void aPrometheusScrapesANodeAndKnowsItsNamespacesAndCalls() throws Exception {
    PrometheusServer.assumeInstalled("prometheus");
    try (Node node = NodeFixture.boot(folder.resolve("data"))) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> NodeFixture.call(node, "PUT", DEMO, "{}").statusCode() / 100 == 2);
      try (PrometheusServer server = PrometheusServer.start(folder, config(node))) {
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(
                () -> {
                  assertThat(server.ask("up{job='kiss'}")).containsExactly(1.0);
                  assertThat(server.ask("kiss_namespaces{job='kiss'}")).containsExactly(1.0);
                  assertThat(
                          server.ask(
                              "kiss_cluster_calls_seconds_count{operation='workloads',result='ok'}"
                                  + " > 0"))
                      .hasSize(1);
                  assertThat(server.ask("kiss_metrics_queries_seconds_count{result='ok'} > 0"))
                      .hasSize(1);
                });
      }
    }
  }

  private static String config(Node node) {
    return """
        global: {scrape_interval: 1s}
        scrape_configs:
          - job_name: kiss
            static_configs: [{targets: ["%s"]}]
        """
        .formatted(URI.create(node.url()).getAuthority());
  }
}
