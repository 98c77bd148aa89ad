package io.kiss.cluster.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests as a stranger sends them who has read openapi.yaml: its operations, its parameters and
 * its fields, with values that fit or do not. Each exchange is held against the contract.
 */
class ContractFuzzTest {
  private static final int REQUESTS = 600;
  private static final List<String> NAMES =
      List.of("local", "demo", "resnet50", "~", "..", "%", "a/b", "\uD83D\uDE80", "ｄｅｍｏ", "");

  @TempDir Path data;

  @Test
  void nothingBreaksAndWhatIsRefusedChangesNothing() throws Exception {
    long seed = Long.getLong("kiss.seed", new Random().nextLong());
    Random random = new Random(seed);
    List<String> operations =
        Contract.operations().stream().filter(o -> !o.endsWith("/events")).toList();
    try (Node node = NodeFixture.boot(data)) {
      ContractApis apis = new ContractApis(node);
      AdminApi api = apis.willing();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  apis.answer(api, ContractApis.request("GET", "/ready", ""), "").status() == 200);
      int granted = 0;
      for (int i = 0; i < REQUESTS; i++) {
        String operation = operations.get(random.nextInt(operations.size()));
        String method = operation.split(" ")[0];
        String target = target(random, operation);
        String body = method.equals("GET") ? "" : body(random, operation);
        Contract.Answer answer = apis.answer(api, ContractApis.request(method, target, body), body);
        assertThat(answer.status())
            .as("seed %d: %s %s %s: %s", seed, method, target, body, answer.body())
            .isNotEqualTo(500);
        assertThat(answer.body()).doesNotContain("Exception", "\tat ", "java.lang");
        granted += !method.equals("GET") && answer.status() / 100 == 2 ? 1 : 0;
      }
      // Each change leaves a record, and nothing else does.
      assertThat(records(apis, api)).as("seed %d", seed).isEqualTo(granted);
    }
  }

  private static int records(ContractApis apis, AdminApi api) throws Exception {
    String page =
        apis.answer(api, ContractApis.request("GET", "/api/v1/audit?limit=1000", ""), "").body();
    return new ObjectMapper().readTree(page).path("records").size();
  }

  private static String target(Random random, String operation) {
    String path = operation.split(" ")[1];
    while (path.contains("{")) {
      path = path.replaceFirst("\\{\\w+}", encoded(NAMES.get(random.nextInt(NAMES.size()))));
    }
    StringBuilder query = new StringBuilder();
    for (String parameter : Contract.parameters(operation, "query")) {
      if (random.nextInt(3) == 0) {
        query.append(query.length() == 0 ? '?' : '&').append(parameter).append('=');
        query.append(
            encoded(
                List.of("1", "-1", "1e9", "x", "2026-01-31T00:00:00Z", "\u0000")
                    .get(random.nextInt(6))));
      }
    }
    return path + query;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Some of the fields of the operation's body, or something else altogether. */
  private static String body(Random random, String operation) {
    JsonNode schema =
        Contract.resolved(
            Contract.operation(operation).at("/requestBody/content/application~1json/schema"));
    if (!schema.isMissingNode() && random.nextInt(8) == 0) {
      return List.of("[]", "null", "{", "\"\"", "{}{}", "\uFEFF{}", "[".repeat(2000))
          .get(random.nextInt(7));
    }
    return schema.isMissingNode() ? "{}" : object(random, schema, 2).toString();
  }

  private static ObjectNode object(Random random, JsonNode schema, int depth) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    schema
        .path("properties")
        .properties()
        .forEach(
            field -> {
              if (random.nextInt(3) > 0) {
                object.set(field.getKey(), value(random, field.getValue(), depth));
              }
            });
    return object;
  }

  private static JsonNode value(Random random, JsonNode schema, int depth) {
    JsonNode meant = Contract.resolved(schema);
    if (depth > 0 && meant.has("properties") && random.nextInt(4) > 0) {
      return object(random, meant, depth - 1);
    }
    JsonNodeFactory make = JsonNodeFactory.instance;
    return switch (random.nextInt(10)) {
      case 0 -> make.nullNode();
      case 1 -> make.textNode("local");
      case 2 -> make.textNode("SHADOW");
      case 3 -> make.textNode("\u0000\u202E\uD83D\uDE80".repeat(1 + random.nextInt(50)));
      case 4 -> make.numberNode(random.nextInt(20));
      case 5 -> make.numberNode(random.nextGaussian() * Math.pow(10, random.nextInt(300)));
      case 6 -> make.numberNode(-1);
      case 7 -> make.booleanNode(random.nextBoolean());
      case 8 -> make.arrayNode().add(1).add("x");
      default -> make.objectNode().put("x", 1);
    };
  }
}
