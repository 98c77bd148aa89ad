package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiss.actors.protocol.Attachment.Mode;
import io.kiss.actors.protocol.NamespaceProtocol.DeploymentStatus;
import io.kiss.actors.protocol.NamespaceProtocol.NamespaceStatus;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code kiss up} says of Deployments that it does not scale. */
class RefusalsTest {
  private static final String HPA = "HorizontalPodAutoscaler 'chat' scales it already";

  @TempDir Path data;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Refusals refusals =
      new Refusals(
          new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), false, false, 200));

  private List<String> said() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static NamespaceStatus status(String refusal) {
    DeploymentStatus chat =
        new DeploymentStatus(
            "chat",
            2,
            2,
            Optional.of(refusal).filter(text -> !text.isEmpty()),
            Optional.empty(),
            0,
            0,
            Optional.empty(),
            Mode.OFF,
            Optional.empty(),
            List.of(),
            Optional.empty());
    return new NamespaceStatus(
        "prod", "llm", true, Optional.empty(), 0, List.of(chat), Optional.empty());
  }

  @Test
  void aReasonIsToldOnceAndAgainOnlyWhenItBecomesAnotherOrGoes() {
    refusals.look(status(""));
    assertThat(said()).isEmpty();
    for (int i = 0; i < 3; i++) {
      refusals.look(status(HPA));
    }
    assertThat(said()).containsExactly("prod/llm/chat is not scaled: " + HPA);
    refusals.look(status("no SLO is stated"));
    refusals.look(status(""));
    refusals.look(status(""));
    assertThat(said())
        .containsExactly(
            "prod/llm/chat is not scaled: " + HPA,
            "prod/llm/chat is not scaled: no SLO is stated",
            "prod/llm/chat is decided on from now on");
  }

  @Test
  void whatTheTableOfAnAttachmentHasShownIsNotToldAgain() throws IOException {
    refusals.areShown(
        new ObjectMapper()
            .readTree(
                """
                {"status": {"cluster": "prod", "namespace": "llm",
                 "deployments": [{"name": "chat", "refusal": "%s"}, {"name": "x", "refusal": null}]}}
                """
                    .formatted(HPA)));
    refusals.look(status(HPA));
    assertThat(said()).isEmpty();
  }

  @Test
  void aNodesNamespacesAreLookedAtWithoutBeingAsked() {
    try (Node node = NodeFixture.boot(data)) {
      refusals.show(node);
      String demo = "/api/v1/clusters/local/namespaces/demo";
      NodeFixture.call(node, "PUT", demo, "{}");
      NodeFixture.call(node, "PATCH", demo + "/deployments/resnet50", "{\"mode\": \"OFF\"}");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> said().contains("local/demo/resnet50 is not scaled: it is switched off"));
    }
  }
}
