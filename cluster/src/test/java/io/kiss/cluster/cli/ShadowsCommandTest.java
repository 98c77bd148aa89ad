package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import io.kiss.cluster.http.ContractProxy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code kiss shadows} against a real node with the demo cluster. */
class ShadowsCommandTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path data;
  private static Node node;
  private static ContractProxy proxy;
  private StringWriter out;
  private StringWriter err;

  @BeforeAll
  static void boot() throws IOException {
    node = NodeFixture.boot(data);
    proxy = ContractProxy.before(node.url());
  }

  @AfterAll
  static void stop() {
    proxy.close();
    node.close();
    assertThat(proxy.broken()).as("what the command exchanged with the node").isEmpty();
  }

  private int run(String... args) {
    out = new StringWriter();
    err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(
        Stream.concat(Stream.of(args), Stream.of("--url", proxy.url())).toArray(String[]::new));
  }

  @Test
  void theyAreNamedStandBesideWhatRunsAndAreTakenAway() throws IOException {
    assertThat(run("attach", "local/demo")).as(err.toString()).isZero();
    assertThat(run("shadows", "local/demo")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("Nobody decides beside the scalers of local/demo");

    assertThat(run("shadows", "local/demo", "hpa", "queueing")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("decide, without acting: hpa, queueing");
    await().atMost(PATIENCE).until(this::isCounted);
    assertThat(run("shadows", "local/demo")).isZero();
    assertThat(out.toString())
        .containsPattern("(?m)^shadow +now +mean +late +cost +regret +over +fit late +fit cost$")
        .containsPattern("(?m)^running +\\d+ ")
        .containsPattern("(?m)^hpa +\\d+ ")
        .containsPattern("(?m)^queueing +\\d+ ")
        .contains("minutes counted")
        .contains("was measured");
    assertThat(out.toString().lines()).allSatisfy(l -> assertThat(l).hasSizeLessThan(81));

    assertThat(run("shadows", "local/demo", "--none")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("Nobody decides beside the scalers of local/demo");
  }

  private boolean isCounted() throws IOException {
    assertThat(run("shadows", "local/demo", "--json")).as(err.toString()).isZero();
    JsonNode deployments = new ObjectMapper().readTree(out.toString()).path("deployments");
    return deployments.size() > 0
        && deployments.get(0).at("/report/countedSeconds").asDouble() > 0
        && deployments.get(0).at("/report/shadows").size() == 2;
  }

  @Test
  void whatCannotDecideIsRefusedInASentence() {
    assertThat(run("attach", "local/demo")).as(err.toString()).isZero();
    refused(1, "shadow 'nobody': no such policy is registered", "shadows", "local/demo", "nobody");
    refused(1, "shadow 'hpa' is there twice", "shadows", "local/demo", "hpa", "hpa");
    refused(2, "--none and names", "shadows", "local/demo", "hpa", "--none");
    refused(1, "not attached", "shadows", "local/other", "hpa");
    refused(2, "NAMESPACE", "shadows");
  }

  private void refused(int exitCode, String sentence, String... args) {
    assertThat(run(args)).as(err.toString()).isEqualTo(exitCode);
    assertThat(err.toString()).contains(sentence);
    assertThat(err.toString().lines()).hasSize(1);
  }
}
