package io.kiss.cluster.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
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

class JobEndpointsTest {
  private static final String SCENARIO =
      "{\"profile\": {\"file\": \"resnet50.conf\", \"name\": \"resnet50-t4\"},"
          + " \"duration\": \"5m\", \"slo\": \"200ms\","
          + " \"replicas\": {\"initial\": 2, \"max\": 8},"
          + " \"traffic\": {\"kind\": \"open\","
          + " \"pattern\": {\"kind\": \"constant\", \"level\": 50}}}";

  @TempDir static Path data;
  private static Node node;

  @BeforeAll
  static void boot() throws Exception {
    System.setProperty("kiss.home", Path.of("..").toAbsolutePath().normalize().toString());
    Path files = Files.createDirectories(data.resolve("files"));
    Files.writeString(files.resolve("flat.csv"), "second,requests\n0,100\n1,100\n2,100\n3,100\n");
    Files.writeString(data.resolve("secret.csv"), "second,requests\n0,1\n1,1\n");
    Files.createSymbolicLink(files.resolve("link.csv"), data.resolve("secret.csv"));
    node = NodeFixture.boot(data);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void aSimulationRunsAsAJobAndCountsTheRequestsOfItsSeries() {
    HttpResponse<String> taken =
        call(
            "POST",
            "/api/v1/simulations",
            "{\"scenario\": \"slow-start\", \"autoscaler\": \"hpa\", \"engine\": \"FLUID\","
                + " \"series\": {\"binSeconds\": 60, \"counts\": [600, 1200, 600]}}");
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
    String location = taken.headers().firstValue("Location").orElseThrow();
    JsonNode job = finished(location);
    assertThat(job.at("/state").asText()).as(job.toString()).isEqualTo("DONE");
    assertThat(job.at("/progress").asDouble()).isEqualTo(1);
    assertThat(job.at("/result").toString()).contains("hpa");
    assertThat(requests(job.at("/result"))).isBetween(2000.0, 2800.0);
    assertThat(call("DELETE", location, "").statusCode()).isEqualTo(204);
    assertThat(call("GET", location, "").statusCode()).isEqualTo(404);
  }

  private static double requests(JsonNode result) {
    double sum = 0;
    for (JsonNode step : result.findValue("steps")) {
      sum += step.path("arrivals").asDouble(step.path("requests").asDouble());
    }
    return sum;
  }

  @Test
  void anEvaluationOfANamedTraceSaysWhoCostsLess() {
    HttpResponse<String> taken =
        call(
            "POST",
            "/api/v1/evaluations",
            "{\"traces\": [\"flat.csv\"], \"series\": [{\"name\": \"steps\", \"binSeconds\": 60,"
                + " \"counts\": [100, 900, 100]}], \"autoscalers\": \"hpa,queueing\","
                + " \"seeds\": 1}");
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
    JsonNode job = finished(taken.headers().firstValue("Location").orElseThrow());
    assertThat(job.at("/state").asText()).as(job.toString()).isEqualTo("DONE");
    assertThat(job.at("/result/format").asText()).isEqualTo("kiss-evaluation");
    assertThat(job.at("/result/runs")).hasSize(4);
    assertThat(job.at("/result/traces").findValuesAsText("name")).contains("steps");
  }

  @Test
  void aScenarioMayBeGivenInTheRequestItself() {
    HttpResponse<String> taken =
        call("POST", "/api/v1/simulations", "{\"scenario\": " + SCENARIO + "}");
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
    JsonNode job = finished(taken.headers().firstValue("Location").orElseThrow());
    assertThat(job.at("/state").asText()).as(job.toString()).isEqualTo("DONE");
  }

  @Test
  void jobsAreListedNewestFirstAPageAtATime() {
    for (int i = 0; i < 3; i++) {
      call("POST", "/api/v1/simulations", "{\"scenario\": \"slow-start\", \"engine\": \"FLUID\"}");
    }
    JsonNode first = NodeFixture.json(call("GET", "/api/v1/jobs?limit=2", ""));
    assertThat(first.at("/jobs")).hasSize(2);
    assertThat(first.at("/jobs/0/result").isNull()).isTrue();
    String next = first.at("/next").asText();
    JsonNode second = NodeFixture.json(call("GET", "/api/v1/jobs?limit=2&before=" + next, ""));
    assertThat(second.at("/jobs/0/id").asText()).isNotEqualTo(next).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "simulations | {} | scenario",
        "simulations | {\"scenario\": \"../conf/kiss\"} | folders cannot be named",
        "simulations | {\"scenario\": \"nobody\"} | nobody",
        "simulations | {\"scenario\": {\"profile\": {\"file\": \"/etc/passwd\"}}} | folders cannot",
        "simulations | {\"scenario\": {\"profile\": {\"file\": 1}}} | must be a name",
        "simulations | {\"scenario\": {\"x\": 1}} | profile",
        "simulations | {\"scenario\": {\"scenario\": {}}} | is a scenario inside a scenario",
        "simulations | {\"scenario\": \"slow-start\", \"trace\": \"../secret.csv\"} | folders"
            + " cannot",
        "simulations | {\"scenario\": \"slow-start\", \"trace\": \"link.csv\"} | link.csv",
        "simulations | {\"scenario\": \"slow-start\", \"traceScale\": 2} | traceScale",
        "simulations | {\"scenario\": \"slow-start\", \"autoscaler\": \"nobody\"} | autoscaler",
        "simulations | {\"scenario\": \"slow-start\", \"autoscaler\": \"kiscaler:/etc/passwd\"} |"
            + " policy",
        "simulations | {\"scenario\": \"slow-start\", \"policy\": \"nobody\"} | nobody",
        "simulations | {\"scenario\": \"slow-start\", \"engine\": \"WARP\"} | engine",
        "simulations | {\"scenario\": \"slow-start\", \"series\": {\"counts\": []}} |"
            + " series.counts",
        "evaluations | {} | traces",
        "evaluations | {\"traces\": [\"flat.csv\"], \"profile\": \"/etc/passwd\"} | profile",
        "evaluations | {\"traces\": [\"flat.csv\"], \"autoscalers\": \"nobody\"} | autoscalers",
        "evaluations | {\"traces\": [\"flat.csv\"], \"window\": \"9:1\"} | window",
        "evaluations | {\"traces\": [\"flat.csv\"], \"seeds\": 0} | seeds",
        "evaluations | {\"scenarios\": [\"slow-start\"], \"window\": \"0:1\"} | window",
      })
  void anOrderThatCannotBeCarriedOutIsRefusedAtOnce(String kind, String body, String named) {
    HttpResponse<String> refused = call("POST", "/api/v1/" + kind, body);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    assertThat(NodeFixture.json(refused).at("/detail").asText())
        .contains(named)
        .doesNotContain("--", "Exception", data.toString());
  }

  private static JsonNode finished(String location) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> NodeFixture.json(call("GET", location, "")),
            job -> !job.at("/state").asText().matches("QUEUED|RUNNING"));
  }

  private static HttpResponse<String> call(String method, String path, String body) {
    return NodeFixture.call(node, method, path, body);
  }
}
