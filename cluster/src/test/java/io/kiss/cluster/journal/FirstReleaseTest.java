package io.kiss.cluster.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import io.kiss.cluster.PostgresServer;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Nodes on databases that nodes of the first release left behind, one on H2 and one on PostgreSQL:
 * three policies registered ({@code run-1-7} to {@code run-1-9}), the first promoted, a namespace
 * attached, the second promoted and rolled back, the namespace detached, the third promoted, the
 * namespace attached in another way.
 */
class FirstReleaseTest {
  private static final String POLICIES = "/api/v1/policies";
  private static final String DEMO = "/api/v1/clusters/local/namespaces/demo";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** As the first release's own API answered before it was stopped. */
  private static final Map<String, String> HASHES =
      Map.of(
          "run-1-7", "aa477ed7e9343f78944e4e55effb42f8eec0157ab65ff816bf3904c9b9e069d8",
          "run-1-8", "e3169799e651423d3ff0dfacdfbbb33eb8f0acd0a9d4f3501d404fe3d9174af0",
          "run-1-9", "34d6a96db310d279f6683b35835e8237bad0e5199701230844c7d5805e18419f");

  @TempDir private Path folder;

  /**
   * The snapshot is of after the rollback. Without it every event of the first release is read;
   * with it, what it did not know is empty.
   */
  @ParameterizedTest
  @CsvSource({"H2, true", "H2, false", "POSTGRES, true", "POSTGRES, false"})
  void aNodeGoesOnFromWhatTheFirstReleaseLeftBehind(Dialect dialect, boolean fromSnapshot)
      throws Exception {
    if (dialect == Dialect.POSTGRES) {
      assumeThat(PostgresServer.programs()).as(PostgresServer.MISSING).isPresent();
      try (PostgresServer server = PostgresServer.start()) {
        goesOn(server.url("kiss"), "first-release-postgres.sql", fromSnapshot);
      }
    } else {
      goesOn("jdbc:h2:file:" + folder.resolve("kiss"), "first-release-h2.sql", fromSnapshot);
    }
  }

  private void goesOn(String url, String left, boolean fromSnapshot) throws Exception {
    try (Connection connection = DriverManager.getConnection(url, "kiss", "")) {
      restore(connection, left);
      if (!fromSnapshot) {
        String snapshots = url.startsWith("jdbc:h2") ? "\"snapshot\"" : "public.snapshot";
        try (Statement statement = connection.createStatement()) {
          assertThat(statement.executeUpdate("DELETE FROM " + snapshots)).isEqualTo(1);
        }
      }
    }
    try (Node node = boot(url)) {
      isWhatItWas(node, fromSnapshot);
      decides(node);
      JsonNode assignment =
          NodeFixture.json(
              ok(
                  NodeFixture.call(
                      node,
                      "POST",
                      POLICIES + "/run-1-8/promote",
                      "{\"force\": true, \"direct\": true}")));
      assertThat(assignment.path("term").asLong()).isEqualTo(5);
    }
    try (Node node = boot(url)) {
      JsonNode registry = get(node, POLICIES);
      assertThat(registry.path("term").asLong()).isEqualTo(5);
      assertThat(registry.path("champion").asText()).isEqualTo("run-1-8");
      assertThat(registry.path("previous").asText()).isEqualTo("run-1-9");
    }
  }

  private Node boot(String url) {
    Node node =
        url.startsWith("jdbc:h2")
            ? NodeFixture.boot(folder)
            : NodeFixture.boot(folder, Map.of("kiss.database.url", url));
    await("the controller has recovered")
        .atMost(PATIENCE)
        .until(() -> NodeFixture.call(node, "GET", POLICIES, "").statusCode() == 200);
    return node;
  }

  private static void restore(Connection connection, String left) throws IOException, SQLException {
    try (InputStream in = FirstReleaseTest.class.getResourceAsStream(left);
        Statement statement = connection.createStatement()) {
      String script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      // Each statement ends with its line; semicolons inside of lines are of decisions' sentences.
      for (String sql : script.replaceAll("(?m)^--.*\n", "").split(";\n")) {
        statement.execute(sql);
      }
    }
  }

  private static void isWhatItWas(Node node, boolean fromSnapshot) {
    JsonNode registry = get(node, POLICIES);
    assertThat(registry.path("term").asLong()).isEqualTo(4);
    assertThat(registry.path("champion").asText()).isEqualTo("run-1-9");
    assertThat(registry.path("previous").asText()).isEqualTo("run-1-7");
    assertThat(registry.path("paused").asBoolean()).isFalse();
    assertThat(registry.path("pins")).isEmpty();
    assertThat(registry.path("policies")).hasSize(3);
    for (JsonNode policy : registry.path("policies")) {
      String id = policy.path("id").asText();
      assertThat(policy.path("sha256").asText()).isEqualTo(HASHES.get(id));
      assertThat(policy.at("/provenance/iteration").asLong()).isEqualTo(7);
      assertThat(policy.at("/provenance/trainingSeconds").asDouble()).isEqualTo(12.5);
      assertThat(policy.path("evaluation")).hasSize(2);
      assertThat(policy.at("/evaluation/1/p95Seconds").isNull()).isTrue();
      byte[] weights =
          node.stores().policies().get(HASHES.get(id)).toCompletableFuture().join().orElseThrow();
      assertThat(PolicySnapshot.sha256(weights)).isEqualTo(HASHES.get(id));
    }
    List<String> history = new ArrayList<>();
    registry
        .path("history")
        .forEach(c -> history.add(c.path("what").asText() + " " + c.path("policy").asText()));
    assertThat(history)
        .isEqualTo(
            fromSnapshot
                ? List.of("PROMOTION run-1-9")
                : List.of(
                    "PROMOTION run-1-7",
                    "PROMOTION run-1-8",
                    "ROLLBACK run-1-7",
                    "PROMOTION run-1-9"));
    assertThat(registry.at("/policies/1/rejected").asBoolean()).isEqualTo(!fromSnapshot);
  }

  /** Its scalers decide again; a policy of another observation is not run and said so. */
  private static void decides(Node node) {
    JsonNode before = get(node, DEMO + "/decisions?limit=1000").path("decisions");
    assertThat(before).as("decisions of the first release").isNotEmpty();
    String newest = before.get(0).path("id").asText();
    JsonNode attachment = get(node, DEMO).path("attachment");
    assertThat(attachment.path("mode").asText()).isEqualTo("ACTIVE");
    assertThat(attachment.at("/guards/flapBudget").asInt()).isEqualTo(5);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                get(node, DEMO + "/decisions?limit=1")
                        .at("/decisions/0/id")
                        .asText()
                        .compareTo(newest)
                    > 0);
    await()
        .atMost(PATIENCE)
        .until(() -> get(node, DEMO).at("/status/problem").asText().contains("obs-29"));
    JsonNode latest = get(node, DEMO + "/decisions?limit=1").at("/decisions/0");
    assertThat(latest.path("source").asText()).isEqualTo("QUEUEING_RULE");
    assertThat(latest.path("policy").isNull()).isTrue();
  }

  private static HttpResponse<String> ok(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer;
  }

  private static JsonNode get(Node node, String path) {
    return NodeFixture.json(ok(NodeFixture.call(node, "GET", path, "")));
  }
}
