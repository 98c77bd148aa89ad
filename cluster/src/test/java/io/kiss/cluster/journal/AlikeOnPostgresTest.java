package io.kiss.cluster.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import io.kiss.cluster.PostgresServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes, one on the embedded database and one on PostgreSQL, that are asked the same. */
class AlikeOnPostgresTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String POLICIES = "/api/v1/policies";
  private static final String DEMO = "/api/v1/clusters/local/namespaces/demo";
  private static final String DEPLOYMENT = "resnet50";

  @TempDir static Path folder;
  private static PostgresServer server;
  private static Node onH2;
  private static Node onPostgres;

  @BeforeAll
  static void boot() throws Exception {
    assumeThat(PostgresServer.programs()).as(PostgresServer.MISSING).isPresent();
    server = PostgresServer.start();
    onH2 = NodeFixture.boot(Files.createDirectory(folder.resolve("h2")));
    onPostgres =
        NodeFixture.boot(
            Files.createDirectory(folder.resolve("postgres")),
            Map.of("kiss.database.url", server.url("kiss")));
    byte[] file = Files.readAllBytes(Path.of("..", "conf/policies/kiscaler.kiss"));
    String body =
        JsonNodeFactory.instance.objectNode().put("id", "v1").put("file", file).toString();
    for (Node node : List.of(onH2, onPostgres)) {
      assertThat(call(node, "POST", POLICIES, body).statusCode()).isEqualTo(201);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable each : new AutoCloseable[] {onH2, onPostgres, server}) {
      if (each != null) {
        each.close();
      }
    }
  }

  private static HttpResponse<String> call(Node node, String method, String path, String body) {
    return NodeFixture.call(node, method, path, body);
  }

  private static JsonNode get(Node node, String path) {
    HttpResponse<String> answer = call(node, "GET", path, "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return NodeFixture.json(answer);
  }

  private static List<DecisionRecord> recorded(Node node) {
    DecisionRange all =
        new DecisionRange(
            "local", "demo", Optional.of(DEPLOYMENT), Optional.empty(), Optional.empty());
    return node.stores()
        .decisions()
        .query(new DecisionQuery(all, Optional.empty(), 6))
        .toCompletableFuture()
        .join();
  }

  @Test
  void aDecisionIsReplayedTheSameFromEither() {
    String now = "{\"force\": true, \"direct\": true}";
    for (Node node : List.of(onH2, onPostgres)) {
      assertThat(call(node, "POST", POLICIES + "/v1/promote", now).statusCode()).isEqualTo(200);
    }
    assertThat(call(onH2, "PUT", DEMO, "{\"mode\": \"ACTIVE\"}").statusCode()).isEqualTo(201);
    await()
        .atMost(PATIENCE)
        .until(() -> recorded(onH2).stream().filter(r -> r.action() >= 0).count() >= 4);
    List<DecisionRecord> records = recorded(onH2);
    onPostgres.stores().decisions().append(records).toCompletableFuture().join();

    int exact = 0;
    for (DecisionRecord record : records) {
      String path = DEMO + "/deployments/" + DEPLOYMENT + "/decisions/" + record.id() + "/replay";
      for (String by : List.of("", "?policy=none", "?policy=v1")) {
        JsonNode there = get(onPostgres, path + by);
        assertThat(there).isEqualTo(get(onH2, path + by));
        exact += there.at("/decision/exact").asBoolean() ? 1 : 0;
      }
    }
    assertThat(exact).isGreaterThanOrEqualTo(3 * 4);
    assertThat(recorded(onPostgres).stream().map(DecisionRecord::id))
        .containsExactlyElementsOf(records.stream().map(DecisionRecord::id).toList());
  }

  @Test
  void theGateFindsTheSameAndItsReportIsKeptByEither() throws IOException {
    JsonNode there = gate(onPostgres);
    assertThat(there).isEqualTo(gate(onH2));
    assertThat(there.path("checks")).isNotEmpty();
    assertThat(there.path("cases").asInt()).isEqualTo(3);
  }

  /** The report that is kept with the policy, but for when it was made. */
  private static JsonNode gate(Node node) {
    HttpResponse<String> taken =
        call(
            node,
            "POST",
            POLICIES + "/v1/evaluate",
            "{\"cases\": 2, \"seed\": 3, \"series\": [{\"name\": \"mine\", \"binSeconds\": 60,"
                + " \"counts\": [600, 900, 2400, 1200, 600]}]}");
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
    String location = taken.headers().firstValue("Location").orElseThrow();
    await()
        .atMost(PATIENCE)
        .until(() -> !get(node, location).path("state").asText().matches("QUEUED|RUNNING"));
    JsonNode job = get(node, location);
    assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("DONE");
    JsonNode gate = get(node, POLICIES + "/v1").path("gate");
    assertThat(gate).isEqualTo(job.at("/result/report"));
    ObjectNode timeless = gate.deepCopy();
    timeless.remove("madeAtMillis");
    return timeless;
  }
}
