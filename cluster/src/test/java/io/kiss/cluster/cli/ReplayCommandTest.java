package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiss.cluster.NodeFixture;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replays of what a real node recorded of the demo cluster, by its API and by the command. */
class ReplayCommandTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String POLICY = Path.of("..", "conf/policies/kiscaler.kiss").toString();
  private static final String DEPLOYMENT = "/api/v1/clusters/local/namespaces/demo/deployments/";

  @TempDir static Path data;
  private static NodeCommands kiss;

  @BeforeAll
  static void boot() {
    kiss = NodeCommands.boot(data);
  }

  @AfterAll
  static void stop() {
    kiss.close();
  }

  private List<JsonNode> lines(String... args) {
    assertThat(kiss.run(args)).as(kiss.err()).isZero();
    return kiss.out().lines().map(ReplayCommandTest::json).toList();
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<JsonNode> decisions() {
    return lines(
        "decisions", "local/demo", "--deployment", "resnet50", "--all", "--json", "--limit", "99");
  }

  private static JsonNode replay(String id, String query) {
    HttpResponse<String> answer =
        NodeFixture.call(
            kiss.node(), "GET", DEPLOYMENT + "resnet50/decisions/" + id + "/replay" + query, "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer.body());
  }

  @Test
  void whatWasRecordedComesOutTheSameAgainAlsoAfterARestartAndOthersAreCompared() {
    assertThat(kiss.run("attach", "local/demo")).as(kiss.err()).isZero();
    assertThat(kiss.run("policy", "import", POLICY, "--id", "v1")).as(kiss.err()).isZero();
    await().atMost(PATIENCE).until(() -> decisions().size() >= 4);
    assertThat(kiss.run("policy", "promote", "v1", "--force", "--direct")).isZero();
    await()
        .atMost(PATIENCE)
        .until(() -> decisions().stream().anyMatch(d -> d.path("action").asInt() >= 0));

    String[] again = {
      "replay", "--deployment", "local/demo/resnet50", "--policy", "recorded", "--json"
    };
    List<JsonNode> lines = lines(again);
    List<JsonNode> replayed = lines.subList(0, lines.size() - 1);
    assertThat(replayed)
        .hasSizeGreaterThanOrEqualTo(5)
        .allSatisfy(d -> assertThat(d.path("exact").asBoolean()).as(d.toString()).isTrue())
        .allSatisfy(d -> assertThat(d.path("replayed")).isEqualTo(d.path("recorded")));
    JsonNode last = lines.get(lines.size() - 1);
    assertThat(last.at("/summary/exact").asInt()).isEqualTo(replayed.size());
    assertThat(last.path("caveat").asText()).contains("what was really running");
    assertThat(kiss.run("replay", "--deployment", "local/demo/nobody", "--policy", "hpa"))
        .isEqualTo(1);
    assertThat(kiss.err()).contains("has no Deployment 'nobody'");

    String id =
        decisions().stream()
            .filter(d -> d.path("action").asInt() >= 0)
            .findFirst()
            .orElseThrow()
            .path("id")
            .asText();
    JsonNode before = replay(id, "");
    assertThat(before.at("/decision/exact").asBoolean()).isTrue();
    assertThat(before.at("/decision/replayed")).isEqualTo(before.at("/decision/recorded"));
    assertThat(before.at("/decision/recorded/by").asText()).isEqualTo("v1");
    assertThat(before.at("/decision/features")).isNotEmpty();
    JsonNode rule = replay(id, "?policy=none");
    assertThat(rule.at("/decision/replayed/source").asText()).isEqualTo("QUEUEING_RULE");
    assertThat(rule.at("/decision/exact").asBoolean()).isTrue();
    assertThat(rule.at("/decision/difference").asText()).contains("the queueing rule rather than");

    // The same by a file of that policy as by its id.
    String[] byId = {"replay", "--deployment", "local/demo/resnet50", "--policy", "v1", "--to"};
    String end = decisions().get(4).path("timeSeconds").decimalValue().toPlainString();
    assertThat(replicas(lines(with(byId, end, "--json"))))
        .isNotEmpty()
        .isEqualTo(replicas(lines(with(byId, end, "--json", "--policy=" + POLICY))));

    stop();
    boot();
    JsonNode after = replay(id, "");
    assertThat(after).isEqualTo(before);
    assertThat(
            kiss.run("replay", "--deployment", "local/demo/resnet50", "--policy", "hpa", "--all"))
        .as(kiss.err())
        .isZero();
    assertThat(kiss.out())
        .contains("hpa asks for as many in", "replica-hours", "what was really running");
    JsonNode hpa = replay(id, "?policy=hpa:target=0.5");
    assertThat(hpa.at("/decision/replayed/by").asText()).isEqualTo("hpa:target=0.5");
    assertThat(hpa.at("/decision/notes/0").asText()).doesNotContain("shown the 0 decisions");
  }

  private static String[] with(String[] args, String... more) {
    // The later of two options of one name would be refused, so the earlier gives way.
    boolean overrides = Stream.of(more).anyMatch(m -> m.startsWith("--policy="));
    String[] kept = overrides ? new String[] {args[0], args[1], args[2], args[5]} : args;
    return Stream.concat(Stream.of(kept), Stream.of(more)).toArray(String[]::new);
  }

  private static List<Integer> replicas(List<JsonNode> lines) {
    return lines.subList(0, lines.size() - 1).stream()
        .map(d -> d.at("/replayed/replicas").asInt())
        .toList();
  }

  @Test
  void whatTheApiShowsAsNotMeasuredIsReadAsNotMeasured() throws IOException {
    TelemetrySample seen =
        ApiJson.MAPPER.readValue(
            "{\"arrivalRate\": null, \"timeSeconds\": 2.5, \"pendingAgesSeconds\": []}",
            TelemetrySample.class);
    assertThat(seen.arrivalRate()).isNaN();
    assertThat(seen.timeSeconds()).isEqualTo(2.5);
  }

  @Test
  void whatCannotBeIsRefusedInOneSentence() {
    assertThat(kiss.run("replay", "--deployment", "demo/x", "--policy", "hpa")).isEqualTo(2);
    assertThat(kiss.err()).contains("CLUSTER/NAMESPACE/NAME");
    assertThat(kiss.run("replay", "--deployment", "local/demo/x", "--policy", "hpaa")).isEqualTo(2);
    assertThat(kiss.err()).contains("'hpaa' is no policy of this node and no file", "keda");
    assertThat(kiss.err().lines()).hasSize(1);
    String[] backwards = {"replay", "--deployment", "a/b/c", "--policy", "hpa", "--from", "5"};
    assertThat(
            kiss.run(
                Stream.concat(Stream.of(backwards), Stream.of("--to", "4")).toArray(String[]::new)))
        .isEqualTo(2);
    assertThat(
            NodeFixture.call(kiss.node(), "GET", DEPLOYMENT + "resnet50/decisions/no/replay", "")
                .body())
        .contains("Deployment local/demo/resnet50 has no decision 'no'");
  }
}
