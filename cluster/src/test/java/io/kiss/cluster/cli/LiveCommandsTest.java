package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands that attach, detach and show, against a real node with the demo cluster. */
class LiveCommandsTest {
  private static final String VENUS = "/api/v1/clusters/venus";
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
    assertThat(kiss.methods()).contains("GET", "PUT", "DELETE");
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<JsonNode> decisions(String... args) {
    String[] all =
        Stream.concat(Stream.of("decisions", "local/demo", "--all", "--json"), Stream.of(args))
            .toArray(String[]::new);
    assertThat(kiss.run(all)).as(kiss.err()).isZero();
    return kiss.out().lines().map(LiveCommandsTest::json).toList();
  }

  @Test
  void aNamespaceIsAttachedInShadowAndShownAndExportedByTimeAndDetached() {
    // A tick that is due long before it can be finished is a problem, and attach says so.
    assertThat(
            kiss.run("attach", "local/demo", "--slo-ms", "300", "--tick-seconds", "3600", "--json"))
        .as(kiss.err())
        .isZero();
    JsonNode view = json(kiss.out());
    assertThat(view.at("/attachment/mode").asText()).isEqualTo("SHADOW");
    assertThat(view.at("/attachment/settings/sloSeconds").asDouble()).isEqualTo(0.3);
    assertThat(
            NodeFixture.call(
                    kiss.node(),
                    "PATCH",
                    "/api/v1/clusters/local/namespaces/demo",
                    "{\"tickSeconds\": 15}")
                .statusCode())
        .isEqualTo(200);

    await().atMost(PATIENCE).until(() -> decisions("--limit", "1000").size() >= 9);
    List<JsonNode> newest = decisions("--limit", "1000");
    assertThat(newest)
        .allSatisfy(d -> assertThat(d.path("outcome").asText()).isNotEqualTo("APPLIED"));

    // So many as are shown, however many that change nothing came after them.
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                decisions("--limit", "1").get(0).path("outcome").asText().equals("UNCHANGED")
                    && decisions("--limit", "1000").stream()
                        .anyMatch(d -> !d.path("outcome").asText().equals("UNCHANGED")));
    assertThat(kiss.run("decisions", "local/demo", "--limit", "1")).isZero();
    assertThat(kiss.out().lines()).as(kiss.err()).hasSize(1);

