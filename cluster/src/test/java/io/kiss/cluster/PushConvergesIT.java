package io.kiss.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.kiss.cluster.scaling.ScalersProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scalers on nodes that were not there, or not to be reached, when a policy was promoted. What they
 * run is asked of themselves, on whatever node they are, and of what they told the controller.
 */
@Tag("slow")
class PushConvergesIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final String TOKEN = "operator-of-the-test-cluster";
  private static final String LIVE = "/api/v1/clusters/live";
  private static final int NAMESPACES = 12;
  private static final int DEPLOYMENTS = 20;

  /** The cut is shorter than it takes a half to be given up: that is {@link ScalersCutIT}'s. */
  private static final List<String> JVM =
      List.of(
          "-Xmx300m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Dakka.cluster.split-brain-resolver.stable-after=10m",
          "-Dakka.cluster.sharding.rebalance-interval=2s");

  @TempDir Path folder;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final Map<String, KissProcess> nodes = new LinkedHashMap<>();
  private final Map<String, URI> urls = new HashMap<>();
  private final int akkaPort = FreePorts.take();

  @AfterEach
  void stop() throws InterruptedException {
    for (KissProcess node : nodes.values()) {
      node.close();
    }
  }

  @Test
  void whoeverWasNotThereOrNotToBeReachedRunsWhatAllRunSoonAfterwards() throws Exception {
    assumeThat(TwoNetworks.possible())
        .as("network namespaces cannot be made here: it takes root and iproute2")
        .isTrue();
    assumeThat(PostgresServer.programs()).as(PostgresServer.MISSING).isPresent();
    int all = NAMESPACES * DEPLOYMENTS;
    List<String> policies = List.of("good-0", "good-1", "good-2");
    try (TwoNetworks networks = TwoNetworks.make();
        SharedDatabase database = SharedDatabase.start()) {
      start("seed", "control,scaler", "a", networks, database);
      int cutPort = start("cut", "scaler", "b", networks, database);
      awaited("two members", () -> members() == 2);
      order("PUT", LIVE, "{\"prometheus\": {\"url\": \"http://127.0.0.1:1\"}}");
      for (int i = 0; i < NAMESPACES; i++) {
        order("PUT", LIVE + "/namespaces/ns" + i, "{\"mode\": \"ACTIVE\", \"tickSeconds\": 5}");
      }
      for (String id : policies) {
        String file = Base64.getEncoder().encodeToString(RegistryPolicies.file(id));
        order("POST", "/api/v1/policies", "{\"id\": \"%s\", \"file\": \"%s\"}".formatted(id, file));
      }
      promote("good-0");
      awaited("all run the first", () -> running("good-0") == all);
      double pushed = promote("good-1");
      awaited("all say they run the second", () -> acknowledged("good-1") == all);
      say("pushed to %d scalers on 2 nodes after %.2f s", all, since(pushed));
      int there = namespacesOn(cutPort);
      assertThat(there).as("namespaces on the node that is cut off").isBetween(1, NAMESPACES - 1);

      networks.cut();
      awaited("the cut is noticed", () -> members() == 1);
      promote("good-2");
      int reached = all - there * DEPLOYMENTS;
      awaited("those that can be reached run it", () -> acknowledged("good-2") == reached);
      assertThat(acknowledged("good-1")).isEqualTo(all - reached);

      networks.heal();
      double healed = System.nanoTime() / 1e9;
      awaited(
          "all run it once the network is healed",
          () -> acknowledged("good-2") == all && running("good-2") == all);
      say("healed: %d scalers that were cut off run it after %.2f s", all - reached, since(healed));

      int latePort = start("late", "scaler", "a", networks, database);
      awaited("three members", () -> members() == 3);
      awaited("it has namespaces", () -> namespacesOn(latePort) > 0);
      double joined = System.nanoTime() / 1e9;
      awaited("all run it on three nodes", () -> running("good-2") == all);
      say(
          "late joiner: %d namespaces came to it; all scalers run it %.2f s later",
          namespacesOn(latePort), since(joined));
      pushed = promote("good-0");
      awaited("all say they run the first", () -> acknowledged("good-0") == all);
      say("pushed to %d scalers on 3 nodes after %.2f s", all, since(pushed));
      assertThat(running("good-0")).isEqualTo(all);
    }
  }

  private static void say(String format, Object... arguments) {
    System.out.printf(Locale.ROOT, format + "%n", arguments);
  }

  /** Answers the port that other nodes know it by. */
  private int start(
      String name, String roles, String side, TwoNetworks networks, SharedDatabase database)
      throws IOException {
    // Both halves have a host of their own, and each of its nodes a port.
    int port = name.equals("seed") ? akkaPort : FreePorts.take();
    int httpPort = FreePorts.take();
    Map<String, String> told = new HashMap<>();
    told.put("KISS_ROLES", roles);
    told.put("KISS_AKKA_HOST", networks.address(side));
    told.put("KISS_AKKA_PORT", Integer.toString(port));
    told.put("KISS_SEED_NODES", networks.address("a") + ":" + akkaPort);
    told.put("KISS_HTTP_HOST", networks.inside(side));
    told.put("KISS_HTTP_OPERATOR_TOKEN", TOKEN);
    told.put("KISS_DATABASE_URL", database.url(networks.outside(side)));
    urls.put(name, URI.create("http://" + networks.inside(side) + ":" + httpPort));
    nodes.put(
        name,
        KissProcess.startTestMain(
            folder,
            networks.in(side),
            ScalersProcess.class,
            JVM,
            told,
            folder.resolve(name).toString(),
            Integer.toString(httpPort),
            Integer.toString(DEPLOYMENTS)));
    return port;
  }

  /** The answer of the node that has the controller; empty where it is no success. */
  private Optional<JsonNode> send(String method, String path, String body) {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(urls.get("seed").resolve(path))
                  .timeout(Duration.ofSeconds(30))
                  .header("Authorization", "Bearer " + TOKEN)
                  .header("Content-Type", "application/json")
                  .method(method, HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() / 100 == 2
          ? Optional.of(JSON.readTree(answer.body()))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void order(String method, String path, String body) {
    awaited(method + " " + path, () -> send(method, path, body).isPresent());
  }

  private void awaited(String what, Callable<Boolean> seen) {
    try {
      await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(seen);
    } catch (RuntimeException e) {
      StringBuilder told = new StringBuilder(what);
      nodes.forEach((name, node) -> told.append("\n==== ").append(name).append(node.transcript()));
      throw new AssertionError(told.toString(), e);
    }
  }

  private double promote(String policy) {
    long begun = System.nanoTime();
    order("POST", "/api/v1/policies/" + policy + "/promote", "{\"force\": true, \"direct\": true}");
    return begun / 1e9;
  }

  private static double since(double begun) {
    return System.nanoTime() / 1e9 - begun;
  }

  /** Scalers that told the controller that they run it. */
  private int acknowledged(String policy) {
    return send("GET", "/api/v1/policies/" + policy, "")
        .map(answer -> answer.path("scalers").asInt())
        .orElse(-1);
  }

  /** Scalers that say themselves that they run it; -1 where one is not to be reached. */
  private int running(String policy) {
    int running = 0;
    for (int i = 0; i < NAMESPACES; i++) {
      Optional<JsonNode> answer = send("GET", LIVE + "/namespaces/ns" + i, "");
      if (answer.isEmpty()) {
        return -1;
      }
      for (JsonNode deployment : answer.get().at("/status/deployments")) {
        running += deployment.path("policy").asText().equals(policy) ? 1 : 0;
      }
    }
    return running;
  }

  private int namespacesOn(int port) {
    int entities = 0;
    JsonNode shards =
        send("GET", "/api/v1/cluster", "").orElse(JsonNodeFactory.instance.objectNode());
    for (JsonNode type : shards.path("shards")) {
      for (Map.Entry<String, JsonNode> node : type.properties()) {
        entities += node.getKey().endsWith(":" + port) ? node.getValue().asInt() : 0;
      }
    }
    return entities;
  }

  private int members() {
    int up = 0;
    for (JsonNode member :
        send("GET", "/api/v1/cluster", "")
            .orElse(JsonNodeFactory.instance.objectNode())
            .path("members")) {
      up +=
          member.path("status").asText().equals("up") && member.path("reachable").asBoolean()
              ? 1
              : 0;
    }
    return up;
  }
}
