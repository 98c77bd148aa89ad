package io.kiss.cluster.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node serves, judged by the programs that will read it, where they are installed. */
class OutsideProgramsTest {
  private static final String DEMO = "/api/v1/clusters/local/namespaces/demo";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String SHADOWS_INPUT =
      "document.querySelector('[aria-labelledby=\"shadows-local/demo\"]')";

  /** What the page makes of a report that is written down here. */
  private static final String STANDINGS =
      "const one = (name, failure) => ({name, failure, replicas: 4, meanReplicas: 4,"
          + " violatingShare: 0.01, cost: 1.2, fittedViolatingShare: 0.009, fittedCost: 1.1,"
          + " regretReplicaHours: 0.5, overRunningReplicaHours: 0});"
          + " standings({name: 'web', shadows: {sinceSeconds: 0, countedSeconds: 720,"
          + " neededReplicas: 3.5, running: one('running', ''),"
          + " shadows: [one('hpa', 'no such metric')],"
          + " check: {seconds: 720, modelled: 0.01, observed: 0.02, fitted: 0.015}}})"
          + ".map(part => [part.textContent, ...[...part.querySelectorAll('tr')]"
          + ".map(row => [...row.cells].map(cell => cell.textContent).join(' '))].join('; '))"
          + ".join('; ')";

  @TempDir static Path folder;
  private static Node node;
  private static ContractProxy proxy;

  @BeforeAll
  static void boot() throws IOException {
    node = NodeFixture.boot(folder.resolve("data"));
    proxy = ContractProxy.before(node.url());
    await()
        .atMost(PATIENCE)
        .until(() -> NodeFixture.call(node, "GET", "/ready", "").statusCode() == 200);
    NodeFixture.call(node, "PUT", DEMO, "{}");
    NodeFixture.call(node, "PUT", "/api/v1/clusters/local/namespaces/nowhere", "{}");
    await()
        .atMost(PATIENCE)
        .until(
            () -> NodeFixture.call(node, "GET", DEMO + "/decisions", "").body().contains("resnet"));
  }

  @AfterAll
  static void stop() {
    proxy.close();
    node.close();
  }

