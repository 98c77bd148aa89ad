package io.kiss.cluster.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import com.fasterxml.jackson.databind.JsonNode;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import io.kiss.cluster.journal.JdbcDecisionJournal;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.URLConnection;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminApiTest {
  private static final String OPERATOR = "operator-0123456789";
  private static final String DEMO = "/api/v1/clusters/local/namespaces/demo";

  @TempDir static Path data;
  private static Node node;

  @BeforeAll
  static void boot() {
    node = NodeFixture.boot(data);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> call("GET", "/ready", "").statusCode() == 200);
    call("PUT", DEMO, "{}");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void everyRouteIsDocumentedAndEveryDocumentedPathIsARoute() {
    Set<String> routes = new TreeSet<>();
    for (Endpoint endpoint : api(node.actors()).endpoints()) {
      routes.add(endpoint.method().value() + " " + endpoint.path());
    }
    assertThat(documented()).isEqualTo(routes);
  }

  @Test
  void everyDocumentedPathAnswers() {
    for (String operation : documented()) {
      String[] parts = operation.split(" ");
      if (parts[1].endsWith("/events") || parts[0].equals("DELETE")) {
        continue;
      }
      String path =
          parts[1]
              .replace("{cluster}", "local")
              .replace("{namespace}", "demo")
              .replace("{name}", "resnet50")
              .replace("{id}", "nobody");
      HttpResponse<String> response = call(parts[0], path, "{}");
      assertThat(response.statusCode()).as(operation).isNotIn(405, 500);
      if (response.statusCode() == 404) {
        assertThat(path).contains("nobody");
        assertThat(response.body()).contains("nobody");
      }
    }
  }

  @Test
  void whatATrainingBudgetDoesNotLimitIsNull() {
    JsonNode budget = NodeFixture.json(call("GET", "/api/v1/training", "")).path("budget");
    assertThat(budget.path("seconds").asDouble()).isEqualTo(60);
    assertThat(budget.path("environmentSteps").isNull()).as(budget.toString()).isTrue();
    assertThat(Json.write(new TrainingBudget(Double.MAX_VALUE, 7)))
        .isEqualTo("{\"seconds\":null,\"environmentSteps\":7}");
  }

  private static Set<String> documented() {
    return Contract.operations();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET | /api/v1/nothing | '' | 404 | /api/v1/nothing",
        "GET | /api/v1/policies/who | '' | 404 | who",
        "POST | /api/v1/policies/who/promote | '' | 404 | who",
        "DELETE | /api/v1/policies | '' | 405 | DELETE",
        "GET | /api/v1/clusters/mars/namespaces | '' | 404 | mars",
        "GET | /api/v1/clusters/local/namespaces/other | '' | 404 | not attached",
        "PUT | /api/v1/clusters/local/namespaces/Up | {} | 400 | Up",
        "PUT | /api/v1/clusters/local/namespaces/demo | {\"mode | 400 | line 1",
        "PUT | /api/v1/clusters/local/namespaces/demo | {\"mode\": \"LOUD\"} | 400 | mode: 'LOUD'",
        "PUT | /api/v1/clusters/local/namespaces/demo | {\"mood\": 1} | 400 | mood",
        "PUT | /api/v1/clusters/local/namespaces/demo | {\"tickSeconds\": 0} | 400 | tickSeconds",
        "PUT | /api/v1/clusters/local/namespaces/demo | {\"guards\": {\"flapBudget\": 99}} | 400 |"
            + " flapBudget",
        "PUT | /api/v1/clusters/local/namespaces/demo | [1] | 400 | body",
        "GET | /api/v1/clusters/local/namespaces/demo/deployments/no | '' | 404 | no",
        "GET | /api/v1/clusters/local/namespaces/demo/decisions?limit=0 | '' | 400 | limit",
        "GET | /api/v1/clusters/local/namespaces/demo/decisions?limit=x | '' | 400 | limit",
        "GET | /api/v1/clusters/local/namespaces/demo/decisions?before=x | '' | 400 | before",
        "GET | /api/v1/clusters/local/namespaces/demo/decisions?page=2 | '' | 400 | page",
        "GET | /api/v1/clusters/local/namespaces/demo/decisions?from=noon | '' | 400 | from",
        "GET | /api/v1/clusters/local/namespaces/demo/decisions?from=5&to=5 | '' | 400 | from",
        "GET | /api/v1/clusters/local/namespaces/demo/decisions?from=1.2.3 | '' | 400 | from",
        "GET | /api/v1/clusters/local/namespaces/demo/decisions?format=xml | '' | 400 | format",
        "GET | /api/v1/clusters/local/namespaces/demo/decisions?format=ndjson&limit=5 | '' | 400 |"
            + " limit",
        "POST | /api/v1/training/start | {} | 400 | seconds",
        "POST | /api/v1/training/start | {\"seconds\": \"many\"} | 400 | seconds",
        "POST | /api/v1/training/start | {\"seconds\": 1e300} | 400 | at most 30 days",
        "POST | /api/v1/training/start | {\"seconds\": 2592001} | 400 | at most 30 days",
        "POST | /api/v1/training/start | {\"seconds\": \"60\"} | 400 | seconds: must be a number",
        "POST | /api/v1/training/start | {\"seconds\": 9, \"environmentSteps\": 1.5} | 400 |"
            + " environmentSteps: must be a whole number",
        "POST | /api/v1/training/start | {\"seconds\": 9} 9 | 400 | nothing after it",
        "PUT | /api/v1/clusters/local/namespaces/demo | {\"mode\": 1} | 400 | mode: ",
        "PUT | /api/v1/clusters/local/namespaces/demo | {\"guards\": 3} | 400 | guards: must be a"
            + " JSON object",
        "PUT | /api/v1/clusters/local/namespaces/demo | {\"guards\": {\"maxStepUpPods\": 2.5}} |"
            + " 400 | maxStepUpPods: must be a whole number",
        "PUT | /api/v1/clusters/local/namespaces/demo | {\"guards\": {\"maxStepUpPods\":"
            + " 3000000000}} | 400 | guards.maxStepUpPods: ",
        "PUT | /api/v1/clusters/local/namespaces/demo | {\"guards\": {\"maxStepUpPods\": null}} |"
            + " 400 | maxStepUpPods: must be a whole number",
        "PUT | /api/v1/clusters/local/namespaces/demo | {\"guards\": {\"failsafeReplicas\": 10001}}"
            + " | 400 | guards.failsafeReplicas",
        "PUT | /api/v1/clusters/local/namespaces/demo | {\"selector\": \"(((\"} | 400 | selector:"
            + " '((('",
        "GET | /api/v1/clusters/local/namespaces/nope/decisions | '' | 404 | not attached",
        "GET | /api/v1/clusters/nope/namespaces/demo/decisions | '' | 404 | nope",
        "POST | /api/v1/training/resume | '' | 409 | not paused",
        "POST | /api/v1/training/workers | {\"workers\": 5} | 409 | 5 workers already",
        "POST | /api/v1/training/workers | {\"workers\": 0} | 400 | workers: must be a whole number"
            + " in 1..100000",
        "POST | /api/v1/training/workers | {\"workers\": 1.5} | 400 | workers: must be a whole"
            + " number",
        "POST | /api/v1/training/workers | {} | 400 | workers",
        "POST | /api/v1/training/stop | '' | 503 | does not answer"
      })
  void aRefusalIsAProblemDocumentThatNamesWhatIsWrong(
      String method, String path, String body, int status, String named) {
    HttpResponse<String> response = call(method, path, body);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/problem+json");
    JsonNode problem = NodeFixture.json(response);
    assertThat(problem.at("/status").asInt()).isEqualTo(status);
    assertThat(problem.at("/title").asText()).isNotBlank();
    assertThat(problem.at("/detail").asText())
        .contains(named)
        .doesNotContain("Exception", "`", "java", "JsonToken");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // A browser tells where the page is from that sends this; curl and scripts do not.
        "POST | localhost:8080 | - | '' | - | 409",
        "POST | localhost:8080 | http://localhost:8080 | '' | - | 409",
        "POST | LOCALHOST | http://localhost:80 | '' | - | 409",
        "POST | [::1]:8080 | http://[::1]:8080 | '' | - | 409",
        "POST | localhost:8080 | http://evil.example | '' | - | 403",
        "POST | localhost:8080 | http://localhost:3000 | '' | - | 403",
        "POST | localhost:8080 | null | '' | - | 403",
        "PUT | localhost:8080 | http://evil.example | '' | - | 403",
        "DELETE | localhost:8080 | http://evil.example | '' | - | 403",
        // A name that was pointed at loopback after the page was loaded.
        "POST | evil.example:8080 | http://evil.example:8080 | '' | - | 403",
        "GET | evil.example:8080 | - | '' | - | 403",
        "GET | 127.0.0.1.evil.example | - | '' | - | 403",
        "GET | 127.0.0.1:9 | http://evil.example | '' | - | 405",
        // Types that a page may send to anybody.
        "POST | localhost:8080 | - | {} | text/plain | 415",
        "POST | localhost:8080 | - | {} | application/x-www-form-urlencoded | 415",
        "POST | localhost:8080 | - | {} | - | 415",
        "POST | localhost:8080 | - | {} | application/json | 409",
        "POST | localhost:8080 | - | {} | application/json; charset=utf-8 | 409"
      })
  void aPageOfSomebodyElseCannotDriveTheNode(
      String method, String host, String origin, String body, String type, int status)
      throws Exception {
    assertThat(statusOf(method, host, origin, body, type)).isEqualTo(status);
  }

  /** By hand: the JDK's client sets no Host but its own. */
  private static int statusOf(String method, String host, String origin, String body, String type)
      throws Exception {
    StringBuilder request =
        new StringBuilder(method + " /api/v1/training/resume HTTP/1.1\r\nHost: " + host + "\r\n");
    if (origin != null) {
      request.append("Origin: ").append(origin).append("\r\n");
    }
    if (type != null) {
      request.append("Content-Type: ").append(type).append("\r\n");
    }
    request.append("Connection: close\r\nContent-Length: ").append(body.length());
    request.append("\r\n\r\n").append(body);
    URI url = URI.create(node.url());
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return Integer.parseInt(answer.split(" ")[1]);
    }
  }

  @Test
  void aNodeThatIsOpenToOthersAnswersUnderAnyNameButToItsOwnPagesOnly() {
    Doorkeeper open =
        new Doorkeeper(
            new HttpSettings(
                "0.0.0.0", 0, Optional.of(OPERATOR), Optional.empty(), Duration.ofSeconds(1)));
    var host = akka.http.javadsl.model.headers.Host.create("kiss.example", 8080);
    var request =
        akka.http.javadsl.model.HttpRequest.POST("/api/v1/training/pause")
            .addHeader(host)
            .addHeader(
                akka.http.javadsl.model.headers.RawHeader.create(
                    "Authorization", "Bearer " + OPERATOR));
    open.check(request);
    open.check(request.addHeader(origin("http://kiss.example:8080")));
    assertThatThrownBy(() -> open.check(request.addHeader(origin("http://kiss.example:9090"))))
        .isInstanceOf(ApiProblem.class)
        .hasMessageContaining("kiss.example:9090");
  }

  private static akka.http.javadsl.model.HttpHeader origin(String value) {
    return akka.http.javadsl.model.HttpHeader.parse("Origin", value);
  }

  @Test
  void aBodyLargerThanAnyRequestIsRefused() {
    HttpResponse<String> response = call("PUT", DEMO, " ".repeat(100_000) + "{}");
    assertThat(response.statusCode()).isEqualTo(413);
  }

  @Test
  void aBodyLargerThanTheServerReadsIsRefusedBeforeItIsSent() throws Exception {
    URI url = URI.create(node.url());
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket.setSoTimeout(20_000);
      String head =
          "POST /api/v1/training/start HTTP/1.1\r\nHost: localhost\r\n"
              + "Content-Type: application/json\r\nContent-Length: 9000000\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 413");
    }
  }

  @Test
  void anAttachmentKeepsItsModeUnlessToldAnother() {
    String other = "/api/v1/clusters/local/namespaces/other";
    assertThat(modeAfter(other, "{}")).isEqualTo("SHADOW");
    assertThat(modeAfter(other, "{\"mode\": \"ACTIVE\"}")).isEqualTo("ACTIVE");
    assertThat(modeAfter(other, "{\"tickSeconds\": 30}")).isEqualTo("ACTIVE");
    assertThat(modeAfter(other, "{\"mode\": \"SHADOW\"}")).isEqualTo("SHADOW");
    assertThat(call("DELETE", other, "").statusCode()).isEqualTo(204);
  }

  private static String modeAfter(String path, String body) {
    return NodeFixture.json(call("PUT", path, body)).at("/mode").asText();
  }

  @Test
  void whatWasNotMeasuredIsNull() {
    JsonNode progress = NodeFixture.json(call("GET", "/api/v1/training", ""));
    assertThat(progress.at("/episodeReturn").isNull()).isTrue();
    assertThat(progress.at("/sloAttainment").asDouble()).isEqualTo(0.99);
  }

  @Test
  void theClusterShowsItsMemberItsSingletonsAndItsShards() {
    JsonNode cluster = NodeFixture.json(call("GET", "/api/v1/cluster", ""));
    String self = cluster.at("/self").asText();
    assertThat(cluster.at("/members/0/address").asText()).isEqualTo(self);
    assertThat(cluster.at("/members/0/status").asText()).isEqualTo("up");
    assertThat(cluster.at("/singletons/controller").asText()).isEqualTo(self);
    assertThat(cluster.at("/shards").has("namespace")).isTrue();
  }

  @Test
  void anAttachedNamespaceShowsItsDeploymentsAndTheirDecisions() {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                NodeFixture.json(call("GET", DEMO + "/deployments/bert-large", ""))
                        .at("/decisions")
                        .asInt()
                    > 2);
    JsonNode page =
        NodeFixture.json(call("GET", DEMO + "/decisions?deployment=bert-large&limit=1", ""));
    assertThat(page.at("/decisions").size()).isEqualTo(1);
    assertThat(page.at("/decisions/0/deployment").asText()).isEqualTo("bert-large");
    assertThat(page.at("/decisions/0/outcome").asText()).isIn("SHADOWED", "UNCHANGED");
    assertThat(page.at("/next").asText()).isEqualTo(page.at("/decisions/0/id").asText());
    assertThat(call("GET", "/metrics", "").body())
        .contains("kiss_decisions_total", "jvm_memory_used_bytes");
  }

  @Test
  void policiesArePromotedAndOnlyTheChampionIsRolledBack() {
    for (String id : List.of("p1", "p2")) {
      byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
      PolicyRef ref = new PolicyRef(id, PolicySnapshot.sha256(bytes));
      node.stores().policies().put(ref.sha256(), bytes).toCompletableFuture().join();
      RegisteredPolicy policy =
          new RegisteredPolicy(
              ref,
              1000,
              new RegisteredPolicy.Provenance("run-1", 5, 1000, 2, "none", 1, "abc"),
              List.of());
      AskPattern.<ControllerProtocol.Command, Done>askWithStatus(
              node.actors().controller(),
              reply -> new ControllerProtocol.RegisterPolicy(policy, reply),
              Duration.ofSeconds(10),
              node.system().scheduler())
          .toCompletableFuture()
          .join();
    }
    assertThat(call("POST", "/api/v1/policies/p1/promote", "{\"force\":true}").statusCode())
        .isEqualTo(200);
    assertThat(call("POST", "/api/v1/policies/p2/promote", "{\"force\":true}").statusCode())
        .isEqualTo(200);
    assertThat(call("POST", "/api/v1/policies/p1/rollback", "").statusCode()).isEqualTo(409);
    JsonNode after = NodeFixture.json(call("POST", "/api/v1/policies/p2/rollback", ""));
    assertThat(after.at("/policy/id").asText()).isEqualTo("p1");
    JsonNode policies = NodeFixture.json(call("GET", "/api/v1/policies", ""));
    assertThat(policies.at("/champion").asText()).isEqualTo("p1");
    assertThat(policies.at("/policies/0/champion").asBoolean()).isTrue();
    assertThat(policies.at("/policies/0/registeredAt").asText()).isEqualTo("1970-01-01T00:00:01Z");
  }

  @Test
  void streamsSendEventsAsTheyHappen() throws Exception {
    assertThat(firstEvent("/api/v1/training/events", "progress")).contains("\"run\":\"run-1\"");
    assertThat(firstEvent("/api/v1/decisions/events", "decision"))
        .contains("\"namespace\":\"demo\"");
  }

  private static String firstEvent(String path, String type) throws Exception {
    URLConnection stream = URI.create(node.url() + path).toURL().openConnection();
    stream.setReadTimeout(20_000);
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(stream.getInputStream(), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (!("event: " + type).equals(line)) {
        line = lines.readLine();
      }
      line = lines.readLine();
      while (!line.startsWith("data: ")) {
        line = lines.readLine();
      }
      return line;
    }
  }

  @Test
  void thePageNeedsNothingFromElsewhere() {
    HttpResponse<String> page = call("GET", "/", "");
    assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
    assertThat(page.body()).contains("<title>KIS-S</title>").doesNotContain("http://", "https://");
    assertThat(call("HEAD", "/", "").statusCode()).isEqualTo(200);
  }

  @Test
  void aNodeWhoseControllerIsSilentIsAliveButNotReady() {
    ActorSystem<?> system = node.system();
    NodeActors silent =
        new NodeActors(
            node.actors().learner(),
            node.actors().workers(),
            system.ignoreRef(),
            node.actors().namespaces(),
            List.of());
    AdminApi api = api(silent);
    akka.http.javadsl.model.HttpResponse ready =
        api.answer(akka.http.javadsl.model.HttpRequest.GET("/ready")).toCompletableFuture().join();
    assertThat(ready.status().intValue()).isEqualTo(503);
    assertThat(
            ready
                .entity()
                .toStrict(1000, system)
                .toCompletableFuture()
                .join()
                .getData()
                .utf8String())
        .isEqualTo("{\"ready\":false,\"waitingFor\":[\"the controller\"]}");
    assertThat(metrics(api))
        .as("no figure of an earlier scrape")
        .contains("kiss_policies NaN", "kiss_policies_term NaN")
        .contains("kiss_training_queue_segments{state=\"batch\"} 1.0");
  }

  @Test
  void theMetricsSayWhatWaitsAtTheLearnerAndWhichPoliciesThereAre() {
    List<String> policies = new ArrayList<>();
    JsonNode page = NodeFixture.json(call("GET", "/api/v1/policies?limit=1000", ""));
    page.path("policies").forEach(policy -> policies.add(policy.path("id").asText()));
    assertThat(metrics(api(node.actors())))
        .contains("kiss_training_queue_segments{state=\"batch\"} 1.0")
        .contains("kiss_training_queue_segments{state=\"waiting\"} 0.0")
        .contains("kiss_training_queue_oldest_seconds 0.25")
        .contains("kiss_policies " + (double) policies.size())
        .contains("kiss_policies_term " + page.path("term").asDouble())
        .contains("kiss_policies_canary_share 0.0");
  }

  private static String metrics(AdminApi api) {
    return api.answer(akka.http.javadsl.model.HttpRequest.GET("/metrics"))
        .thenCompose(answer -> answer.entity().toStrict(5000, node.system()))
        .toCompletableFuture()
        .join()
        .getData()
        .utf8String();
  }

  private static AdminApi api(NodeActors actors) {
    JdbcDecisionJournal decisions = node.stores().decisions();
    return new AdminApi(
        node.system(),
        new HttpSettings(
            "127.0.0.1", 0, Optional.empty(), Optional.empty(), Duration.ofMillis(500)),
        actors,
        Optional.of(
            new AdminStores(
                decisions, node.stores().policies(), node.stores().audit(), node.catalog())),
        List.of("local"),
        node.feeds(),
        node.meters(),
        node.jobDesk(),
        Optional.of(() -> CompletableFuture.completedFuture(true)));
  }

  private static HttpResponse<String> call(String method, String path, String body) {
    return NodeFixture.call(node, method, path, body);
  }
}