    // What lies between the third and the seventh decision, asked for by time.
    double from = newest.get(2).path("timeSeconds").asDouble();
    double to = newest.get(6).path("timeSeconds").asDouble();
    // A tick whose records come late, after those of the next, may still add to it.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(ids(decisions("--from", exact(from), "--to", exact(to)).stream()))
                    .isEqualTo(
                        ids(
                            decisions("--limit", "1000").stream()
                                .filter(d -> d.path("timeSeconds").asDouble() >= from)
                                .filter(d -> d.path("timeSeconds").asDouble() < to))));

    assertThat(kiss.run("decisions", "local/demo", "--from", "1", "--to", "2")).isZero();
    assertThat(kiss.out()).isEmpty();
    assertThat(kiss.err()).contains("No decision there");

    assertThat(kiss.run("detach", "local/demo")).as(kiss.err()).isZero();
    assertThat(kiss.out()).contains("replicas stay as they are");
    assertThat(kiss.run("detach", "local/demo")).isEqualTo(1);
    assertThat(kiss.err()).contains("local/demo is not attached");
  }

  private static List<String> ids(Stream<JsonNode> decisions) {
    return decisions.map(d -> d.path("id").asText()).toList();
  }

  private static String exact(double seconds) {
    return new BigDecimal(seconds).toPlainString();
  }

  /** How local/demo is attached, as the node has it. */
  private static JsonNode attachment(Node node) {
    return NodeFixture.json(
            NodeFixture.call(node, "GET", "/api/v1/clusters/local/namespaces/demo", ""))
        .path("attachment");
  }

  /** What {@code kiss up} does with its flags once the node is there. */
  private static Optional<String> up(Node node, String... flags) {
    CommandLine line = Main.commandLine();
    String[] args =
        Stream.concat(Stream.of("up", "--namespace", "local/demo"), Stream.of(flags))
            .toArray(String[]::new);
    CommandLine up = line.parseArgs(args).subcommand().commandSpec().commandLine();
    AttachOptions options = (AttachOptions) up.getCommandSpec().mixins().get("attach").userObject();
    return AttachCommand.attach(
        AdminClient.of(node.url(), up.getCommandSpec()),
        new NamespaceName("local", "demo"),
        options);
  }

  @Test
  void upAfterARestartKeepsWhatTheAttachmentHasAndChangesOnlyWhatItIsTold(@TempDir Path kept) {
    JsonNode attached;
    try (Node first = NodeFixture.boot(kept)) {
      await()
          .atMost(PATIENCE)
          .until(() -> NodeFixture.call(first, "GET", "/ready", "").statusCode() == 200);
      assertThat(
              up(
                  first,
                  "--slo-ms",
                  "270.5",
                  "--min-replicas",
                  "2",
                  "--max-replicas",
                  "9",
                  "--tick-seconds",
                  "7",
                  "--profile",
                  "resnet50-t4",
                  "--source",
                  "triton",
                  "--selector",
                  "app",
                  "--priority",
                  "3",
                  "--gpu-budget",
                  "40",
                  "--act"))
          .as("nothing to keep of a new one")
          .isEmpty();
      attached = attachment(first);
      assertThat(attached.path("mode").asText()).isEqualTo("ACTIVE");
    }
    try (Node again = NodeFixture.boot(kept)) {
      await()
          .atMost(PATIENCE)
          .until(() -> NodeFixture.call(again, "GET", "/ready", "").statusCode() == 200);
      assertThat(up(again))
          .hasValue(
              "Kept as it was attached: --source triton, --selector app, --slo-ms 270.5,"
                  + " --min-replicas 2, --max-replicas 9, --profile resnet50-t4, --priority 3,"
                  + " --gpu-budget 40, --tick-seconds 7, --act");
      assertThat(attachment(again)).isEqualTo(attached);

      ObjectNode expected = attached.deepCopy();
      expected.put("mode", "SHADOW").putNull("gpuBudget");
      expected.withObject("/settings").put("maxReplicas", 12);
      assertThat(up(again, "--max-replicas", "12", "--no-act", "--unset", "gpu-budget"))
          .hasValueSatisfying(
              said ->
                  assertThat(said)
                      .contains("--slo-ms 270.5", "--tick-seconds 7")
                      .doesNotContain("max-replicas", "gpu-budget", "act,"));
      assertThat(attachment(again)).isEqualTo(expected);
    }
  }

  @Test
  void attachShowsTheModeItWasToldAndNotThatOfTheTickBefore(@TempDir Path own) throws IOException {
    try (NodeCommands demo = NodeCommands.boot(own)) {
      for (String flag : List.of("--no-act", "--act", "--no-act")) {
        assertThat(demo.run("attach", "local/demo", "--slo-ms", "300", flag, "--json"))
            .as(demo.err())
            .isZero();
        assertThat(json(demo.out()).at("/status/deployments"))
            .isNotEmpty()
            .allSatisfy(
                each ->
                    assertThat(each.path("mode").asText())
                        .isEqualTo(flag.equals("--act") ? "ACTIVE" : "SHADOW"));
      }
    }
  }

  @Test
  void attachingAgainSaysWhatItKeptAndKeepsWhereTheClusterIs() {
    String url = "http://127.0.0.1:9";
    String[] first = {
      "attach",
      "venus/web",
      "--kubeconfig",
      "/nowhere/k",
      "--context",
      "c",
      "--prometheus",
      url,
      "--prometheus-token-file",
      "/nowhere/t",
      "--slo-ms",
      "100"
    };
    assertThat(kiss.run(first)).as(kiss.err()).isEqualTo(1);
    NodeFixture.call(
        kiss.node(),
        "PATCH",
        "/api/v1/clusters/venus/namespaces/web",
        "{\"guards\": {\"flapBudget\": 3}}");
    JsonNode before = NodeFixture.json(NodeFixture.call(kiss.node(), "GET", VENUS, ""));
    assertThat(before.at("/definition/context").asText()).isEqualTo("c");

    assertThat(kiss.run("attach", "venus/web", "--prometheus", url, "--slo-ms", "90")).isEqualTo(1);
    assertThat(kiss.out())
        .contains("Kept as it was attached: --tick-seconds 15, --no-act, guardrails of its own")
        .doesNotContain("--slo-ms");
    assertThat(NodeFixture.json(NodeFixture.call(kiss.node(), "GET", VENUS, ""))).isEqualTo(before);

    // Another Prometheus must not be sent the token of the one before.
    assertThat(kiss.run("attach", "venus/web", "--prometheus", url + "090")).isEqualTo(1);
    JsonNode moved = NodeFixture.json(NodeFixture.call(kiss.node(), "GET", VENUS, ""));
    assertThat(moved.at("/definition/prometheus/tokenFile").isNull()).isTrue();
    assertThat(moved.at("/definition/kubeconfig").asText()).isEqualTo("/nowhere/k");

    assertThat(kiss.run("attach", "venus/web", "--unset", "slo")).isEqualTo(2);
    assertThat(kiss.err()).contains("--unset: there is no 'slo'; there are source", "slo-ms");
    assertThat(kiss.run("attach", "venus/web", "--slo-ms", "1", "--unset", "slo-ms")).isEqualTo(2);
    kiss.run("detach", "venus/web");
    kiss.run("detach", "--cluster", "venus");
  }

  @Test
  void aClusterThatCannotBeReadMakesAttachFailAndIsForgottenWhenAsked() {
    String[] unusable = {
      "attach",
      "mars/web",
      "--kubeconfig",
      data.resolve("no-such-kubeconfig").toString(),
      "--prometheus",
      "http://127.0.0.1:9"
    };
    assertThat(kiss.run(unusable)).as(kiss.out()).isEqualTo(1);
    assertThat(kiss.err())
        .contains("mars/web is attached, but is not scaled", "no-such-kubeconfig")
        .contains("kiss detach mars/web")
        .hasLineCount(1);
    assertThat(kiss.run("detach", "--cluster", "mars")).isEqualTo(1);
    assertThat(kiss.err()).contains("detach web first");
    assertThat(kiss.run("detach", "mars/web")).as(kiss.err()).isZero();
    assertThat(kiss.run("detach", "--cluster", "mars")).as(kiss.err()).isZero();
    assertThat(kiss.out()).contains("Cluster mars is removed");
    assertThat(kiss.run("detach", "--cluster", "mars")).isEqualTo(1);
    assertThat(kiss.err()).contains("there is no cluster 'mars'");
    assertThat(kiss.run("detach")).isEqualTo(2);
    assertThat(kiss.run("detach", "mars/web", "--cluster", "mars")).isEqualTo(2);
  }

  @Test
  void whatCannotBeIsRefusedInOneSentence() {
    assertThat(kiss.run("decisions", "local/demo", "--from", "yesterday")).isEqualTo(2);
    assertThat(kiss.err()).contains("from must be like 2026-01-31T12:00:00Z", "'yesterday'");
    assertThat(kiss.err().lines()).hasSize(1);
    assertThat(kiss.run("decisions", "local/demo", "--from", "5", "--to", "4")).isEqualTo(2);
    assertThat(kiss.err()).contains("from must be earlier than to");
    assertThat(kiss.run("decisions", "local/demo", "--from", "5", "--limit", "4")).isEqualTo(2);
    assertThat(kiss.run("decisions", "local/demo", "--from", "5", "--follow")).isEqualTo(2);
    assertThat(kiss.run("attach", "mars/web")).isEqualTo(1);
    assertThat(kiss.err()).contains("there is no cluster 'mars'");
    assertThat(kiss.run("attach", "a/b/c")).isEqualTo(2);
    String order = data.resolve("none.json").toString();
    assertThat(kiss.run("jobs", "simulate", order)).isEqualTo(2);
    assertThat(kiss.err()).contains("there is no file " + order).hasLineCount(1);
    assertThat(kiss.run("jobs", "evaluate", data.toString())).isEqualTo(2);
    assertThat(kiss.err()).contains(data + " is a folder, not a file").hasLineCount(1);
  }
}
