package io.kiss.cluster.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import io.kiss.kisim.autoscale.GuardSettings;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clusters, the settings of namespaces, and what one Deployment has for itself. */
class LiveEndpointsTest {
  private static final String PROD = "/api/v1/clusters/prod";
  private static final String DEFINITION =
      "{\"kubeconfig\": \"/nowhere/kubeconfig\", \"prometheus\": {\"url\": \"http://127.0.0.1:1\"},"
          + " \"metricsSource\": \"vllm\", \"gpuBudget\": 64}";
  private static final String DEMO = "/api/v1/clusters/local/namespaces/demo";
  private static final Duration A_WHILE = Duration.ofSeconds(30);

  @TempDir static Path data;
  private static Node node;

  @BeforeAll
  static void boot() {
    node = NodeFixture.boot(data);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static HttpResponse<String> call(String method, String path, String body) {
    return NodeFixture.call(node, method, path, body);
  }

  private static JsonNode get(String path) {
    return NodeFixture.json(call("GET", path, ""));
  }

  @Test
  void aClusterIsDefinedShownKeptWhileItIsInUseAndForgotten() {
    assertThat(call("PUT", PROD, DEFINITION).statusCode()).isEqualTo(201);
    assertThat(call("PUT", PROD, DEFINITION).statusCode()).isEqualTo(200);
    assertThat(get(PROD).at("/definition/prometheus/url").asText()).isEqualTo("http://127.0.0.1:1");

    assertThat(get(PROD).at("/definition/gpuBudget").asInt()).isEqualTo(64);

    String namespace = PROD + "/namespaces/llm";
    assertThat(call("PUT", namespace, "{\"sloMs\": 2000, \"maxReplicas\": 9}").statusCode())
        .isEqualTo(201);
    await()
        .atMost(A_WHILE)
        .untilAsserted(
            () ->
                assertThat(get(namespace).at("/status/problem").asText())
                    .contains("cannot read the kubeconfig /nowhere/kubeconfig"));
    // Nobody scales anything there: it is said who keeps the budget from being shared out.
    JsonNode gpus = get(PROD).path("gpus");
    assertThat(gpus.path("budget").asInt()).isEqualTo(64);
    assertThat(gpus.path("used").asInt()).isZero();
    assertThat(gpus.path("waitingFor")).singleElement().isEqualTo(TextNode.valueOf("llm"));
    assertThat(get("/api/v1/clusters/local").path("gpus").isNull()).isTrue();
    HttpResponse<String> refused = call("DELETE", PROD, "");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("detach llm first");

    assertThat(call("DELETE", namespace, "").statusCode()).isEqualTo(204);
    assertThat(call("DELETE", PROD, "").statusCode()).isEqualTo(204);
    assertThat(call("GET", PROD, "").statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /clusters/x     | {}                                             | prometheus.url
          /clusters/x     | {"prometheus": {"url": "ftp://y"}}             | prometheus.url
          /clusters/x     | {"prometheus": {"url": "http://a:b@y"}}        | prometheus.url
          /clusters/x     | {"context": "c", "prometheus": {"url": "http://y"}} | context
          /clusters/x     | {"metricsSource": "nope", "prometheus": {"url": "http://y"}} | nope
          /clusters/x     | {"gpuBudget": -1, "prometheus": {"url": "http://y"}} | gpuBudget
          /clusters/X_    | {"prometheus": {"url": "http://y"}}            | not a name
          /clusters/local/namespaces/n | {"sloMs": 0}                      | sloMs
          /clusters/local/namespaces/n | {"minReplicas": 3, "maxReplicas": 2} | minReplicas
          /clusters/local/namespaces/n | {"minReplicas": 0}                | minReplicas
          /clusters/local/namespaces/n | {"source": "nope"}                | nope
          /clusters/local/namespaces/n | {"profile": "nope"}               | nope
          /clusters/local/namespaces/n | {"service": {"serviceTimeMs": 4}} | service
          /clusters/local/namespaces/n | {"violationPrice": -1}            | violationPrice
          /clusters/local/namespaces/n | {"priority": 1001}                | priority
          /clusters/local/namespaces/n | {"gpuBudget": -1}                 | gpuBudget
          /clusters/local/namespaces/n | {"gpuBudget": 1.5}                | gpuBudget
          """)
  void whatMakesNoSenseIsRefusedByItsName(String path, String body, String named) {
    HttpResponse<String> refused = call("PUT", "/api/v1" + path, body);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    assertThat(NodeFixture.json(refused).path("detail").asText()).contains(named);
  }

  @Test
  void aPatchChangesWhatItNamesAndNullGivesItBackToTheNamespace() {
    call("PUT", DEMO, "{}");
    String deployment = DEMO + "/deployments/resnet50";
    JsonNode both =
        NodeFixture.json(call("PATCH", deployment, "{\"violationPrice\": 30, \"sloMs\": 150}"));
    assertThat(both.at("/settings/violationPrice").asDouble()).isEqualTo(30);
    JsonNode one = NodeFixture.json(call("PATCH", deployment, "{\"sloMs\": null}"));
    assertThat(one.at("/settings/sloSeconds").isNull()).isTrue();
    assertThat(one.at("/settings/violationPrice").asDouble()).isEqualTo(30);

    // From the next tick on, and for that Deployment alone.
    await()
        .atMost(A_WHILE)
        .until(() -> get(deployment).at("/workload/violationPrice").asDouble() == 30);
    assertThat(get(DEMO + "/deployments/bert-large").at("/workload/violationPrice").asDouble())
        .isNotEqualTo(30);
    assertThat(call("PATCH", deployment, "{\"price\": 30}").statusCode()).isEqualTo(400);
    assertThat(call("PATCH", deployment, "{\"mode\": \"FAST\"}").statusCode()).isEqualTo(400);
    int most = get(deployment).at("/workload/maxReplicas").asInt();
    HttpResponse<String> above =
        call("PATCH", deployment, "{\"minReplicas\": %d}".formatted(most + 1));
    assertThat(above.statusCode()).as("it would not be scaled any more").isEqualTo(400);
    assertThat(above.body()).contains("above its maxReplicas, " + most);
    assertThat(call("PUT", DEMO, "").statusCode()).as("an empty variable").isEqualTo(400);
    assertThat(get(DEMO).at("/attachment/overrides")).hasSize(1);
    call("PATCH", deployment, "{\"violationPrice\": null}");
    assertThat(get(DEMO).at("/attachment/overrides")).isEmpty();
  }

  @Test
  void aPatchOfAnAttachmentChangesWhatItNamesAndNullGivesItBackToItsDefault() {
    call(
        "PUT",
        DEMO,
        "{\"sloMs\": 250, \"minReplicas\": 2, \"maxReplicas\": 9, \"tickSeconds\": 7, \"source\":"
            + " \"triton\", \"selector\": \"app\", \"mode\": \"OFF\", \"gpuBudget\": 40,"
            + " \"violationPrice\": 20, \"priority\": 3, \"guards\": {\"flapBudget\": 3,"
            + " \"maxStepUpPods\": 2}, \"service\": {\"serviceTimeMs\": 4, \"replicaCapacity\": 50,"
            + " \"startupSeconds\": 9}}");
    call("PUT", DEMO + "/shadows", "{\"shadows\": [\"hpa\"]}");
    JsonNode before = get(DEMO).path("attachment");

    assertThat(NodeFixture.json(call("PATCH", DEMO, "{}"))).isEqualTo(before);

    ObjectNode expected = before.deepCopy();
    expected.put("tickSeconds", 30.0).putNull("gpuBudget").put("mode", "SHADOW");
    expected.withObject("/settings").put("maxReplicas", 5).putNull("profile");
    expected.withObject("/guards").put("flapBudget", 4);
    JsonNode after =
        NodeFixture.json(
            call(
                "PATCH",
                DEMO,
                "{\"tickSeconds\": 30, \"gpuBudget\": null, \"mode\": null, \"maxReplicas\": 5,"
                    + " \"service\": null, \"guards\": {\"flapBudget\": 4}}"));
    assertThat(after).isEqualTo(expected);
    assertThat(get(DEMO).path("attachment")).isEqualTo(expected);

    HttpResponse<String> above = call("PATCH", DEMO, "{\"minReplicas\": 6}");
    assertThat(above.statusCode()).as(above.body()).isEqualTo(400);
    assertThat(above.body()).contains("minReplicas: is 6, above maxReplicas, 5");
    assertThat(call("PATCH", DEMO, "{\"source\": \"nope\"}").statusCode()).isEqualTo(400);
    assertThat(get(DEMO).path("attachment")).isEqualTo(expected);

    JsonNode usual = NodeFixture.json(call("PATCH", DEMO, "{\"guards\": null, \"sloMs\": null}"));
    assertThat(usual.at("/settings/sloSeconds").isNull()).isTrue();
    assertThat(usual.at("/guards/maxStepUpPods").asInt())
        .isEqualTo(GuardSettings.DEFAULT.maxStepUpPods());
    assertThat(call("PATCH", DEMO.replace("demo", "nobody"), "{}").statusCode()).isEqualTo(404);
    call("PUT", DEMO + "/shadows", "{\"shadows\": []}");
    call("PUT", DEMO, "{}");
  }

  @Test
  void nothingIsKeptForADeploymentThatIsNotThere() {
    call("PUT", DEMO, "{}");
    await().atMost(A_WHILE).until(() -> get(DEMO).at("/status/deployments").size() > 0);
    HttpResponse<String> patched =
        call("PATCH", DEMO + "/deployments/nobody", "{\"mode\": \"OFF\"}");
    assertThat(patched.statusCode()).as(patched.body()).isEqualTo(404);
    assertThat(patched.body()).contains("has no Deployment 'nobody'");
    assertThat(get(DEMO).at("/attachment/overrides")).isEmpty();
  }

  @Test
  void aBudgetAndAPriorityAreKeptAndTheNamespaceShowsWhatIsUsedAndWished() {
    call("PUT", DEMO, "{\"gpuBudget\": 3, \"priority\": 2}");
    String deployment = DEMO + "/deployments/resnet50";
    assertThat(
            NodeFixture.json(call("PATCH", deployment, "{\"priority\": 7}"))
                .at("/settings/priority")
                .asInt())
        .isEqualTo(7);

    await().atMost(A_WHILE).until(() -> get(DEMO).at("/status/gpus/budget").asInt() == 3);
    JsonNode shown = get(DEMO);
    assertThat(shown.at("/attachment/gpuBudget").asInt()).isEqualTo(3);
    assertThat(shown.at("/attachment/settings/priority").asInt()).isEqualTo(2);
    int replicas = 0;
    for (JsonNode each : shown.at("/status/deployments")) {
      replicas += each.path("desiredReplicas").asInt();
    }
    // Each of the demo's pods takes one GPU.
    assertThat(shown.at("/status/gpus/used").asInt()).isEqualTo(replicas);
    call("PATCH", deployment, "{\"priority\": null}");
    assertThat(get(DEMO).at("/attachment/overrides")).isEmpty();
    call("PUT", DEMO, "{}");
    await().atMost(A_WHILE).until(() -> get(DEMO).at("/status/gpus/budget").isNull());
  }
}
