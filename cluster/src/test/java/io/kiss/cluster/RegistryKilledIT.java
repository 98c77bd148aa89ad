package io.kiss.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiss.cluster.RegistryModel.Kind;
import io.kiss.cluster.RegistryModel.Order;
import io.kiss.cluster.RegistryModel.Seen;
import io.kiss.kisim.autoscale.PolicyFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The registry of policies of a node that is killed with {@code kill -9} at any moment, in the
 * middle of an order or between two: after each start it is where a plain model says that it has to
 * be. Where it scales a namespace meanwhile, its scalers decide with the weights of policies that
 * are registered and no others.
 */
class RegistryKilledIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration UP = Duration.ofSeconds(120);
  private static final List<String> JVM =
      List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  /** So long that what is tried stays where orders leave it. */
  private static final List<String> NOTHING_BY_ITSELF =
      List.of("-Dkiss.controller.canary.observation=100000h");

  /** Of the demo's time, which goes a hundred times as fast. */
  private static final List<String> ALL_BY_ITSELF =
      List.of(
          "-Dkiss.demo.acceleration=100",
          "-Dkiss.controller.canary.shares.0=0.4",
          "-Dkiss.controller.canary.shares.1=0.6",
          "-Dkiss.controller.canary.observation=15m",
          "-Dkiss.controller.canary.looks=3",
          "-Dkiss.controller.canary.min-units=3",
          "-Dkiss.controller.canary.slot=5m",
          "-Dkiss.controller.canary.washout=1m");

  private static final Duration TWO_STAGES = Duration.ofSeconds(18);
  private static final int MOST_KILLS = 60;

  private static final String DEMO = "/api/v1/clusters/local/namespaces/demo";

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = FreePorts.take();
  private final int akkaPort = FreePorts.take();
  private KissProcess node;
  private boolean scales;
  private List<String> canary = NOTHING_BY_ITSELF;
  private String checkedUpTo = "";
  private int checked;

  @AfterEach
  void stop() throws InterruptedException {
    if (node != null) {
      node.close();
    }
  }

  @Test
  void onTheEmbeddedDatabaseEveryOrderIsEitherKeptWholeOrNotThere() throws Exception {
    survives(Map.of(), 4, 7);
  }

  @Test
  void noScalerRunsWhatIsNotRegistered() throws Exception {
    scales = true;
    survives(Map.of(), 4, 17);
    assertThat(checked).isPositive();
  }

  /** In the middle of each kind of order at least once. */
  @Test
  @Tag("slow")
  void noScalerRunsWhatIsNotRegisteredWhateverIsCutOff() throws Exception {
    scales = true;
    survives(Map.of(), 20, 18);
    assertThat(checked).isPositive();
  }

  @Test
  @Tag("slow")
  void onPostgresNoScalerRunsWhatIsNotRegisteredEither() throws Exception {
    assumeTrue(PostgresServer.programs().isPresent(), PostgresServer.MISSING);
    scales = true;
    try (PostgresServer postgres = PostgresServer.start()) {
      survives(Map.of("KISS_DATABASE_URL", postgres.url("127.0.0.1", "kiss")), 20, 19);
    }
    assertThat(checked).isPositive();
  }

  @Test
  @Tag("slow")
  void onTheEmbeddedDatabaseThirtyTimes() throws Exception {
    survives(Map.of(), 30, 11);
  }

  @Test
  @Tag("slow")
  void onPostgresEveryOrderIsEitherKeptWholeOrNotThere() throws Exception {
    assumeTrue(PostgresServer.programs().isPresent(), PostgresServer.MISSING);
    try (PostgresServer postgres = PostgresServer.start()) {
      survives(Map.of("KISS_DATABASE_URL", postgres.url("127.0.0.1", "kiss")), 15, 13);
    }
  }

  @Test
  void aCandidateOnItsWayGoesOnFromWhereItWas() throws Exception {
    goesOnByItself(Map.of(), 23);
  }

  @Test
  @Tag("slow")
  void aCandidateOnItsWayGoesOnFromWhereItWasOnPostgresToo() throws Exception {
    assumeTrue(PostgresServer.programs().isPresent(), PostgresServer.MISSING);
    try (PostgresServer postgres = PostgresServer.start()) {
      goesOnByItself(Map.of("KISS_DATABASE_URL", postgres.url("127.0.0.1", "kiss")), 29);
    }
  }

  /**
   * The controller takes candidates further and back by itself, in seconds, and is killed at any
   * moment of that, until one went to all and one came back. What it had decided stays decided.
   */
  private void goesOnByItself(Map<String, String> environment, long seed) throws Exception {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    scales = true;
    canary = ALL_BY_ITSELF;
    start(environment);
    require(send("PUT", DEMO, "{\"mode\": \"ACTIVE\"}"));
    require(send(new Order(Kind.REGISTER, RegistryPolicies.good(0), "")));
    require(send(new Order(Kind.PROMOTE, RegistryPolicies.good(0), "")));
    int kills = 0;
    int candidates = 0;
    Seen found = state();
    while (!ended(found, "CANARY_PASSED") || !ended(found, "ROLLED_BACK")) {
      assertThat(kills).as("kills; %s", found.history()).isLessThan(MOST_KILLS);
      if (found.tried().isEmpty()) {
        candidates++;
        String id =
            candidates % 2 == 1
                ? RegistryPolicies.good(candidates)
                : RegistryPolicies.leaning(candidates);
        require(send(new Order(Kind.REGISTER, id, "")));
        require(send(new Order(Kind.CANARY, id, "")));
        found = state();
      }
      LockSupport.parkNanos((long) (random.nextDouble() * TWO_STAGES.toNanos()));
      Seen before = state();
      isWhatItsHistorySays(before);
      assertThat(before.history()).startsWith(found.history().toArray(String[]::new));
      node.kill();
      kills++;
      start(environment);
      found = state();
      isWhatItsHistorySays(found);
      assertThat(found.history()).startsWith(before.history().toArray(String[]::new));
      everyPolicyHasItsWeights(found.policies());
      scalersRunWhatIsRegistered();
    }
    System.out.printf("%d kills: %s%n", kills, found.history());
  }

  private static boolean ended(Seen registry, String how) {
    return registry.history().stream().anyMatch(change -> change.startsWith(how + " "));
  }

  /** Each change is a term, and who is champion and who is tried follows from them. */
  private static void isWhatItsHistorySays(Seen registry) {
    Optional<String> champion = Optional.empty();
    Optional<String> tried = Optional.empty();
    for (String change : registry.history()) {
      String[] words = change.split(" ");
      tried = words[0].equals("CANARY") ? Optional.of(words[1]) : Optional.empty();
      if (words[0].equals("PROMOTION") || words[0].equals("CANARY_PASSED")) {
        champion = Optional.of(words[1]);
      }
    }
    assertThat(registry.champion()).as("%s", registry.history()).isEqualTo(champion);
    assertThat(registry.tried()).as("%s", registry.history()).isEqualTo(tried);
    assertThat(registry.term()).isEqualTo(registry.history().size());
  }

  private void survives(Map<String, String> environment, int kills, long seed) throws Exception {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    RegistryModel model = RegistryModel.EMPTY;
    Map<Kind, Integer> killed = new EnumMap<>(Kind.class);
    int lost = 0;
    long took = 100_000_000;
    start(environment);
    if (scales) {
      require(send("PUT", DEMO, "{\"mode\": \"ACTIVE\"}"));
    }
    for (int kill = 0; kill < kills; kill++) {
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        Order order = model.draw(random, scales, Map.of());
        long begun = System.nanoTime();
        require(send(order));
        took = System.nanoTime() - begun;
        model = model.with(order);
        assertThat(state()).as("after %s", order).isEqualTo(model.seen());
        scalersRunWhatIsRegistered();
      }
      Order last = model.draw(random, scales, killed);
      killed.merge(last.kind(), 1, Integer::sum);
      CompletableFuture<Integer> answer = CompletableFuture.supplyAsync(() -> send(last));
      // Before, into and after the order, whatever this machine is doing besides.
      LockSupport.parkNanos((long) (random.nextDouble() * 2 * took));
      node.kill();
      boolean answered = answered(answer);
      start(environment);
      Seen found = state();
      if (answered) {
        assertThat(found)
            .as("%s was answered before the kill", last)
            .isEqualTo(model.with(last).seen());
      } else {
        assertThat(found)
            .as("%s in the middle of a kill", last)
            .isIn(model.seen(), model.with(last).seen());
      }
      if (found.equals(model.seen())) {
        lost++;
      } else {
        model = model.with(last);
      }
      everyPolicyHasItsWeights(model.policies());
      scalersRunWhatIsRegistered();
    }
    if (scales) {
      await("a decision by a policy").atMost(UP).until(() -> scalersRunWhatIsRegistered() > 0);
    }
    System.out.printf(
        "%d kills in or after %s, %d orders that left no trace; term %d; %d decisions by registered"
            + " weights%n",
        kills, killed, lost, model.term(), checked);
    if (scales && kills > 2 * Kind.values().length) {
      assertThat(killed).containsOnlyKeys(Kind.values());
    }
    assertThat(model.policies()).isNotEmpty();
  }

  private int send(Order order) {
    String policy = "/api/v1/policies/" + order.policy();
    return switch (order.kind()) {
      case REGISTER ->
          send(
              "POST",
              "/api/v1/policies",
              "{\"id\": \"%s\", \"file\": \"%s\"}"
                  .formatted(
                      order.policy(),
                      Base64.getEncoder().encodeToString(RegistryPolicies.file(order.policy()))));
      case PROMOTE -> send("POST", policy + "/promote", "{\"force\": true, \"direct\": true}");
      case CANARY -> send("POST", policy + "/promote", "{\"force\": true}");
      case ROLLBACK -> send("POST", policy + "/rollback", "");
      case PIN -> send("POST", policy + "/pin", target(order));
      case UNPIN -> send("POST", "/api/v1/policies/unpin", target(order));
      case PAUSE -> send("POST", "/api/v1/policies/pause", "");
      case RESUME -> send("POST", "/api/v1/policies/resume", "");
    };
  }

  private static String target(Order order) {
    String[] names = order.target().split("/");
    String deployment = names.length > 2 ? ", \"deployment\": \"" + names[2] + "\"" : "";
    return "{\"cluster\": \"%s\", \"namespace\": \"%s\"%s}"
        .formatted(names[0], names[1], deployment);
  }

  /**
   * Holds what scalers say they run, and what they decided since the last time, against the
   * registry.
   *
   * @return decisions by a policy so far
   */
  private int scalersRunWhatIsRegistered() throws IOException, InterruptedException {
    if (!scales) {
      return 0;
    }
    // Read before the registry, which forgets nothing.
    JsonNode deployments = get(DEMO).at("/status/deployments");
    JsonNode decisions = get(DEMO + "/decisions?limit=200").path("decisions");
    List<String> registered = state().policies();
    deployments.forEach(
        deployment -> {
          if (deployment.hasNonNull("policy")) {
            assertThat(registered).contains(deployment.path("policy").asText());
          }
        });
    for (JsonNode decision : decisions) {
      if (decision.path("id").asText().compareTo(checkedUpTo) <= 0) {
        break;
      }
      if (decision.hasNonNull("policy")) {
        String id = decision.path("policy").asText();
        assertThat(registered).contains(id);
        checked += RegistryPolicies.tells(decision) ? 1 : 0;
      }
    }
    if (!decisions.isEmpty()) {
      checkedUpTo = decisions.get(0).path("id").asText();
    }
    return checked;
  }

  private Seen state() throws IOException, InterruptedException {
    return Seen.of(get("/api/v1/policies?limit=1000"));
  }

  private void everyPolicyHasItsWeights(List<String> policies)
      throws IOException, InterruptedException {
    for (String id : policies) {
      HttpResponse<byte[]> answer =
          http.send(
              request("/api/v1/policies/" + id + "/file").build(),
              HttpResponse.BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).as(id).isEqualTo(200);
      assertThat(PolicyFile.of(id, answer.body()).policy())
          .isEqualTo(PolicyFile.of(id, RegistryPolicies.file(id)).policy());
    }
  }

  private void start(Map<String, String> environment) throws IOException {
    String data = folder.resolve("data").toString();
    if (scales) {
      List<String> jvm = Stream.concat(JVM.stream(), canary.stream()).toList();
      node =
          KissProcess.startTestMain(
              folder, DemoNode.class, jvm, environment, data, Integer.toString(port));
    } else {
      Map<String, String> told = new HashMap<>(environment);
      told.put("KISS_ROLES", "control,learner,scaler");
      told.put("KISS_AKKA_PORT", Integer.toString(akkaPort));
      told.put("KISS_SEED_NODES", "127.0.0.1:" + akkaPort);
      String[] command = {"node", "--port", Integer.toString(port), "--data", data};
      node = KissProcess.start(folder, List.of(), JVM, told, command);
    }
    await("the node is ready")
        .atMost(UP)
        .until(
            () -> {
              assertThat(node.isAlive()).as(node.transcript()).isTrue();
              return send("GET", "/api/v1/policies", "") == 200;
            });
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(20));
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  /** The status that is answered, 0 where nobody answers. */
  private int send(String method, String path, String body) {
    try {
      HttpResponse<String> answer =
          http.send(
              request(path)
                  .header("Content-Type", "application/json")
                  .method(method, HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() >= 400) {
        System.out.println(method + " " + path + ": " + answer.body());
      }
      return answer.statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void require(int status) {
    assertThat(status).isBetween(200, 299);
  }

  private static boolean answered(CompletableFuture<Integer> answer) {
    try {
      int status = answer.join();
      assertThat(status).as("an order that is allowed").isIn(0, 200, 201);
      return status != 0;
    } catch (CompletionException e) {
      return false;
    }
  }
}
