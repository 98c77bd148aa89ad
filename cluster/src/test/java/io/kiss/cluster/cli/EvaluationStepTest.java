package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import com.fasterxml.jackson.databind.JsonNode;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.GateReport;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.LearnerProtocol.Candidate;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.actors.protocol.UpdateStatistics;
import io.kiss.cluster.AlteredPolicies;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of a learned policy where an earlier {@code kiss up} was killed between judging,
 * registering and promoting it: the registry of a real node is as that left it.
 */
class EvaluationStepTest {
  private static final String POLICIES = "/api/v1/policies";
  private static final String LEARNED = "run-1-7";

  @TempDir private Path data;
  private Node node;
  private PolicySnapshot policy;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @BeforeEach
  void boot() {
    node = NodeFixture.boot(data, Map.of("kiss.gate.cases", 1));
    policy = PolicyFile.read(Path.of("..", "conf", "policies", "kiscaler.kiss")).policy();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> call("GET", POLICIES, "").statusCode() == 200);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private java.net.http.HttpResponse<String> call(String method, String path, String body) {
    return NodeFixture.call(node, method, path, body);
  }

  private JsonNode registry() {
    return NodeFixture.json(call("GET", POLICIES, ""));
  }

  private void promote(String id) {
    assertThat(call("POST", POLICIES + "/" + id + "/promote", "{\"force\": true}").statusCode())
        .isEqualTo(200);
  }

  /** As {@link EvaluationStep} does, up to there. */
  private void registered(String id, PolicySnapshot weights) {
    node.stores().policies().put(weights.sha256(), weights.toBytes()).toCompletableFuture().join();
    RegisteredPolicy registered =
        new RegisteredPolicy(
            new PolicyRef(id, weights.sha256()),
            System.currentTimeMillis(),
            new RegisteredPolicy.Provenance("run-1", 7, 1, 1, "none", 1, "unknown"),
            List.of());
    ask(replyTo -> new ControllerProtocol.RegisterPolicy(registered, replyTo));
  }

  private PolicySnapshot other() {
    return AlteredPolicies.withMore(policy, 0, 1);
  }

  private void judged(boolean passed) {
    GateReport report =
        new GateReport(
            LEARNED,
            policy.sha256(),
            1,
            "",
            60,
            0,
            1,
            List.of(new GateReport.Check("cost", passed, 0.1, 0, "as was found")),
            List.of());
    ask(replyTo -> new ControllerProtocol.RecordGate(report, replyTo));
  }

  private void ask(
      java.util.function.Function<ActorRef<StatusReply<Done>>, ControllerProtocol.Command> order) {
    new Ask(node.system()).request(node.actors().controller(), order);
  }

  /** The same weights again, as a node has them from its checkpoint. */
  private String upAgain() {
    TrainingProgress progress =
        new TrainingProgress(
            "run-1",
            TrainingProgress.State.COMPLETE,
            1,
            7,
            2,
            1000,
            500,
            2,
            TrainingBudget.ofSeconds(60),
            1,
            0.99,
            1.5,
            UpdateStatistics.NONE);
    said.reset();
    Terminal terminal =
        new Terminal(new PrintStream(said, true, StandardCharsets.UTF_8), false, false, 500);
    new EvaluationStep(node, terminal, List.of())
        .run(new Candidate(new Iteration("run-1", 1, 7), policy.toBytes(), progress));
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void whatPassedAndWasNotPromotedYetIsPromoted() {
    registered(LEARNED, policy);
    judged(true);

    assertThat(upAgain()).contains("Policy run-1-7 is registered and promoted");

    assertThat(registry().path("champion").asText()).isEqualTo(LEARNED);
    assertThat(upAgain()).contains("Policy run-1-7 is registered and champion");
    assertThat(registry().path("term").asLong()).isEqualTo(1);
  }

  @Test
  void whatWasRegisteredWithoutItsReportIsJudgedAgain() {
    registered(LEARNED, policy);

    String lines = upAgain();

    JsonNode report = registry().at("/policies/0/gate");
    assertThat(report.path("policyId").asText()).isEqualTo(LEARNED);
    assertThat(report.path("checks")).isNotEmpty();
    boolean passed = true;
    for (JsonNode check : report.path("checks")) {
      passed &= check.path("passed").asBoolean();
    }
    assertThat(registry().path("champion").asText().equals(LEARNED)).as(lines).isEqualTo(passed);
  }

  @Test
  void whatDidNotPassStaysWhereItIsAndThatIsSaid() {
    registered(LEARNED, policy);
    judged(false);

    assertThat(upAgain()).contains("not promoted, the gate did not let it through");

    assertThat(registry().path("term").asLong()).isZero();
  }

  @Test
  void whatWasTakenBackSinceIsNotPromotedAgain() {
    registered("earlier", other());
    promote("earlier");
    registered(LEARNED, policy);
    judged(true);
    promote(LEARNED);
    assertThat(call("POST", POLICIES + "/" + LEARNED + "/rollback", "").statusCode())
        .isEqualTo(200);

    assertThat(upAgain()).contains("what is to run was decided since");

    assertThat(registry().path("champion").asText()).isEqualTo("earlier");
    assertThat(registry().path("term").asLong()).isEqualTo(3);
  }

  @Test
  void whileAllIsPausedThatIsSaidAndItIsPromotedAfterwards() {
    registered(LEARNED, policy);
    judged(true);
    assertThat(call("POST", POLICIES + "/pause", "").statusCode()).isEqualTo(200);

    assertThat(upAgain()).contains("registered and not promoted: policies are paused");

    assertThat(call("POST", POLICIES + "/resume", "").statusCode()).isEqualTo(200);
    assertThat(upAgain()).contains("Policy run-1-7 is registered and promoted");
  }
}
