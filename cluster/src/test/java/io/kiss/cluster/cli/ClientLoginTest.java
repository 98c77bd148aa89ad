package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kiss.cluster.KissProcess;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Commands that talk to a node which wants to know who asks, and which others cannot listen to. */
class ClientLoginTest {
  private static final String OPERATOR = "operator-0123456789";
  private static final String VIEWER = "viewer-0123456789";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;
  private StringWriter err = new StringWriter();

  private int run(String url, String... args) {
    err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(new StringWriter()));
    line.setErr(new PrintWriter(err));
    return line.execute(
        Stream.concat(Stream.of(args), Stream.of("--url", url)).toArray(String[]::new));
  }

  /** In a process of its own, since only that has an environment of its own. */
  private void works(Map<String, String> environment, String... args) throws Exception {
    try (KissProcess kiss =
        KissProcess.startTestMain(
            folder, Main.class, List.of("-XX:TieredStopAtLevel=1"), environment, args)) {
      assertThat(kiss.exitCode(PATIENCE)).as(kiss.transcript()).isZero();
    }
  }

  @Test
  void aTokenComesFromAFlagAFileOrTheEnvironment() throws Exception {
    Map<String, Object> tokens =
        Map.of("kiss.http.operator-token", OPERATOR, "kiss.http.viewer-token", VIEWER);
    try (Node node = NodeFixture.boot(folder.resolve("data"), tokens)) {
      String url = node.url();
      assertThat(run(url, "status")).isEqualTo(1);
      assertThat(err.toString())
          .contains("wants a token", "--token", "KISS_HTTP_VIEWER_TOKEN")
          .hasLineCount(1);

      String viewer = Files.writeString(folder.resolve("v"), VIEWER + "\nsecond\n").toString();
      assertThat(run(url, "status", "--token-file", viewer)).as(err.toString()).isZero();
      assertThat(run(url, "training", "pause", "--token-file", viewer)).isEqualTo(1);
      assertThat(err.toString()).contains("403").hasLineCount(1);
      assertThat(run(url, "training", "pause", "--token", OPERATOR)).as(err.toString()).isZero();
      String missing = folder.resolve("missing").toString();
      assertThat(run(url, "status", "--token-file", missing)).isEqualTo(2);
      assertThat(err.toString()).contains("--token-file: " + missing).hasLineCount(1);

      works(Map.of("KISS_HTTP_VIEWER_TOKEN", VIEWER), "status", "--url", url);
      works(
          Map.of("KISS_HTTP_VIEWER_TOKEN", VIEWER, "KISS_HTTP_OPERATOR_TOKEN", OPERATOR),
          "training",
          "pause",
          "--url",
          url);
    }
  }

  @Test
  void anAuthorityOfOnesOwnIsNamedByAFlagOrTheEnvironment() throws Exception {
    assumeTrue(
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "openssl"))),
        "openssl is not installed");
    Path tls = certificates();
    String ca = tls.resolve("ca.crt").toString();
    Map<String, Object> secured = Map.of("kiss.http.tls-directory", tls.toString());
    try (Node node = NodeFixture.boot(folder.resolve("data"), secured)) {
      int port = URI.create(node.url()).getPort();
      String url = "https://localhost:" + port;
      assertThat(run(url, "status")).isEqualTo(1);
      assertThat(err.toString())
          .contains("certificate that is not trusted here", "--ca-file")
          .hasLineCount(1);
      assertThat(run(url, "status", "--ca-file", ca)).as(err.toString()).isZero();
      works(Map.of("KISS_HTTP_CA_FILE", ca), "status", "--url", url);

      // A change of what is there goes by another client.
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(run(url, "attach", "local/demo", "--ca-file", ca))
                      .as(err.toString())
                      .isZero());
      assertThat(run(url, "attach", "local/demo", "--slo-ms", "200", "--ca-file", ca))
          .as(err.toString())
          .isZero();

      String none = Files.writeString(folder.resolve("none"), "no certificate").toString();
      assertThat(run(url, "status", "--ca-file", none)).isEqualTo(2);
      assertThat(err.toString()).contains("--ca-file: " + none).hasLineCount(1);
    }
    try (Node plain = NodeFixture.boot(folder.resolve("plain"))) {
      assertThat(run(plain.url().replace("http:", "https:"), "status")).isEqualTo(1);
      assertThat(err.toString()).contains("does not speak TLS; is http:// meant?").hasLineCount(1);
    }
  }

  /** A folder for kiss.http.tls-directory, whose certificate is of localhost. */
  private Path certificates() throws IOException, InterruptedException {
    Path made = folder.resolve("tls");
    Process script =
        new ProcessBuilder(
                Path.of("..", "conf/tls/make-test-certificates").toString(), made.toString())
            .inheritIO()
            .start();
    assertThat(script.waitFor()).isZero();
    Files.move(made.resolve("node.crt"), made.resolve("tls.crt"));
    Files.move(made.resolve("node.key"), made.resolve("tls.key"));
    return made;
  }
}
