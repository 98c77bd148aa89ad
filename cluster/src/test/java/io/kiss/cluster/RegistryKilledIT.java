package io.kiss.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiss.kisim.autoscale.ActionSpace;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.autoscale.ScalerCore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
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
  private static final String DEMO = "/api/v1/clusters/local/namespaces/demo";
  private static final int DOUBLES = ActionSpace.SIZE - 1;

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = FreePorts.take();
  private final int akkaPort = FreePorts.take();
  private KissProcess node;
  private boolean scales;
  private String checkedUpTo = "";
  private int checked;

  @AfterEach
  void stop() throws InterruptedException {
    if (node != null) {
      node.close();
    }
  }

  /** What is to be found: by the rules of the API, not by the controller's code. */
  private record Model(
      List<String> policies, Optional<String> champion, long term, boolean paused) {
    Model with(Order order) {
      return switch (order.kind()) {
        case REGISTER -> {
          List<String> more = new ArrayList<>(policies);
          more.add(order.policy());
          yield new Model(more, champion, term, paused);
        }
        case PROMOTE -> new Model(policies, Optional.of(order.policy()), term + 1, paused);
        case PAUSE -> new Model(policies, champion, term, true);
        case RESUME -> new Model(policies, champion, term, false);
      };
    }
  }

  private enum Kind {
    REGISTER,
    PROMOTE,
    PAUSE,
    RESUME
  }

  private record Order(Kind kind, String policy) {}

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

  @Test
  @Tag("slow")
  void onPostgresNoScalerRunsWhatIsNotRegisteredEither() throws Exception {
    assumeTrue(PostgresServer.programs().isPresent(), PostgresServer.MISSING);
    scales = true;
    try (PostgresServer postgres = PostgresServer.start()) {
      survives(Map.of("KISS_DATABASE_URL", postgres.url("127.0.0.1", "kiss")), 10, 19);
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

  private void survives(Map<String, String> environment, int kills, long seed) throws Exception {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Model model = new Model(List.of(), Optional.empty(), 0, false);
    int lost = 0;
    long took = 100_000_000;
    start(environment);
    if (scales) {
      require(send("PUT", DEMO, "{\"mode\": \"ACTIVE\"}"));
    }
    for (int kill = 0; kill < kills; kill++) {
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        Order order = draw(model, random);
        long begun = System.nanoTime();
        require(send(order));
        took = System.nanoTime() - begun;
        model = model.with(order);
        assertThat(state()).as("after %s", order).isEqualTo(model);
        scalersRunWhatIsRegistered();
      }
      Order last = draw(model, random);
      CompletableFuture<Integer> answer = CompletableFuture.supplyAsync(() -> send(last));
      // Before, into and after the order, whatever this machine is doing besides.
      LockSupport.parkNanos((long) (random.nextDouble() * 2 * took));
      node.kill();
      boolean answered = answered(answer);
      start(environment);
      Model found = state();
      if (answered) {
        assertThat(found).as("%s was answered before the kill", last).isEqualTo(model.with(last));
      } else {
        assertThat(found).as("%s in the middle of a kill", last).isIn(model, model.with(last));
        lost += found.equals(model) ? 1 : 0;
      }
      model = found;
      everyPolicyHasItsWeights(model);
      scalersRunWhatIsRegistered();
    }
    if (scales) {
      await("a decision by a policy").atMost(UP).until(() -> scalersRunWhatIsRegistered() > 0);
    }
    System.out.printf(
        "%d kills, %d orders that left no trace; term %d; %d decisions by registered weights%n",
        kills, lost, model.term(), checked);
    assertThat(model.policies()).isNotEmpty();
  }

  /** A champion that everybody runs cannot be promoted again, and nothing can without a policy. */
  private static Order draw(Model model, Random random) {
    List<String> others =
        model.policies().stream().filter(id -> !model.champion().equals(Optional.of(id))).toList();
    int kind = random.nextInt(10);
    if (others.isEmpty() || kind < 4) {
      return new Order(Kind.REGISTER, "policy-" + model.policies().size());
    }
    if (kind < 8 && !model.paused()) {
      return new Order(Kind.PROMOTE, others.get(random.nextInt(others.size())));
    }
    return new Order(model.paused() ? Kind.RESUME : Kind.PAUSE, "");
  }

  private int send(Order order) {
    return switch (order.kind()) {
      case REGISTER ->
          send(
              "POST",
              "/api/v1/policies",
              "{\"id\": \"%s\", \"file\": \"%s\"}"
                  .formatted(
                      order.policy(), Base64.getEncoder().encodeToString(file(order.policy()))));
      case PROMOTE ->
          send(
              "POST",
              "/api/v1/policies/" + order.policy() + "/promote",
              "{\"force\": true, \"direct\": true}");
      case PAUSE -> send("POST", "/api/v1/policies/pause", "");
      case RESUME -> send("POST", "/api/v1/policies/resume", "");
    };
  }

  /** What a policy of that id thinks of doubling, in logits beyond those of staying. */
  private static float doubling(String id) {
    return -1 - Integer.parseInt(id.substring("policy-".length())) / 50f;
  }

  /**
   * Holds what scalers say they run, and what they decided since the last time, against the
   * registry. By which weights a decision was made shows in its probabilities: all weights but one
   * bias are zero, so that its logit is the logarithm of a ratio of two of them.
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
        JsonNode probabilities = decision.path("probabilities");
        double stays = probabilities.path(ActionSpace.STAY).asDouble();
        double doubles = probabilities.path(DOUBLES).asDouble();
        if (decision.path("source").asText().equals("POLICY") && doubles > 0) {
          assertThat(Math.log(doubles / stays))
              .as("weights of %s in %s", id, decision.path("id").asText())
              .isCloseTo(doubling(id), within(0.002));
          checked++;
        }
      }
    }
    if (!decisions.isEmpty()) {
      checkedUpTo = decisions.get(0).path("id").asText();
    }
    return checked;
  }

  /** Weights of its own for each id. */
  private static byte[] file(String id) {
    int in = ScalerCore.OBSERVATION_SIZE;
    float[] weights = new float[(in + 1) * ActionSpace.SIZE];
    weights[weights.length - 1] = doubling(id);
    float[] ones = new float[in];
    Arrays.fill(ones, 1);
    float[] most = new float[in];
    Arrays.fill(most, 1000);
    float[] least = new float[in];
    Arrays.fill(least, -1000);
    PolicySnapshot policy =
        new PolicySnapshot(
            ScalerCore.OBSERVATION_ID,
            ActionSpace.ID,
            new int[] {in, ActionSpace.SIZE},
            weights,
            new float[in],
            ones,
            least,
            most);
    return new PolicyFile(
            policy,
            new PolicyFile.Provenance(
                "run-1", 1, 1, 1, 1, "none", "unknown", Instant.EPOCH, "of a test"))
        .toBytes();
  }

  private Model state() throws IOException, InterruptedException {
    JsonNode view = get("/api/v1/policies");
    List<String> ids = new ArrayList<>();
    view.path("policies").forEach(policy -> ids.add(policy.path("id").asText()));
    return new Model(
        ids,
        view.hasNonNull("champion")
            ? Optional.of(view.path("champion").asText())
            : Optional.empty(),
        view.path("term").asLong(),
        view.path("paused").asBoolean());
  }

  private void everyPolicyHasItsWeights(Model model) throws IOException, InterruptedException {
    for (String id : model.policies()) {
      HttpResponse<byte[]> answer =
          http.send(
              request("/api/v1/policies/" + id + "/file").build(),
              HttpResponse.BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).as(id).isEqualTo(200);
      assertThat(PolicyFile.of(id, answer.body()).policy())
          .isEqualTo(PolicyFile.of(id, file(id)).policy());
    }
  }

  private void start(Map<String, String> environment) throws IOException {
    String data = folder.resolve("data").toString();
    if (scales) {
      node =
          KissProcess.startTestMain(
              folder, DemoNode.class, JVM, environment, data, Integer.toString(port));
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
