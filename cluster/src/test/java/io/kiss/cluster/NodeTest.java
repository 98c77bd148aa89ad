package io.kiss.cluster;

import static io.kiss.cluster.NodeFixture.call;
import static io.kiss.cluster.NodeFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kiss.cluster.boot.BootFailure;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeTest {
  private static final String DEMO = "/api/v1/clusters/local/namespaces/demo";

  @TempDir Path data;

  @Test
  void aSecondStartFindsItsAttachmentsAndDecisionsWhereTheyWere() {
    String last;
    try (Node node = NodeFixture.boot(data)) {
      assertThat(call(node, "PUT", DEMO, "{\"mode\": \"ACTIVE\"}").statusCode()).isEqualTo(201);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> !json(call(node, "GET", DEMO + "/decisions", "")).at("/decisions").isEmpty());
      last = json(call(node, "GET", DEMO + "/decisions", "")).at("/decisions/0/id").asText();
    }
    try (Node node = NodeFixture.boot(data)) {
      assertThat(call(node, "PUT", DEMO, "{\"mode\": \"ACTIVE\"}").statusCode()).isEqualTo(200);
      assertThat(call(node, "GET", DEMO + "/decisions?before=" + last, "").statusCode())
          .isEqualTo(200);
      // The demo's clock went on: what is decided now sorts after what was decided then.
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  json(call(node, "GET", DEMO + "/decisions?limit=1", ""))
                          .at("/decisions/0/id")
                          .asText()
                          .compareTo(last)
                      > 0);
    }
  }

  @Test
  void aTakenPortIsABootFailureThatLeavesNothingOpen() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      NodeSettings settings = NodeFixture.settings(data, taken.getLocalPort());
      assertThatThrownBy(() -> Node.boot(settings, NodeFixture::start))
          .isInstanceOf(BootFailure.class)
          .hasMessage(
              "port %d on 127.0.0.1 is taken; stop the program that uses it or choose another with --port",
              taken.getLocalPort());
      Path file = data.resolve("kiss.mv.db");
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        // H2 holds this lock as long as the database is open.
        assertThat(channel.tryLock()).isNotNull();
      }
    }
  }

  @Test
  void onlyANodeThatMakesUpItsClusterAloneSendsSegmentsWhole() {
    assertThat(chunkBytes(Map.of())).isZero();
    assertThat(chunkBytes(Map.of("akka.cluster.seed-nodes", List.of("akka://kiss@10.0.0.1:2551"))))
        .isEqualTo(128 * 1024);
    assertThat(chunkBytes(Map.of("akka.cluster.roles", List.of("rollout")))).isEqualTo(128 * 1024);
    assertThat(chunkBytes(Map.of("kiss.rollout.chunk-bytes", 4096))).isEqualTo(4096);
  }

  private long chunkBytes(Map<String, Object> flags) {
    return NodeSettings.load(data, flags).getBytes("kiss.rollout.chunk-bytes");
  }

  @Test
  void aSettingThatMakesNoSenseIsNamed() {
    assertThatThrownBy(
            () ->
                NodeSettings.from(
                    NodeSettings.load(
                        data, Map.of("kiss.data", data.toString(), "kiss.demo.acceleration", 0)),
                    Optional.empty()))
        .isInstanceOf(BootFailure.class)
        .hasMessageContaining("kiss.demo.acceleration");
  }
}
