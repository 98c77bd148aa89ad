package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.Done;
import akka.actor.typed.javadsl.AskPattern;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Lists longer than a page: by the API page for page, by the commands as a whole. */
class PagedListsTest {
  private static final String LOCAL = "/api/v1/clusters/local/namespaces";

  /** More than the hundred of a page that nobody gave a limit. */
  private static final List<String> POLICIES =
      IntStream.range(0, 103).mapToObj("policy-%d"::formatted).toList();

  @TempDir static Path data;
  private static Node node;

  @BeforeAll
  static void boot() {
    node = NodeFixture.boot(data);
    POLICIES.forEach(PagedListsTest::register);
  }

  private static void register(String id) {
    RegisteredPolicy policy =
        new RegisteredPolicy(
            new PolicyRef(id, "0".repeat(64)),
            1000,
            new RegisteredPolicy.Provenance("run-1", 5, 1000, 2, "none", 1, "abc"),
            List.of());
    AskPattern.<ControllerProtocol.Command, Done>askWithStatus(
            node.actors().controller(),
            reply -> new ControllerProtocol.RegisterPolicy(policy, reply),
            Duration.ofSeconds(20),
            node.system().scheduler())
        .toCompletableFuture()
        .join();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static JsonNode get(String path) {
    return NodeFixture.json(NodeFixture.call(node, "GET", path, ""));
  }

  /** Names on each page, until there is no next one. */
  private static List<List<String>> pages(String path, int limit, String list, String name) {
    List<List<String>> pages = new ArrayList<>();
    JsonNode page = get(path + "?limit=" + limit);
    pages.add(page.path(list).findValuesAsText(name));
    while (page.path("next").isTextual()) {
      page = get(path + "?limit=" + limit + "&after=" + page.path("next").asText());
      pages.add(page.path(list).findValuesAsText(name));
    }
    return pages;
  }

  @Test
  void aPageHasAtMostAHundredItemsUnlessAskedForMoreAndNothingIsLostBetweenPages() {
    assertThat(get("/api/v1/policies").path("policies")).hasSize(100);
    List<List<String>> pages = pages("/api/v1/policies", 40, "policies", "id");
    assertThat(pages).extracting(List::size).containsExactly(40, 40, 23);
    assertThat(pages.stream().flatMap(List::stream)).containsExactlyElementsOf(POLICIES);
    assertThat(pages("/api/v1/policies", 1000, "policies", "id")).hasSize(1);
  }

  @Test
  void aCommandShowsTheWholeList() throws Exception {
    StringWriter out = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out));
    assertThat(line.execute("policy", "list", "--json", "--url", node.url())).isZero();
    JsonNode all = new ObjectMapper().readTree(out.toString());
    assertThat(all.path("policies").findValuesAsText("id")).containsExactlyElementsOf(POLICIES);
    assertThat(all.path("next").isNull()).isTrue();
  }

  @Test
  void clustersNamespacesAndDeploymentsHavePages() {
    for (String name : List.of("one", "three", "two", "demo")) {
      NodeFixture.call(node, "PUT", LOCAL + "/" + name, "{}");
    }
    NodeFixture.call(
        node,
        "PUT",
        "/api/v1/clusters/prod",
        "{\"prometheus\": {\"url\": \"http://127.0.0.1:1\"}}");
    assertThat(pages(LOCAL, 3, "namespaces", "namespace"))
        .hasSize(2)
        .satisfies(
            pages ->
                assertThat(pages.stream().flatMap(List::stream))
                    .containsExactlyInAnyOrder("one", "two", "three", "demo"));
    assertThat(pages("/api/v1/clusters", 1, "clusters", "name").stream().map(page -> page.get(0)))
        .containsExactly("local", "prod");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(
                        pages(LOCAL + "/demo/deployments", 2, "deployments", "refusal").stream()
                            .map(List::size))
                    .containsExactly(2, 1));
  }
}
