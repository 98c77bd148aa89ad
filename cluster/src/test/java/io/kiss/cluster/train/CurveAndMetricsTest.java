package io.kiss.cluster.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.kisim.autoscale.PolicyFile.Provenance;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class CurveAndMetricsTest {
  @TempDir Path temp;

  @Test
  void aLongRunKeepsItsWholeCurveInABoundedNumberOfPoints() {
    LearningCurve curve = Runs.curve(10_000);
    List<LearningCurve.Point> points = curve.points();
    assertThat(points).hasSizeBetween(512, 1024);
    EpisodeSummary all =
        points.stream()
            .map(LearningCurve.Point::episodes)
            .reduce(EpisodeSummary.NONE, EpisodeSummary::plus);
    assertThat(all.count()).isEqualTo(20_000);
    // Twice the sum of 1 to 10000.
    assertThat(all.returns()).isEqualTo(10_000.0 * 10_001);
    assertThat(points.get(points.size() - 1).environmentSteps()).isEqualTo(10_000_000);
    assertThat(points.get(0).environmentSteps()).isEqualTo(1000L * curve.iterationsAPoint());
  }

  @Test
  void theLatestEpisodesAreAtLeastAsManyAsAskedFor() {
    EpisodeSummary latest = Runs.curve(50).latest(9);
    // Five iterations of two: 46 to 50.
    assertThat(latest.count()).isEqualTo(10);
    assertThat(latest.returns() / latest.count()).isCloseTo(48, within(1e-9));
  }

  @Test
  void aLineOfMetricsHasEveryFigureAndNullForWhatIsNotKnown() throws Exception {
    JsonNode line = new ObjectMapper().readTree(MetricsFile.line(Runs.report(3, 4)));
    assertThat(line.path("iteration").asLong()).isEqualTo(3);
    assertThat(line.path("environmentSteps").asLong()).isEqualTo(3000);
    assertThat(line.path("episodeReturn").asDouble()).isEqualTo(3);
    assertThat(line.path("sloAttainment").asDouble()).isEqualTo(0.9);
    assertThat(line.path("gpuHours").asDouble()).isEqualTo(3);
    assertThat(line.path("approximateKl").asDouble()).isEqualTo(0.4);
    assertThat(line.path("learningRate").asDouble()).isEqualTo(1e-3);
    assertThat(line.get("explainedVariance").isNull()).isTrue();
  }

  @Test
  void aResumedRunKeepsTheLinesUpToItsCheckpointAndAddsToThem() throws Exception {
    Path file = temp.resolve("m.ndjson");
    try (MetricsFile metrics = MetricsFile.open(file, 0)) {
      for (int i = 1; i <= 5; i++) {
        metrics.write(Runs.report(i, 4));
      }
    }
    Files.writeString(file, Files.readString(file) + "{\"iteration\":6,\"envir");
    try (MetricsFile metrics = MetricsFile.open(file, 3)) {
      metrics.write(Runs.report(4, 4));
    }
    assertThat(Files.readAllLines(file))
        .extracting(line -> new ObjectMapper().readTree(line).path("iteration").asInt())
        .containsExactly(1, 2, 3, 4);
    MetricsFile.open(file, 0).close();
    assertThat(file).isEmptyFile();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 40, 5000})
  void theDrawingIsXmlOfThreePanelsWhateverTheLengthOfTheRun(int iterations) throws Exception {
    Provenance from =
        new Provenance(
            "a<b&c", 7, iterations, 1000L * iterations, 61, "MXNet", "x", Instant.EPOCH, "");
    String svg = CurvePlot.svg(from, Runs.curve(iterations), 10_000);
    assertThat(svg).doesNotContain("NaN", "Infinity");
    Document drawing =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(svg)));
    assertThat(drawing.getElementsByTagName("polyline").getLength()).isEqualTo(6);
    assertThat(drawing.getDocumentElement().getTextContent())
        .contains("Learning curve of a<b&c", "Episode return", "Requests inside the SLO")
        .contains("90.0 %", "1:01 min", "seed 7");
    assertThat(CurvePlot.html(from, Runs.curve(iterations), 0)).startsWith("<!doctype html>");
  }

  @Test
  void undoneUpdatesAreMarked() {
    LearningCurve curve = Runs.curve(30);
    curve.add(Runs.report(31, 0));
    Provenance from = new Provenance("r", 7, 31, 31_000, 61, "MXNet", "x", Instant.EPOCH, "");
    assertThat(CurvePlot.svg(from, curve, 0)).contains("class=\"undone\"", "1 undone");
    assertThat(CurvePlot.svg(from, Runs.curve(30), 0)).doesNotContain("class=\"undone\"");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 97, 4, 50, 0, 100",
    "-1030, -480, 4, 200, -1200, -400",
    "0.91, 0.99, 4, 0.02, 0.9, 1",
    "5, 5, 4, 0.2, 5, 5.2"
  })
  void axesEndAtRoundNumbersAroundTheValues(
      double low, double high, int ticks, double step, double from, double to) {
    PlotScale scale = PlotScale.around(low, high, 100, 0, ticks);
    assertThat(scale.step()).isCloseTo(step, within(1e-9));
    assertThat(scale.low()).isCloseTo(from, within(1e-9));
    assertThat(scale.high()).isCloseTo(to, within(1e-9));
    assertThat(scale.pixel(scale.low())).isEqualTo(100);
    assertThat(scale.pixel(scale.high())).isCloseTo(0, within(1e-9));
  }
}
