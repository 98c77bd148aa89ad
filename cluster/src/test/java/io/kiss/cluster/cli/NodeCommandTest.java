package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kiss.cluster.FreePorts;
import io.kiss.cluster.KissProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code kiss node} shows to who starts it. */
class NodeCommandTest {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  @TempDir Path folder;

  @Test
  void aNodeWithoutSeedsSaysThatItIsAloneAndLibrariesSayNothingOfThemselves() throws Exception {
    int akka = FreePorts.take();
    int http = FreePorts.take();
    Map<String, String> environment =
        Map.of("KISS_AKKA_PORT", "" + akka, "KISS_HTTP_PORT", "" + http, "COLUMNS", "200");
    try (KissProcess kiss =
        KissProcess.startTestMain(
            folder, Main.class, List.of(), environment, "node", "--roles", "rollout")) {
      await().atMost(PATIENCE).until(() -> kiss.output().contains("is up: ") || !kiss.isAlive());
      assertThat(kiss.output().lines().toList())
          .as(kiss.transcript())
          .containsExactly(
              "No seed nodes were given: this node has made up a cluster of its own, which others"
                  + " join with KISS_SEED_NODES=127.0.0.1:"
                  + akka,
              "KIS-S node rollout is up: http://127.0.0.1:"
                  + http
                  + "  (no tokens, so local only; Ctrl-C stops)");
      assertThat(kiss.transcript())
          .doesNotContain("ArteryT", " Cluster - ", "CoordinatedShutdown", "ClusterSingleton");
    }
  }
}
