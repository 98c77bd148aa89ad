package io.kiss.cluster.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prometheus and Grafana of the compose profile observability, against what a node really tells.
 */
class ObservabilityTest {
  private static final String PROMETHEUS = "conf/prometheus/prometheus.yml";
  private static final String GRAFANA = "conf/grafana/";
  private static final Pattern METRIC = Pattern.compile("\\b((?:kiss|jvm|process)_[a-z_]+)");
  private static final Pattern SERIES = Pattern.compile("(?m)^([a-z_]+)[{ ]");

  @TempDir Path folder;

  private static JsonNode dashboard() {
    try {
      return new ObjectMapper().readTree(DeployFiles.text(GRAFANA + "dashboards/kiss.json"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<JsonNode> panels() {
    return DeployFiles.each(dashboard().path("panels"))
        .filter(panel -> !panel.path("type").asText().equals("row"))
        .toList();
  }

  private static List<String> expressions() {
    return panels().stream()
        .flatMap(panel -> DeployFiles.each(panel.path("targets")))
        .map(target -> target.path("expr").asText())
        .toList();
  }

  @Test
  void prometheusAsksEveryServiceThatIsANode() {
    JsonNode config = DeployFiles.yaml(DeployFiles.text(PROMETHEUS));
    JsonNode job = config.at("/scrape_configs/0");
    assertThat(DeployFiles.each(job.at("/dns_sd_configs/0/names")).map(JsonNode::asText))
        .containsExactlyInAnyOrderElementsOf(ComposeFilesTest.ROLE_BY_SERVICE.keySet());
    Pattern role = Pattern.compile(job.at("/relabel_configs/0/regex").asText());
    ComposeFilesTest.ROLE_BY_SERVICE.forEach(
        (service, expected) ->
            assertThat(role.matcher(service).replaceAll("$1")).isEqualTo(expected));
  }

  @Test
  void promtoolTakesTheConfigurationAndEveryExpressionOfTheDashboard() throws Exception {
    assumeInstalled("promtool");
    promtool("check", "config", DeployFiles.ROOT.resolve(PROMETHEUS).toString());
    StringBuilder rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
    for (String expression : expressions()) {
      // What Grafana puts in before it asks.
      String asked = expression.replace("$__rate_interval", "1m").replace("'", "''");
      rules.append("      - {record: 'kiss:r%d', expr: '%s'}%n".formatted(rules.length(), asked));
    }
    Path file = folder.resolve("rules.yml");
    Files.writeString(file, rules);
    promtool("check", "rules", file.toString());
  }

  @Test
  void alertsFireWhenTheyShouldAndOnlyThen() throws Exception {
    assumeInstalled("promtool");
    promtool(
        "test", "rules", DeployFiles.ROOT.resolve("conf/prometheus/alerts.test.yml").toString());
  }

  private static void assumeInstalled(String program) {
    assumeTrue(
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, program))),
        program + " is not installed");
  }

  private static void promtool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Process promtool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(promtool.getInputStream().readAllBytes());
    assertThat(promtool.waitFor()).as(said).isZero();
  }

  @Test
  void theDashboardShowsOnlyWhatANodeTells() {
    Set<String> shown = new TreeSet<>();
    expressions().forEach(expression -> shown.addAll(DeployFiles.matches(METRIC, expression)));
    Set<String> told;
    try (Node node = NodeFixture.boot(folder.resolve("data"))) {
      // Requests are counted from the first that was answered.
      NodeFixture.call(node, "GET", "/alive", "");
      told = DeployFiles.matches(SERIES, NodeFixture.call(node, "GET", "/metrics", "").body());
    }
    assertThat(shown).hasSizeGreaterThan(10);
    // A pause there may not have been one of yet.
    told.add("jvm_gc_pause_seconds_sum");
    assertThat(told).containsAll(shown);
  }

  @Test
  void thePanelsFitTogetherAndAskTheProvisionedSource() {
    JsonNode source =
        DeployFiles.yaml(DeployFiles.text(GRAFANA + "provisioning/datasources/prometheus.yml"))
            .at("/datasources/0");
    assertThat(source.path("url").asText()).isEqualTo("http://prometheus:9090");
    String compose = DeployFiles.text("docker-compose.yml");
    String dashboards =
        DeployFiles.yaml(DeployFiles.text(GRAFANA + "provisioning/dashboards/kiss.yml"))
            .at("/providers/0/options/path")
            .asText();
    assertThat(compose).contains("./conf/grafana/dashboards:" + dashboards + ":ro");
    assertThat(panels())
        .isNotEmpty()
        .allSatisfy(
            panel -> {
              assertThat(panel.at("/datasource/uid")).isEqualTo(source.path("uid"));
              assertThat(panel.path("title").asText()).isNotBlank();
              assertThat(panel.path("description").asText()).isNotBlank();
              assertThat(panel.at("/fieldConfig/defaults/unit").asText()).isNotBlank();
              assertThat(DeployFiles.each(panel.path("targets")))
                  .isNotEmpty()
                  .allSatisfy(
                      t -> assertThat(t.at("/datasource/uid")).isEqualTo(source.path("uid")));
            });
    assertThat(DeployFiles.each(dashboard().path("panels")).map(p -> p.path("id").asInt()))
        .doesNotHaveDuplicates();
    boolean[][] taken = new boolean[200][24];
    for (JsonNode panel : dashboard().path("panels")) {
      JsonNode at = panel.path("gridPos");
      for (int y = at.path("y").asInt(); y < at.path("y").asInt() + at.path("h").asInt(); y++) {
        for (int x = at.path("x").asInt(); x < at.path("x").asInt() + at.path("w").asInt(); x++) {
          assertThat(taken[y][x]).as(panel.path("title").asText() + " lies over another").isFalse();
          taken[y][x] = true;
        }
      }
    }
  }
}
