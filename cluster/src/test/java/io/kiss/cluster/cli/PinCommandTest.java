package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import io.kiss.cluster.http.ContractProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code kiss policy pin, unpin, list} against a real node with the demo cluster. */
class PinCommandTest {
  private static final String POLICY = Path.of("..", "conf/policies/kiscaler.kiss").toString();
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
    assertThat(proxy.broken()).as("what the commands exchanged with the node").isEmpty();
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
  void itHoldsForADeploymentThatIsThereForOneThatMayComeAndForNoOther() {
    assertThat(run("policy", "import", POLICY, "--id", "v1")).as(err.toString()).isZero();
    assertThat(run("attach", "local/demo")).as(err.toString()).isZero();
    await().atMost(PATIENCE).until(this::isSeen);

    assertThat(run("policy", "pin", "v1", "local/demo/resnet50")).as(err.toString()).isZero();
    assertThat(err.toString()).isEmpty();
    await().atMost(PATIENCE).until(() -> policyOf("resnet50").equals("v1"));

    assertThat(run("policy", "pin", "v1", "local/demo/nobody")).isEqualTo(1);
    assertThat(err.toString()).contains("namespace local/demo has no Deployment 'nobody'");
    assertThat(err.toString().lines()).hasSize(1);

    assertThat(run("policy", "pin", "v1", "local/later/web")).isEqualTo(1);
    assertThat(err.toString()).contains("namespace local/later is not attached");
    assertThat(run("attach", "local/later")).isEqualTo(1);
    assertThat(run("policy", "pin", "v1", "local/later/web")).as(err.toString()).isZero();
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "Deployment local/later/web was not seen yet; it is pinned once it is");

    assertThat(run("policy", "list")).isZero();
    assertThat(out.toString().lines())
        .contains("pinned local/demo/resnet50 to v1", "pinned local/later/web to v1")
        .noneMatch(line -> line.contains("nobody"));

    assertThat(run("policy", "unpin", "local/demo/resnet50")).as(err.toString()).isZero();
    assertThat(run("policy", "list")).isZero();
    assertThat(out.toString())
        .contains("pinned local/later/web to v1")
        .doesNotContain("local/demo/resnet50");
    await().atMost(PATIENCE).until(() -> !policyOf("resnet50").equals("v1"));
  }

  private boolean isSeen() throws IOException {
    return deployments().size() > 0;
  }

  private String policyOf(String deployment) throws IOException {
    for (JsonNode each : deployments()) {
      if (each.path("name").asText().equals(deployment)) {
        return each.path("policy").asText("");
      }
    }
    return "";
  }

  private JsonNode deployments() throws IOException {
    String path = "/api/v1/clusters/local/namespaces/demo/deployments";
    try (InputStream answer = URI.create(proxy.url() + path).toURL().openStream()) {
      return new ObjectMapper().readTree(answer).path("deployments");
    }
  }
}