  @Test
  void aBrowserShowsTrainingDeploymentsAndDecisions() throws Exception {
    assumeInstalled("chromium");
    try (Browser browser = Browser.open(folder.resolve("chromium"), proxy.url() + "/")) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(browser.text())
                      .contains("running", "1 node, term 0, champion none")
                      .contains(
                          "local/demo\nshadow", "local/nowhere\nshadow", "no namespace 'nowhere'")
                      .contains("resnet50", "bert-large", "recommender", "queueing rule says")
                      .doesNotContain("undefined", "NaN"));
      assertThat(
              browser.value(
                  "String(document.documentElement.scrollWidth <= document.documentElement"
                      + ".clientWidth)"))
          .as("nothing sticks out at the side")
          .isEqualTo("true");
      assertThat(browser.errors()).as("what the page complains of").isEmpty();
      // Unmeasured returns make no curve, and no curve takes no room.
      assertThat(browser.value("document.getElementById('curve').getBoundingClientRect().height"))
          .isEqualTo("0");
      assertThat(
              browser.value(
                  "for (const [run, seconds] of [['a', 3], ['a', 1], ['a', 4], ['b', 1], ['b', 2]])"
                      + " training({run, seconds, episodeReturn: seconds, state: 'RUNNING',"
                      + " budget: {}}); curve.map(point => point[0]).join()"))
          .as("a new run starts anew, and within one the curve never goes back")
          .isEqualTo("1,2");
      assertThat(
              browser.value(
                  "for (const seconds of [1, 5, 4]) training({run: 'b', seconds,"
                      + " episodeReturn: seconds, state: 'RUNNING', budget: {}});"
                      + " curve.map(point => point[0]).join()"))
          .isEqualTo("1,2,5");
      await().atMost(PATIENCE).until(() -> proxy.events() > 1);
      assertThat(proxy.broken()).as("what the page asks, and is told, by the contract").isEmpty();
    }
  }

  @Test
  void shadowsAreNamedOnThePageAndShownBesideEachDeployment() throws Exception {
    assumeInstalled("chromium");
    try (Browser browser = Browser.open(folder.resolve("shadows"), proxy.url() + "/")) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(browser.text()).contains("Shadows of local/demo"));
      assertThat(browser.text()).doesNotContain("Model check", "Regret is");
      nameShadows(browser, "hpa nobody");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(browser.text())
                      .contains("shadow 'nobody': no such policy is registered"));
      assertThat(browser.value(SHADOWS_INPUT + ".value"))
          .as("what was refused can be mended")
          .isEqualTo("hpa nobody");
      nameShadows(browser, " hpa  queueing ");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(browser.text())
                      .contains("They decide from the next tick on", "Regret is")
                      .doesNotContain("undefined", "NaN"));
      assertThat(
              NodeFixture.json(NodeFixture.call(node, "GET", DEMO + "/shadows", ""))
                  .at("/shadows")
                  .findValuesAsText("name"))
          .containsExactly("hpa", "queueing");
      assertThat(browser.value(STANDINGS))
          .contains("12 minutes counted, the load needs 3.5 replicas")
          .contains("running 4 4 1.00% 1.2 0.90% 1.1 0.5 0")
          .contains("hpa no such metric")
          .contains("calls 1.00% of requests late, and 2.00% were measured late")
          .contains("fitted to that, it says 1.50%");
      assertThat(browser.value(SHADOWS_INPUT + ".value")).isEqualTo("hpa queueing");
      nameShadows(browser, "");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(browser.text())
                      .contains("Nobody decides beside the scalers any more")
                      .doesNotContain("Model check"));
      assertThat(browser.errors())
          .as("but for the refusal")
          .hasSize(1)
          .allMatch(error -> error.contains("400 (Bad Request)"));
      assertThat(proxy.broken()).as("what the page asks, and is told, by the contract").isEmpty();
    }
  }

  private static void nameShadows(Browser browser, String names) throws Exception {
    browser.value("%s.value = '%s'; %1$s.form.requestSubmit(); ''".formatted(SHADOWS_INPUT, names));
  }

  @Test
  void aTokenThatIsTypedInOpensThePageAndAWrongOneIsSaidToBeWrong() throws Exception {
    assumeInstalled("chromium");
    String operator = "operator-0123456789";
    try (Node closed =
            NodeFixture.boot(
                folder.resolve("closed"), Map.of("kiss.http.operator-token", operator));
        ContractProxy between = ContractProxy.before(closed.url());
        Browser browser = Browser.open(folder.resolve("login"), between.url() + "/")) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(browser.text()).contains("wants a token", "Sign in"));
      signIn(browser, "somebody-0123456789");
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(browser.text()).contains("none of this node's"));
      signIn(browser, operator);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(browser.text())
                      .contains("1 node, term 0", "no namespace attached yet")
                      .doesNotContain("Sign in"));
      assertThat(browser.value("document.cookie + JSON.stringify(localStorage) + location.href"))
          .as("the token stays in the tab")
          .doesNotContain(operator);
      // Requests without a token were refused, which is what a browser complains of; nothing else
      // is.
      assertThat(browser.errors()).isNotEmpty().allMatch(error -> error.contains("401"));
      assertThat(between.broken()).isEmpty();
    }
  }

  private static void signIn(Browser browser, String token) throws Exception {
    browser.value(
        "document.getElementById('token').value = '"
            + token
            + "'; document.getElementById('login').requestSubmit(); ''");
  }

  @Test
  void prometheusFindsNothingWrongWithTheMetrics() throws Exception {
    assumeInstalled("promtool");
    Path metrics = folder.resolve("metrics");
    Files.writeString(metrics, NodeFixture.call(node, "GET", "/metrics", "").body());
    Process promtool =
        new ProcessBuilder("promtool", "check", "metrics")
            .redirectInput(metrics.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(promtool.getInputStream().readAllBytes());
    assertThat(promtool.waitFor()).as("1 is not even parsed: " + said).isNotEqualTo(1);
    // Names of the JVM's own metrics are Micrometer's and break a convention or two.
    assertThat(said.lines().filter(line -> line.startsWith("kiss_"))).isEmpty();
  }

  private static void assumeInstalled(String program) {
    assumeTrue(
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, program))),
        program + " is not installed");
  }
}
