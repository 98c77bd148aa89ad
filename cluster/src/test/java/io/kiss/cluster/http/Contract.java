package io.kiss.cluster.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The contract, openapi.yaml, and whether an exchange with a node is as it says: status, headers,
 * media type, and both bodies against their schemas.
 */
public final class Contract {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode DOCUMENT = read();
  private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();
  private static final Set<String> SEEN = new ConcurrentSkipListSet<>();

  private Contract() {}

  /**
   * What was answered.
   *
   * @param headers first value by name
   */
  public record Answer(
      int status, Function<String, Optional<String>> headers, String type, String body) {}

  private record Operation(String method, String path, JsonNode said) {
    String name() {
      return method + " " + path;
    }
  }

  private static JsonNode read() {
    try (InputStream in = Contract.class.getResourceAsStream("/openapi.yaml")) {
      return new YAMLMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode document() {
    return DOCUMENT;
  }

  /** Such as {@code GET /api/v1/policies/{id}}. */
  static Set<String> operations() {
    Set<String> names = new TreeSet<>();
    all().forEach(operation -> names.add(operation.name()));
    return names;
  }

  private static Collection<Operation> all() {
    List<Operation> all = new ArrayList<>();
    DOCUMENT
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        said ->
                            all.add(
                                new Operation(
                                    said.getKey().toUpperCase(Locale.ROOT),
                                    path.getKey(),
                                    said.getValue()))));
    return all;
  }

  static JsonNode operation(String name) {
    return all().stream().filter(o -> o.name().equals(name)).findFirst().orElseThrow().said();
  }

  /** Names of an operation's parameters that are in the query, path or header. */
  static Set<String> parameters(String operation, String in) {
    Set<String> names = new TreeSet<>();
    for (JsonNode parameter : operation(operation).path("parameters")) {
      JsonNode meant = resolved(parameter);
      if (meant.path("in").asText().equals(in)) {
        names.add(meant.path("name").asText());
      }
    }
    return names;
  }

  /** Operations with each status that they have to themselves, such as {@code GET / 200}. */
  static Set<String> ownStatuses() {
    Set<String> pairs = new TreeSet<>();
    for (Operation operation : all()) {
      operation
          .said()
          .path("responses")
          .fieldNames()
          .forEachRemaining(status -> pairs.add(operation.name() + " " + status));
    }
    return pairs;
  }

  /** Statuses that many operations may answer with. */
  static Set<String> commonStatuses() {
    Set<String> statuses = new TreeSet<>();
    DOCUMENT
        .properties()
        .forEach(
            part ->
                part.getValue()
                    .path("responses")
                    .fieldNames()
                    .forEachRemaining(
                        status -> {
                          if (part.getKey().startsWith("x-")) {
                            statuses.add(status);
                          }
                        }));
    return statuses;
  }

  /** Pairs as of {@link #ownStatuses} that {@link #check} has met in this JVM. */
  static Set<String> seen() {
    return Set.copyOf(SEEN);
  }

  /** Fails where an exchange is not as the contract says. */
  public static void check(String method, String target, String sent, Answer answer) {
    String path = target.replaceFirst("\\?.*", "");
    String what = "%s %s answered %d: %s".formatted(method, target, answer.status(), answer.body());
    Optional<Operation> found = find(method.equals("HEAD") ? "GET" : method, path);
    if (found.isEmpty()) {
      assertThat(answer.status()).as("not in openapi.yaml, " + what).isGreaterThanOrEqualTo(400);
      problem(what, answer);
      return;
    }
    Operation operation = found.get();
    Map<String, JsonNode> documented = responses(operation);
    assertThat(documented).as(what).containsKey("" + answer.status());
    JsonNode response = resolved(documented.get("" + answer.status()));
    response
        .path("headers")
        .fieldNames()
        .forEachRemaining(name -> assertThat(answer.headers().apply(name)).as(what).isPresent());
    if (answer.status() / 100 == 2) {
      accepted(operation, target, sent, what);
    }
    if (!method.equals("HEAD")) {
      body(what, response.path("content"), answer);
    }
    SEEN.add(operation.name() + " " + answer.status());
  }

