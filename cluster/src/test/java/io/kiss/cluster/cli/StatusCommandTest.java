package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.kiss.cluster.NodeFixture;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusCommandTest {
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

  @Test
  void membersTrainingAndEachWorkerAreShown() {
    assertThat(kiss.runAlone("status", "--url", kiss.url() + "/")).as(kiss.err()).isZero();
    List<String> lines = kiss.out().lines().toList();
    assertThat(lines.get(0)).startsWith("Cluster of 1 node, as 127.0.0.1:");
    assertThat(lines.get(1)).isEmpty();
    assertThat(lines).anyMatch(line -> line.contains("control,learner,rollout,scaler"));
    assertThat(lines)
        .contains(
            "Training run-1 is RUNNING: iteration 5 of epoch 1, 1,000 env steps, 500 a second",
            "Episodes: return -, SLO attainment 0.9900, 1.50 GPU-hours",
            "Queue: 1 of 2 segments for the next update, 0 behind it, the oldest for 0.25 s");
    String worker = lines.get(lines.size() - 1);
    assertThat(worker.split(" +"))
        .containsExactly("0", "127.0.0.1:25520", "4", "1", "5", "0", "250", "0.5", "s");
  }

  @Test
  void asJsonItIsWhatTheApiSays() throws Exception {
    assertThat(kiss.runAlone("status", "--url", kiss.url(), "--json")).isZero();
    JsonNode all = new ObjectMapper().readTree(kiss.out());
    assertThat(all.at("/cluster/members").size()).isEqualTo(1);
    assertThat(all.at("/training/iteration").asInt()).isEqualTo(5);
    assertThat(all.at("/training/rollout/workers/0/lag").asInt()).isEqualTo(1);
    assertThat(all.at("/training/rollout/batchSegments").asInt()).isEqualTo(1);
  }

  @Test
  void attachedNamespacesAndTheirGpusAreShown() throws Exception {
    String demo = "/api/v1/clusters/local/namespaces/demo";
    NodeFixture.call(kiss.node(), "PUT", demo, "{\"gpuBudget\": 5}");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                NodeFixture.json(NodeFixture.call(kiss.node(), "GET", demo, ""))
                        .at("/status/gpus/budget")
                        .asInt()
                    == 5);
    assertThat(kiss.runAlone("status", "--url", kiss.url())).isZero();
    NodeFixture.call(kiss.node(), "DELETE", demo, "");
    assertThat(kiss.out()).contains("local/demo", "given of a budget of 5");
  }

  @Test
  void aNamespaceThatCannotBeReadIsNamedWithTheReason() throws Exception {
    NodeFixture.call(kiss.node(), "PUT", "/api/v1/clusters/local/namespaces/nowhere", "{}");
    NodeFixture.call(
        kiss.node(),
        "PUT",
        "/api/v1/clusters/mars",
        "{\"kubeconfig\": \"/no/such/kubeconfig\", \"prometheus\": {\"url\": \"http://127.0.0.1:9\"}}");
    NodeFixture.call(kiss.node(), "PUT", "/api/v1/clusters/mars/namespaces/web", "{}");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              assertThat(kiss.runAlone("status", "--url", kiss.url())).as(kiss.err()).isZero();
              assertThat(kiss.out().replaceAll("\\s+", " "))
                  .contains("Namespace local/nowhere is not scaled: ", "no namespace 'nowhere'")
                  .contains("Namespace mars/web is not scaled: ", "/no/such/kubeconfig");
            });
    for (String gone : List.of("local/namespaces/nowhere", "mars/namespaces/web", "mars")) {
      NodeFixture.call(kiss.node(), "DELETE", "/api/v1/clusters/" + gone, "");
    }
  }

  @Test
  void aNamespaceThatNobodyAnswersForIsNamedToo() throws Exception {
    String silent = "/api/v1/clusters/local/namespaces/demo";
    String problem = "{\"status\": 503, \"detail\": \"it does not answer within 5 s\"}";
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          JsonNode recorded = ArchiveTraining.answers().path(path);
          boolean refused = path.equals(silent);
          byte[] body = (refused ? problem : recorded.toString()).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(refused ? 503 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort();
      assertThat(kiss.runAlone("status", "--url", url)).as(kiss.err()).isZero();
      assertThat(kiss.out())
          .contains("Namespace local/demo: unknown, it does not answer within 5 s");
      assertThat(kiss.runAlone("status", "--json", "--url", url)).isZero();
      JsonNode all = new ObjectMapper().readTree(kiss.out());
      assertThat(all.path("namespaces")).isEmpty();
      assertThat(all.at("/unread/0/cluster").asText()).isEqualTo("local");
      assertThat(all.at("/unread/0/namespace").asText()).isEqualTo("demo");
      assertThat(all.at("/unread/0/problem").asText()).isEqualTo("it does not answer within 5 s");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void whatAClustersNamespacesHaveOfItsBudgetIsAddedUp() throws Exception {
    ObjectMapper json = new ObjectMapper();
    JsonNode prod =
        json.readTree(
            "{\"name\": \"prod\", \"definition\": {\"gpuBudget\": 64},"
                + " \"namespaces\": [\"a\", \"b\", \"c\"], \"gpus\": {\"waitingFor\": [\"c\"]}}");
    JsonNode test = json.readTree("{\"name\": \"test\", \"definition\": {}, \"namespaces\": []}");
    List<JsonNode> namespaces = new ArrayList<>();
    for (String status :
        List.of(
            "{\"cluster\": \"prod\", \"gpus\": {\"used\": 5, \"wished\": 9}}",
            "{\"cluster\": \"prod\", \"gpus\": {\"used\": 7, \"wished\": 7}}",
            "{\"cluster\": \"prod\", \"gpus\": null}",
            "{\"cluster\": \"test\", \"gpus\": {\"used\": 100, \"wished\": 100}}")) {
      namespaces.add(json.readTree("{\"status\": " + status + "}"));
    }
    StatusText text = new StatusText(json.readTree("{}"), 200);
    int before = text.lines().size();
    text.budget(prod, namespaces).budget(test, namespaces);
    assertThat(text.lines().subList(before, text.lines().size()))
        .containsExactly(
            "Cluster prod, GPUs: 12 used, 16 wished of a budget of 64; 2 of 3 namespaces say so;"
                + " shares stay until c says what it needs");
  }

  @Test
  void theCheapestShadowOfADeploymentIsNamed() throws Exception {
    String shadow = "{\"name\": \"%s\", \"overRunningReplicaHours\": %s}";
    JsonNode namespace =
        new ObjectMapper()
            .readTree(
                "{\"status\": {\"cluster\": \"c\", \"namespace\": \"ns\", \"deployments\": ["
                    + "{\"name\": \"web\", \"shadows\": {\"shadows\": ["
                    + String.join(
                        ",",
                        shadow.formatted("hpa", "1.5"),
                        shadow.formatted("queueing", "-2.25"),
                        shadow.formatted("lost", "null"))
                    + "]}}, {\"name\": \"chat\", \"shadows\": {\"shadows\": ["
                    + String.join(
                        ",", shadow.formatted("hpa", "1.5"), shadow.formatted("keda", "2"))
                    + "]}}, {\"name\": \"batch\", \"shadows\": null}]}}");
    StatusText text = new StatusText(new ObjectMapper().readTree("{}"), 120);
    int before = text.lines().size();
    text.namespace(namespace);
    assertThat(text.lines().subList(before, text.lines().size()))
        .containsExactly(
            "Shadows of c/ns/web: queueing is the cheapest so far, 2.25 replica-hours below what"
                + " runs",
            "Shadows of c/ns/chat: what runs is the cheapest so far; next is hpa, 1.50 replica-hours"
                + " above");
  }

  @Test
  void whereNobodyAnswersItSaysSoInOneLine() {
    assertThat(kiss.runAlone("status", "--url", "http://127.0.0.1:1")).isEqualTo(1);
    assertThat(kiss.err().lines()).hasSize(1);
    assertThat(kiss.err()).contains("http://127.0.0.1:1").contains("--url");
  }
}
