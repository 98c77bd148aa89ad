package io.kiss.cluster.twin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.kiss.cluster.AlteredPolicies;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Candidates tried on services that answer requests one by one and share no code with the
 * simulator: controller, registry, journal, scalers and the settings of the canary are a node's
 * own; only time is the twin's. The better policy is the one that is shipped, the worse one the
 * same network with a bias that lets it always go down as far as it may.
 */
class CanaryOnTheTwinTest {
  private static final String DEMO = "/api/v1/clusters/local/namespaces/demo";
  private static final Duration WALL_TICK = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final double HALF_AN_HOUR = 1800;
  private static final int FIRST_ACTION = 0;

  @TempDir private Path folder;
  private TwinCluster twin;
  private Node node;

  @AfterEach
  void stop() {
    if (node != null) {
      node.close();
    }
  }

  private void start(int deployments) {
    long seed = 20_261_127;
    System.out.println("seed " + seed);
    twin = new TwinCluster(deployments, 4, WALL_TICK, seed);
    node =
        Node.boot(
            NodeFixture.settings(folder, 0),
            (system, stores, clusters) ->
                NodeFixture.start(system, stores, name -> Optional.of(twin.live())));
    PolicySnapshot shipped =
        PolicyFile.read(Path.of("..", "conf", "policies", "kiscaler.kiss")).policy();
    register("shipped", shipped);
    register("lean", leaningDown(shipped));
  }

  /** The same network, which always prefers to halve. */
  private static PolicySnapshot leaningDown(PolicySnapshot policy) {
    int actions = policy.layers()[policy.layers().length - 1];
    int bias = policy.weights().length - actions + FIRST_ACTION;
    return AlteredPolicies.anywhere(AlteredPolicies.withMore(policy, bias, 1000));
  }

  private void register(String id, PolicySnapshot policy) {
    byte[] file =
        new PolicyFile(
                policy,
                new PolicyFile.Provenance(
                    "run-1", 1, 1, 1, 1, "none", "unknown", Instant.EPOCH, "of a test"))
            .toBytes();
    String body =
        "{\"id\": \"%s\", \"file\": \"%s\"}"
            .formatted(id, Base64.getEncoder().encodeToString(file));
    assertThat(call("POST", "/api/v1/policies", body).statusCode()).isEqualTo(201);
  }

  private HttpResponse<String> call(String method, String path, String body) {
    return NodeFixture.call(node, method, path, body);
  }

  private JsonNode registry() {
    return NodeFixture.json(call("GET", "/api/v1/policies", ""));
  }

  private JsonNode policy(String id) {
    return NodeFixture.json(call("GET", "/api/v1/policies/" + id, ""));
  }

  private void promote(String id) {
    // Neither has been through the gate: whether it helps is to be seen here.
    HttpResponse<String> answer =
        call("POST", "/api/v1/policies/" + id + "/promote", "{\"force\": true}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private void awaited(String what, Callable<Boolean> seen) {
    await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(seen);
  }

  private void pass(double seconds) {
    double until = twin.elapsedSeconds() + seconds;
    awaited(seconds + " s of the twin's time", () -> twin.elapsedSeconds() >= until);
  }

  private void say(String format, Object... arguments) {
    System.out.printf(
        Locale.ROOT,
        "twin %5.2f h: %s%n",
        twin.elapsedSeconds() / (2 * HALF_AN_HOUR),
        format.formatted(arguments));
  }

  /** All of them run it, and its candidate is on its way. */
  private void begin(int deployments, String champion, String candidate) {
    promote(champion);
    assertThat(call("PUT", DEMO, "{\"mode\": \"ACTIVE\"}").statusCode()).isEqualTo(201);
    awaited("all run the champion", () -> policy(champion).path("scalers").asInt() == deployments);
    pass(HALF_AN_HOUR);
    twin.takeFared();
    pass(HALF_AN_HOUR);
    promote(candidate);
    assertThat(registry().at("/canary/policy/id").asText()).isEqualTo(candidate);
  }

  /** What became of it; until then the twin's time passes. */
  private JsonNode decided() {
    awaited("nothing is tried any more", () -> registry().path("canary").isNull());
    JsonNode history = registry().path("history");
    history.forEach(
        change ->
            say(
                "%s %s: %s",
                text(change, "what"), text(change, "policy"), text(change, "sentence")));
    return history.get(history.size() - 1);
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asText();
  }

  /**
   * Of three, the share is one of each scaler's time; so it is of 24, too few for five of a tenth.
   */
  @ParameterizedTest
  @ValueSource(ints = {3, 24})
  void aCandidateThatIsWorseGoesBackByItselfAndTheReasonIsKept(int deployments) {
    start(deployments);
    begin(deployments, "shipped", "lean");
    double before = twin.takeFared().attainment();
    say("attainment %.4f with the champion, %d replicas", before, twin.replicas());

    JsonNode last = decided();
    double tried = twin.takeFared().attainment();
    say("attainment %.4f while it was tried", tried);

    assertThat(text(last, "what")).isEqualTo("ROLLED_BACK");
    assertThat(text(last, "policy")).isEqualTo("lean");
    assertThat(text(last, "sentence"))
        .contains("of the candidate's", "violated the SLO, ")
        .containsAnyOf("beyond doubt", "could not be shown to be as good");
    assertThat(text(registry(), "champion")).isEqualTo("shipped");
    assertThat(policy("lean").path("rejected").asBoolean()).isTrue();
    awaited(
        "all run the champion again",
        () -> policy("shipped").path("scalers").asInt() == deployments);
    assertThat(tried).isLessThan(before);
    pass(HALF_AN_HOUR);
    twin.takeFared();
    pass(HALF_AN_HOUR);
    double after = twin.takeFared().attainment();
    say("attainment %.4f since, %d replicas", after, twin.replicas());
    assertThat(after).isGreaterThan(0.98);
  }

  @Test
  void aCandidateThatIsBetterGoesToAll() {
    // So many that the second share is one of the scalers; the first is one of their time.
    int deployments = 30;
    start(deployments);
    begin(deployments, "lean", "shipped");
    double before = twin.takeFared().attainment();
    say("attainment %.4f with the champion, %d replicas", before, twin.replicas());

    JsonNode last = decided();

    assertThat(registry().path("history"))
        .filteredOn(change -> text(change, "what").equals("CANARY"))
        .extracting(change -> text(change, "sentence"))
        .containsExactly("a share of 0.1 of each scaler's time", "a share of 0.5 of the scalers");
    assertThat(text(last, "what")).isEqualTo("CANARY_PASSED");
    assertThat(text(registry(), "champion")).isEqualTo("shipped");
    awaited("all run it", () -> policy("shipped").path("scalers").asInt() == deployments);
    pass(HALF_AN_HOUR);
    twin.takeFared();
    pass(HALF_AN_HOUR);
    double after = twin.takeFared().attainment();
    say("attainment %.4f since, %d replicas", after, twin.replicas());
    assertThat(after).isGreaterThan(0.98).isGreaterThan(before);
  }
}