  private static Optional<Operation> find(String method, String path) {
    // A name that is written out goes before one in braces.
    return all().stream()
        .filter(o -> o.method().equals(method) && matches(o.path(), path))
        .min(java.util.Comparator.comparing(o -> o.path().chars().filter(c -> c == '{').count()));
  }

  private static boolean matches(String pattern, String path) {
    List<String> wanted = segments(pattern);
    List<String> given = segments(path);
    if (wanted.size() != given.size()) {
      return false;
    }
    for (int i = 0; i < wanted.size(); i++) {
      if (!wanted.get(i).startsWith("{") && !wanted.get(i).equals(given.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Without empty ones, which the server skips. */
  private static List<String> segments(String path) {
    return Stream.of(path.split("/")).filter(segment -> !segment.isEmpty()).toList();
  }

  private static Map<String, JsonNode> responses(Operation operation) {
    boolean api = operation.path().startsWith("/api/");
    boolean get = operation.method().equals("GET");
    Map<String, JsonNode> responses = new TreeMap<>();
    Stream.of(
            "x-every-operation",
            api ? "x-every-operation-under-api" : "",
            api && get ? "x-every-get-under-api" : "",
            get ? "" : "x-every-change")
        .map(name -> DOCUMENT.path(name).path("responses"))
        .forEach(some -> some.properties().forEach(r -> responses.put(r.getKey(), r.getValue())));
    operation
        .said()
        .path("responses")
        .properties()
        .forEach(r -> responses.put(r.getKey(), r.getValue()));
    return responses;
  }

  /** A request that was granted is one that the contract describes. */
  private static void accepted(Operation operation, String target, String sent, String what) {
    if (target.contains("?")) {
      for (String parameter : target.replaceFirst(".*?\\?", "").split("&")) {
        assertThat(parameters(operation.name(), "query"))
            .as(what)
            .contains(parameter.split("=", 2)[0]);
      }
    }
    JsonNode content = operation.said().path("requestBody").path("content");
    String body = sent.isBlank() ? "{}" : sent;
    if (content.isMissingNode()) {
      assertThat(body).as("takes no body, " + what).isEqualTo("{}");
    } else {
      valid("request, " + what, content.path("application/json").path("schema"), body);
    }
  }

  private static void problem(String what, Answer answer) {
    body(what, DOCUMENT.at("/components/responses/BadRequest/content"), answer);
  }

  private static void body(String what, JsonNode content, Answer answer) {
    if (content.isMissingNode() || content.isEmpty()) {
      assertThat(answer.body()).as(what).isEmpty();
      return;
    }
    String type = answer.type().replaceFirst(";.*", "").strip();
    assertThat(content.has(type)).as("type " + type + ", " + what).isTrue();
    JsonNode schema = content.path(type).path("schema");
    if (type.endsWith("json") && !type.endsWith("ndjson")) {
      valid(what, schema, answer.body());
    } else if (type.endsWith("ndjson")) {
      answer.body().lines().forEach(line -> valid(what, schema, line));
    } else if (type.equals("text/event-stream")) {
      answer
          .body()
          .lines()
          .filter(line -> line.startsWith("data: "))
          .forEach(line -> valid(what, schema, line.substring("data: ".length())));
    }
  }

  private static void valid(String what, JsonNode schema, String body) {
    JsonNode value;
    try {
      value = JSON.readTree(body);
    } catch (IOException e) {
      throw new AssertionError("no JSON, " + what, e);
    }
    assertThat(compiled(schema).validate(value)).as(what).isEmpty();
  }

  private static Schema compiled(JsonNode schema) {
    return SCHEMAS.computeIfAbsent(
        schema.toString(),
        text -> {
          // References begin at the root, so the document's parts have to be there.
          ObjectNode root = JsonNodeFactory.instance.objectNode();
          root.set("components", DOCUMENT.path("components"));
          root.putArray("allOf").add(schema);
          return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
              .getSchema(root);
        });
  }

  static JsonNode resolved(JsonNode node) {
    String reference = node.path("$ref").asText("");
    return reference.isEmpty() ? node : DOCUMENT.at(reference.substring(1));
  }
}
