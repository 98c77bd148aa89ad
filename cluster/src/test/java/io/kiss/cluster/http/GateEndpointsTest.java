package io.kiss.cluster.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gate as a job of a real node. */
class GateEndpointsTest {
  private static final String POLICIES = "/api/v1/policies";
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir static Path data;
  private static Node node;

  @BeforeAll
  static void boot() throws IOException {
    node = NodeFixture.boot(data);
    for (String id : new String[] {"v1", "v2"}) {
      byte[] file = Files.readAllBytes(Path.of("..", "conf/policies/kiscaler.kiss"));
      String body =
          JsonNodeFactory.instance.objectNode().put("id", id).put("file", file).toString();
      // 503: the registry was too slow to say that it is done; it may be, and then says 200.
      await()
          .atMost(PATIENCE)
          .until(() -> call("POST", POLICIES, body).statusCode(), code -> code / 100 == 2);
    }
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static HttpResponse<String> call(String method, String path, String body) {
    return NodeFixture.call(node, method, path, body);
  }

  private static JsonNode get(String path) {
    return NodeFixture.json(call("GET", path, ""));
  }

  @Test
  void theReportIsKeptWithThePolicyAndDecidesWhetherItMayBePromotedAlsoAfterARestart() {
    HttpResponse<String> untried = call("POST", POLICIES + "/v1/promote", "{}");
    assertThat(untried.statusCode()).isEqualTo(409);
    assertThat(untried.body()).contains("has not been through the gate");

    HttpResponse<String> taken =
        call(
            "POST",
            POLICIES + "/v1/evaluate",
            "{\"cases\": 2, \"seed\": 3, \"series\": [{\"name\": \"mine\", \"binSeconds\": 60,"
                + " \"counts\": [600, 900, 2400, 1200, 600]}]}");
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
    String location = taken.headers().firstValue("Location").orElseThrow();
    await()
        .atMost(PATIENCE)
        .until(() -> !get(location).path("state").asText().matches("QUEUED|RUNNING"));
    JsonNode job = get(location);
    assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("DONE");

    JsonNode gate = get(POLICIES + "/v1").path("gate");
    assertThat(gate).isEqualTo(job.at("/result/report"));
    assertThat(gate.path("cases").asInt()).isEqualTo(3);
    assertThat(gate.path("ownTraces").asInt()).isEqualTo(1);
    assertThat(gate.path("seed").asInt()).isEqualTo(3);
    assertThat(gate.findValuesAsText("name"))
        .contains("beats-hpa", "own-traces", "action-sensitivity", "out-of-range");
    assertThat(gate.path("checks").get(0).path("sentence").asText())
        .isEqualTo("2 cases were drawn, and kiss.gate.cases asks for 60");
    assertThat(gate.path("checks").get(0).path("passed").asBoolean()).isFalse();
    assertThat(job.at("/result/sensitivity/features")).isNotEmpty();
    assertThat(get(POLICIES + "/v2").path("gate").isNull()).isTrue();

    HttpResponse<String> promoted = call("POST", POLICIES + "/v1/promote", "{}");
    assertThat(promoted.statusCode()).as(promoted.body()).isEqualTo(409);
    assertThat(promoted.body()).doesNotContain("has not been through the gate");

    node.close();
    node = NodeFixture.boot(data);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(get(POLICIES + "/v1").path("gate")).isEqualTo(gate));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          v9 | {}                                  | 404 | there is no policy 'v9'
          v2 | {"cases": 0}                        | 400 | cases
          v2 | {"case": 1}                         | 400 | case
          v2 | {"traces": ["../x"]}                | 400 | trace
          v2 | {"traces": ["none.csv"]}            | 400 | none.csv
          v2 | {"scenarios": ["none"]}             | 400 | none
          v2 | {"series": [{"counts": []}]}        | 400 | series.0
          v2 | {"profile": "nope"}                 | 400 | profile
          v2 | {"series": [{"counts": [1, 2]}], "profile": "nope"} | 400 | nope
          """)
  void whatMakesNoSenseIsRefusedByItsName(String id, String body, int status, String named) {
    HttpResponse<String> refused = call("POST", POLICIES + "/" + id + "/evaluate", body);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(status);
    assertThat(NodeFixture.json(refused).path("detail").asText()).contains(named);
  }
}
