package io.kiss.cluster.http;

import static io.kiss.cluster.http.ContractApis.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The admin API and openapi.yaml say the same, both ways: routes, parameters, statuses and bodies.
 * A new endpoint adds what it needs to {@link #EXAMPLES} and, where its success takes more than one
 * request, to {@link #success}.
 */
class ContractTest {
  private static final String DEMO = "/api/v1/clusters/local/namespaces/demo";
  private static final String PIN = "{\"cluster\": \"local\", \"namespace\": \"demo\"}";

  /** Bodies that make sense, by the end of the path they are sent to. */
  private static final Map<String, String> EXAMPLES =
      Map.of(
          "/training/start", "{\"seconds\": 60}",
          "/training/workers", "{\"workers\": 7}",
          "/pin", PIN,
          "/unpin", PIN,
          "PUT /api/v1/clusters/{cluster}/namespaces/{namespace}/shadows",
              "{\"shadows\": [\"hpa\"]}",
          "/clusters/{cluster}", "{\"prometheus\": {\"url\": \"http://127.0.0.1:1\"}}",
          "/simulations", "{\"scenario\": \"slow-start\", \"engine\": \"FLUID\"}",
          "/evaluations", "{\"scenarios\": [\"slow-start\"], \"autoscalers\": \"hpa\"}");

  /** Statuses that no test can bring about, and why; the fewer the better. */
  private static final Map<String, String> NEVER_SEEN =
      Map.of(
          "GET /api/v1/cluster 503",
          "sharding says what it knows of other nodes in time, were it nothing: it takes a JVM that"
              + " stands still");

  @TempDir static Path folder;
  private static Node node;
  private static ContractApis apis;
  private static AdminApi willing;
  private static String policyFile;
  private static String decision;

  @BeforeAll
  static void boot() throws IOException {
    System.setProperty("kiss.home", Path.of("..").toAbsolutePath().normalize().toString());
    node = NodeFixture.boot(folder.resolve("here"));
    apis = new ContractApis(node);
    willing = apis.willing();
    policyFile =
        Base64.getEncoder()
            .encodeToString(Files.readAllBytes(Path.of("..", "conf", "policies", "kiscaler.kiss")));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> send(willing, "GET", "/ready", "").status() == 200);
    send(willing, "PUT", DEMO, "{}");
    send(willing, "POST", "/api/v1/policies", importing("p1"));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> send(willing, "GET", DEMO + "/decisions", "").body().contains("resnet50"));
    decision =
        json(send(willing, "GET", DEMO + "/decisions?deployment=resnet50&limit=1", ""))
            .at("/decisions/0/id")
            .asText();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static Contract.Answer send(
      AdminApi api, String method, String target, String body, String... headers) {
    return apis.answer(api, request(method, target, body, headers), body);
  }

  private static String running(String path, String policy) {
    return example("POST " + path).replaceFirst("}$", ", \"policy\": \"" + policy + "\"}");
  }

  private static String importing(String id) {
    return "{\"id\": \"" + id + "\", \"file\": \"" + policyFile + "\"}";
  }

  private static JsonNode json(Contract.Answer answer) {
    try {
      return new ObjectMapper().readTree(answer.body());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void parametersOfTheContractAreThoseThatAreRead() {
    for (Endpoint endpoint : willing.endpoints()) {
      String operation = endpoint.method().value() + " " + endpoint.path();
      assertThat(Contract.parameters(operation, "query"))
          .as(operation)
          .isEqualTo(new TreeSet<>(endpoint.query()));
      Set<String> inPath = new TreeSet<>();
      for (String segment : endpoint.path().split("/")) {
        if (segment.startsWith("{")) {
          inPath.add(segment.substring(1, segment.length() - 1));
        }
      }
      assertThat(Contract.parameters(operation, "path")).as(operation).isEqualTo(inPath);
    }
  }

  @Test
  void aParameterMakesADifferenceAndOneThatIsNotInTheContractIsRefused() {
    for (String operation : Contract.operations()) {
      if (operation.endsWith("/events")) {
        continue;
      }
      String method = operation.split(" ")[0];
      String path = real(operation.split(" ")[1]);
      if (path.startsWith("/api/")) {
        Contract.Answer refused = send(willing, method, path + "?nobody=1", example(operation));
        assertThat(refused.status()).as(operation).isEqualTo(400);
        assertThat(refused.body()).contains("nobody");
      }
      for (String parameter : Contract.parameters(operation, "query")) {
        String with = send(willing, method, path + "?" + parameter + "=~", "").body();
        assertThat(with)
            .as("%s?%s", operation, parameter)
            .isNotEqualTo(send(willing, method, path, "").body());
      }
    }
  }

  /** Otherwise a field that nobody wrote down, or that never comes, would go unseen. */
  @Test
  void schemasOfAnswersAreClosedAndEveryFieldOfThemIsAlwaysThere() {
    Set<String> answered = new TreeSet<>();
    Contract.operations()
        .forEach(name -> referred(Contract.operation(name).path("responses"), answered));
    assertThat(answered).hasSizeGreaterThan(20);
    for (String name : answered) {
      JsonNode schema = Contract.document().at("/components/schemas/" + name);
      if (schema.has("properties")) {
        assertThat(schema.path("additionalProperties").asText("open")).as(name).isEqualTo("false");
        List<String> required = new ArrayList<>();
        schema.path("required").forEach(field -> required.add(field.asText()));
        List<String> fields = new ArrayList<>();
        schema.path("properties").fieldNames().forEachRemaining(fields::add);
        assertThat(required).as(name).containsExactlyInAnyOrderElementsOf(fields);
        schema
            .path("properties")
            .findParents("properties")
            .forEach(inner -> assertThat(inner).as("a name of its own, in " + name).isNull());
      }
    }
  }

  private static void referred(JsonNode node, Set<String> names) {
    String reference = node.path("$ref").asText("");
    String schemas = "#/components/schemas/";
    if (!reference.isEmpty()
        && (!reference.startsWith(schemas) || names.add(reference.substring(schemas.length())))) {
      referred(Contract.resolved(node), names);
    }
    node.forEach(child -> referred(child, names));
  }

  @Test
  void everyStatusOfTheContractIsAnsweredByATest() throws Exception {
    success();
    refusals();
    outages();
    Set<String> missing = new TreeSet<>(Contract.ownStatuses());
    missing.removeAll(Contract.seen());
    missing.removeAll(NEVER_SEEN.keySet());
    assertThat(missing).as("documented, but no test has seen it").isEmpty();
    Set<String> common = new TreeSet<>(Contract.commonStatuses());
    Contract.seen().forEach(pair -> common.remove(pair.substring(pair.lastIndexOf(' ') + 1)));
    assertThat(common).as("documented for all, but no test has seen it").isEmpty();
  }

  /** Each operation once as it is meant. */
  private static void success() throws Exception {
    for (String operation : Contract.operations()) {
      if (operation.startsWith("GET ") && !operation.matches(".*/events|.*/jobs/.*")) {
        send(willing, "GET", real(operation.split(" ")[1]), "");
      }
    }
    send(willing, "GET", DEMO + "/decisions?format=ndjson", "");
    for (String action : List.of("start", "pause", "resume", "stop", "workers")) {
      String path = "/api/v1/training/" + action;
      send(willing, "POST", path, example("POST " + path));
    }
    send(willing, "POST", "/api/v1/policies", importing("p2"));
    for (String action : List.of("pause", "resume")) {
      send(willing, "POST", "/api/v1/policies/" + action, "");
    }
    send(willing, "POST", "/api/v1/policies/p1/pin", PIN);
    send(willing, "POST", "/api/v1/policies/unpin", PIN);
    send(willing, "POST", "/api/v1/policies/p1/promote", "{\"force\": true, \"direct\": true}");
    send(willing, "POST", "/api/v1/policies/p2/promote", "{\"force\": true, \"direct\": true}");
    send(willing, "GET", "/api/v1/policies", "");
    send(willing, "POST", "/api/v1/policies/p2/rollback", "");
    String cluster = "/api/v1/clusters/prod";
    String namespace = cluster + "/namespaces/llm";
    send(willing, "PUT", cluster, EXAMPLES.get("/clusters/{cluster}"));
    send(willing, "PUT", cluster, EXAMPLES.get("/clusters/{cluster}"));
    send(willing, "PUT", namespace, "{\"sloMs\": 100, \"guards\": {\"flapBudget\": 3}}");
    send(willing, "PATCH", namespace, "{\"maxReplicas\": 9, \"guards\": null}");
    send(willing, "PUT", namespace, "{}");
    send(willing, "PATCH", namespace + "/deployments/x", "{\"mode\": \"OFF\"}");
    send(willing, "PUT", DEMO + "/shadows", "{\"shadows\": [\"hpa\", \"p1\"]}");
    send(willing, "PUT", DEMO + "/shadows", "{\"shadows\": [\"nobody\"]}");
    send(willing, "GET", DEMO + "/shadows", "");
    send(willing, "GET", namespace, "");
    send(willing, "DELETE", namespace, "");
    send(willing, "DELETE", cluster, "");
    for (String kind : List.of("simulations", "evaluations")) {
      String path = "/api/v1/" + kind;
      Contract.Answer taken = send(willing, "POST", path, example("POST " + path));
      String job = taken.headers().apply("Location").orElseThrow();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> json(send(willing, "GET", job, "")).at("/state").asText().equals("DONE"));
      send(willing, "GET", "/api/v1/jobs", "");
      send(willing, "DELETE", job, "");
    }
    stream("/api/v1/training/events");
    stream("/api/v1/decisions/events");
  }

  /** The first event of a stream. */
  private static void stream(String path) {
    HttpRequest request = request("GET", path, "");
    HttpResponse endless = willing.answer(request).toCompletableFuture().join();
    Source<ByteString, ?> events =
        endless
            .entity()
            .getDataBytes()
            .takeWhile(part -> !part.utf8String().contains("data: "), true);
    apis.whole(
        request,
        "",
        java.util.concurrent.CompletableFuture.completedFuture(
            endless.withEntity(
                HttpEntities.createChunked(endless.entity().getContentType(), events))));
  }

  /** Each refusal that an operation says it may give. */
  private static void refusals() {
    AdminApi refusing = apis.refusing();
    ByteString huge = ByteString.fromString(" ".repeat(17 * 1024 * 1024));
    Map<HttpRequest, CompletionStage<HttpResponse>> slow = new LinkedHashMap<>();
    each(
        "400",
        (method, path, body) ->
            send(willing, method, path + (body.isEmpty() ? "?limit=~" : ""), "[1]"));
    each(
        "403",
        (method, path, body) ->
            send(willing, method, path, body, "Host", "localhost", "Origin", "http://evil"));
    each(
        "404",
        (method, path, body) ->
            send(willing, method, path.replaceAll("p1|local|prod|resnet50", "nobody"), body));
    each("409", (method, path, body) -> send(refusing, method, path, body));
    each(
        "413",
        (method, path, body) ->
            apis.answer(
                willing,
                request(method, path, "")
                    .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, huge)),
                ""));
    each(
        "415",
        (method, path, body) ->
            apis.answer(willing, request(method, path, "").withEntity("text"), ""));
    each(
        "408",
        (method, path, body) -> {
          HttpRequest request =
              request(method, path, "")
                  .withEntity(
                      HttpEntities.createChunked(ContentTypes.APPLICATION_JSON, Source.maybe()));
          slow.put(request, willing.answer(request));
          return null;
        });
    each(
        "429",
        (method, path, body) -> {
          AdminApi stingy = apis.stingy();
          send(stingy, method, path, "[1]");
          return send(stingy, method, path, body);
        });
    slow.forEach((request, answer) -> apis.whole(request, "", answer));
    apis.register("hollow");
    for (String path : List.of("/api/v1/simulations", "/api/v1/evaluations")) {
      Contract.Answer hollow = send(willing, "POST", path, running(path, "hollow"));
      assertThat(hollow.body()).contains("the weights of 'hollow' are gone");
    }
    send(willing, "POST", "/api/v1/policies/hollow/evaluate", "{}");
    send(willing, "DELETE", "/api/v1/clusters/local", "");
    send(willing, "GET", "/api/v1/policies", "", "Accept", "text/csv");
    send(willing, "GET", "/api/v1/policies", "", "If-None-Match", "*");
    send(willing, "PUT", DEMO, "{}", "If-Match", "\"another\"");
    send(apis.careful(), "PUT", DEMO, "{}");
    AdminApi closed = apis.withTokens();
    send(closed, "GET", "/api/v1/policies", "");
    Contract.Answer viewer =
        send(
            closed,
            "POST",
            "/api/v1/policies/pause",
            "",
            "Authorization",
            "Bearer " + ContractApis.VIEWER);
    assertThat(viewer.status()).isEqualTo(403);
  }

  /** What is answered while parts of the cluster do not answer, or are broken. */
  private static void outages() {
    AdminApi silent = apis.silent();
    each("503", (method, path, body) -> send(silent, method, path, body));
    for (String path : List.of("/api/v1/simulations", "/api/v1/evaluations")) {
      send(silent, "POST", path, running(path, "p1"));
    }
    Node gone = NodeFixture.boot(folder.resolve("gone"));
    AdminApi left = new ContractApis(gone).willing();
    gone.close();
    for (String path : List.of("/alive", "/api/v1/audit", DEMO + "/decisions")) {
      assertThat(send(left, "GET", path, "").status()).as(path).isEqualTo(503);
    }
    Endpoint broken =
        Endpoint.get(
            "/api/v1/cluster",
            call -> {
              throw new IllegalStateException("a secret");
            });
    HttpRequest request = request("GET", "/api/v1/cluster", "");
    HttpSettings settings =
        new HttpSettings("127.0.0.1", 0, Optional.empty(), Optional.empty(), Duration.ofSeconds(1));
    Router router =
        new Router(
            node.system(),
            List.of(broken),
            new Doorkeeper(settings),
            new RateLimit(9, 9, System::nanoTime),
            new Changes(List.of(broken), Optional.empty(), false));
    assertThat(apis.whole(request, "", router.answer(request)).body()).doesNotContain("secret");
  }

  @FunctionalInterface
  private interface Attempt {
    Contract.Answer make(String method, String path, String body);
  }

  /** Makes an attempt with each operation that has the status for its own. */
  private static void each(String status, Attempt attempt) {
    Predicate<String> ends = pair -> pair.endsWith(" " + status);
    for (String pair : Contract.ownStatuses().stream().filter(ends).toList()) {
      String operation = pair.substring(0, pair.lastIndexOf(' '));
      String[] parts = operation.split(" ");
      boolean changesCluster = !parts[0].equals("GET") && parts[1].endsWith("/{cluster}");
      String path = changesCluster ? "/api/v1/clusters/prod" : real(parts[1]);
      attempt.make(parts[0], path, example(operation));
    }
  }

  /** The path with names of what there is. */
  private static String real(String path) {
    return path.replace("{cluster}", "local")
        .replace("{namespace}", "demo")
        .replace("{name}", "resnet50")
        .replace("/policies/{id}", "/policies/p1")
        .replace("/decisions/{id}", "/decisions/" + decision)
        .replace("{id}", "p1");
  }

  /** A body that makes sense; empty where the operation takes none. */
  private static String example(String operation) {
    if (operation.equals("POST /api/v1/policies")) {
      return importing("p1");
    }
    return EXAMPLES.entrySet().stream()
        .filter(entry -> operation.endsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(Contract.operation(operation).has("requestBody") ? "{}" : "");
  }
}
