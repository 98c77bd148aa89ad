package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiss.kisim.autoscale.PolicyFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kiss policy pin, unpin, list} against a real node with the demo cluster. */
class PinCommandTest {
  private static final String POLICY = Path.of("..", "conf/policies/kiscaler.kiss").toString();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path data;
  private static NodeCommands kiss;

  @BeforeAll
  static void boot() throws IOException {
    kiss = NodeCommands.boot(data);
  }

  @AfterAll
  static void stop() {
    kiss.close();
  }

  @Test
  void itHoldsForADeploymentThatIsThereForOneThatMayComeAndForNoOther() {
    assertThat(kiss.run("policy", "import", POLICY, "--id", "v1")).as(kiss.err()).isZero();
    assertThat(kiss.run("attach", "local/demo")).as(kiss.err()).isZero();
    await().atMost(PATIENCE).until(this::isSeen);

    assertThat(kiss.run("policy", "pin", "v1", "local/demo/resnet50")).as(kiss.err()).isZero();
    assertThat(kiss.err()).isEmpty();
    assertThat(kiss.out().lines())
        .containsExactly("Deployment local/demo/resnet50 is pinned to v1", "Term 1: champion none");
    await().atMost(PATIENCE).until(() -> policyOf("resnet50").equals("v1"));

    assertThat(kiss.run("policy", "pin", "v1", "local/demo/nobody")).isEqualTo(1);
    assertThat(kiss.err()).contains("namespace local/demo has no Deployment 'nobody'");
    assertThat(kiss.err().lines()).hasSize(1);

    assertThat(kiss.run("policy", "pin", "v1", "local/later/web")).isEqualTo(1);
    assertThat(kiss.err()).contains("namespace local/later is not attached");
    assertThat(kiss.run("attach", "local/later")).isEqualTo(1);
    assertThat(kiss.run("policy", "pin", "v1", "local/later/web")).as(kiss.err()).isZero();
    assertThat(kiss.err())
        .isEqualToIgnoringNewLines(
            "Deployment local/later/web was not seen yet; it is pinned once it is");

    assertThat(kiss.run("policy", "list")).isZero();
    assertThat(kiss.out().lines())
        .contains("pinned local/demo/resnet50 to v1", "pinned local/later/web to v1")
        .noneMatch(line -> line.contains("nobody"));

    assertThat(kiss.run("policy", "unpin", "local/demo/resnet50")).as(kiss.err()).isZero();
    assertThat(kiss.out())
        .contains("Deployment local/demo/resnet50 follows champion and candidate again");
    assertThat(kiss.run("policy", "list")).isZero();
    assertThat(kiss.out())
        .contains("pinned local/later/web to v1")
        .doesNotContain("local/demo/resnet50");
    await().atMost(PATIENCE).until(() -> !policyOf("resnet50").equals("v1"));
  }

  @Test
  void exportOverwritesNothingUnasked() throws IOException {
    assertThat(kiss.run("policy", "import", POLICY, "--id", "whole")).as(kiss.err()).isZero();
    Path there = Files.writeString(data.resolve("there.kiss"), "somebody's work");
    assertThat(kiss.run("policy", "export", "whole", there.toString())).isEqualTo(2);
    assertThat(kiss.err())
        .contains(there + " exists; --force overwrites it; see kiss policy export --help")
        .hasLineCount(1);
    assertThat(there).hasContent("somebody's work");
    assertThat(kiss.run("policy", "export", "whole", data.toString())).isEqualTo(2);
    assertThat(kiss.err()).contains(data + " is a folder");
    assertThat(kiss.run("policy", "export", "whole", there.toString(), "--force"))
        .as(kiss.err())
        .isZero();
    assertThat(PolicyFile.read(there).policy().sha256())
        .isEqualTo(PolicyFile.read(Path.of(POLICY)).policy().sha256());
  }

  @Test
  void aBuildIsShownByTheBeginningOfItsHash() throws IOException {
    assertThat(kiss.run("policy", "import", POLICY, "--id", "built")).as(kiss.err()).isZero();
    assertThat(kiss.run("policy", "show", "built")).isZero();
    String commit = new ObjectMapper().readTree(kiss.out()).at("/provenance/commit").asText();
    assertThat(commit).matches("[0-9a-f]{40}.*");
    assertThat(kiss.run("policy", "list")).isZero();
    assertThat(kiss.out()).contains(commit.substring(0, 12)).doesNotContain(commit);
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
    try (InputStream answer = URI.create(kiss.url() + path).toURL().openStream()) {
      return new ObjectMapper().readTree(answer).path("deployments");
    }
  }
}
