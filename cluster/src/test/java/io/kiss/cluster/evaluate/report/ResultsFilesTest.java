package io.kiss.cluster.evaluate.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.kiss.kisim.evaluate.Comparison;
import io.kiss.kisim.evaluate.result.EntrantInfo;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import io.kiss.kisim.evaluate.result.RunResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What programs read, from runs that really ran. */
class ResultsFilesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static EvaluationResults all;
  @TempDir Path folder;

  @BeforeAll
  static void run() {
    all = RealRuns.of(RealRuns.THIRTEEN, 2, 2, 1800);
  }

  private static Schema schema() throws IOException {
    try (InputStream in = Files.newInputStream(Path.of("../docs/results.schema.json"))) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(in);
    }
  }

  private static JsonNode json(EvaluationResults results) throws IOException {
    return JSON.readTree(ResultsJson.of(results, Comparison.of(results)));
  }

  @Test
  void resultsAreAsTheSchemaSays() throws IOException {
    EvaluationResults nobody =
        RealRuns.failing(RealRuns.of(List.of(RealRuns.TWO.get(0)), 1, 1, 900), "hpa", 1);
    for (EvaluationResults results :
        List.of(
            all, RealRuns.failing(all, "keda", 2), RealRuns.of(RealRuns.TWO, 1, 1, 900), nobody)) {
      assertThat(schema().validate(json(results))).isEmpty();
    }
  }

  @Test
  void theSchemaNoticesWhatItDoesNotKnow() throws IOException {
    JsonNode wrong = json(RealRuns.of(RealRuns.TWO, 1, 1, 900));
    ((com.fasterxml.jackson.databind.node.ObjectNode) wrong.path("runs").get(0)).put("new", 1);
    assertThat(schema().validate(wrong)).hasSize(1);
  }

  @Test
  void whatWasMeasuredIsInTheJsonToTenDigits() throws IOException {
    JsonNode json = json(all);
    assertThat(json.path("runs")).hasSize(all.runs().size());
    assertThat(json.path("replays")).hasSize(26);
    assertThat(json.path("sweep")).hasSize(28);
    RunResult run = all.runs().get(7);
    JsonNode written = json.path("runs").get(7);
    assertThat(written.path("autoscaler").asText()).isEqualTo(run.autoscaler());
    assertThat(written.path("gpuHours").asDouble() / run.gpuHours()).isBetween(1 - 1e-9, 1 + 1e-9);
    RunResult calm =
        all.runs().stream().filter(r -> Double.isNaN(r.absorbSeconds())).findFirst().orElseThrow();
    assertThat(json.path("runs").get(all.runs().indexOf(calm)).path("absorbSeconds").isNull())
        .isTrue();
    assertThat(json.path("summary").path("rows")).hasSize(13);
  }

  @Test
  void withoutAnOracleNothingSpeaksOfRegret() throws IOException {
    EvaluationResults two = RealRuns.of(RealRuns.TWO, 1, 2, 900);
    assertThat(json(all).path("runs").get(0).has("regret")).isTrue();
    assertThat(ResultsJson.of(two, Comparison.of(two))).doesNotContain("regret", "gapClosed");
  }

  @Test
  void csvReadsBackAsWhatWasWritten() {
    EvaluationResults odd = renamed(all, "a \"very\", odd\nname");
    List<List<String>> lines = parse(ResultsCsv.of(odd));
    assertThat(lines.get(0)).isEqualTo(ResultsCsv.HEADER);
    assertThat(lines).hasSize(1 + odd.runs().size());
    for (int i = 0; i < odd.runs().size(); i++) {
      RunResult run = odd.runs().get(i);
      List<String> line = lines.get(i + 1);
      assertThat(line).hasSameSizeAs(ResultsCsv.HEADER);
      assertThat(line.get(2)).isEqualTo(run.autoscaler());
      assertThat(Double.parseDouble(line.get(3)) / run.costAtSlo()).isBetween(1 - 1e-9, 1 + 1e-9);
      assertThat(line.get(19).isEmpty()).isEqualTo(Double.isNaN(run.absorbSeconds()));
      // The Oracle's run of the same trace and seed is the last of thirteen.
      double oracle = odd.runs().get(i / 13 * 13 + 12).costAtSlo();
      assertThat(Double.parseDouble(line.get(20)))
          .isCloseTo(run.costAtSlo() - oracle, org.assertj.core.api.Assertions.within(1e-8));
    }
  }

  /** RFC 4180, read letter by letter. */
  private static List<List<String>> parse(String csv) {
    List<List<String>> lines = new ArrayList<>();
    List<String> line = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < csv.length(); i++) {
      char c = csv.charAt(i);
      if (quoted && c == '"' && csv.charAt(i + 1) == '"') {
        field.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (quoted || c != ',' && c != '\r' && c != '\n') {
        field.append(c);
      } else if (c == ',' || c == '\r') {
        line.add(field.toString());
        field.setLength(0);
      } else {
        lines.add(line);
        line = new ArrayList<>();
      }
    }
    return lines;
  }

  /** The same with the first entrant under another name. */
  static EvaluationResults renamed(EvaluationResults results, String name) {
    EntrantInfo old = results.entrants().get(0);
    List<EntrantInfo> entrants = new ArrayList<>(results.entrants());
    entrants.set(0, new EntrantInfo(name, old.role(), old.settings(), old.policySha256()));
    List<RunResult> runs =
        results.runs().stream()
            .map(
                r ->
                    !r.autoscaler().equals(old.name())
                        ? r
                        : new RunResult(
                            r.trace(),
                            r.seed(),
                            name,
                            r.costAtSlo(),
                            r.gpuShare(),
                            r.violatingShare(),
                            r.requests(),
                            r.lostRequests(),
                            r.p50Seconds(),
                            r.p95Seconds(),
                            r.p99Seconds(),
                            r.gpuHours(),
                            r.neededGpuHours(),
                            r.cost(),
                            r.kilowattHours(),
                            r.scalingActions(),
                            r.flaps(),
                            r.spikes(),
                            r.absorbSeconds()))
            .toList();
    return new EvaluationResults(
        results.command(),
        results.version(),
        results.engine(),
        results.violationPrice(),
        results.traces(),
        entrants,
        runs,
        results.sweep(),
        List.of(),
        results.failures());
  }

  @Test
  void theSameResultsGiveTheSameBytes() throws IOException {
    EvaluationResults again = RealRuns.of(RealRuns.THIRTEEN, 2, 2, 1800);
    ReportFiles.write(all, folder.resolve("a"));
    ReportFiles.write(again, folder.resolve("b"));
    for (String file : List.of(ReportFiles.JSON, ReportFiles.CSV, ReportFiles.HTML)) {
      assertThat(folder.resolve("a").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("b").resolve(file));
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsAnErrorThatNamesIt() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> ReportFiles.write(all, file.resolve("out")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("file");
  }
}
