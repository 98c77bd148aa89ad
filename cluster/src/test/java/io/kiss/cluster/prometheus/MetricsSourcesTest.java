package io.kiss.cluster.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates of metrics: those that come with the product, and mistakes in one's own. */
class MetricsSourcesTest {
  private static final String WHOLE =
      """
      by = pod
      labels = [pod]
      figures {
        arrivals {
          counted = received
          promql = "sum by ($by) (rate(a[$window]))"
        }
        gpu {
          unit = share
          promql = "avg by ($by) (g)"
        }
        age {
          samples = [a]
        }
      }
      """;

  private static final Pattern LE = Pattern.compile(", le(=~|!~)\"([^\"]*)\"");

  @TempDir Path folder;

  private void write(String text) throws IOException {
    Files.writeString(folder.resolve("mine.conf"), text);
  }

  private static String whole(FigureQuery query, Duration window) {
    List<String> queries = query.of("prod", window, false);
    assertThat(queries).hasSize(1);
    return queries.get(0);
  }

  @Test
  void theInstallationsTemplatesAreAllThere() {
    assertThat(Fixtures.SOURCES.names())
        .containsExactlyInAnyOrder(
            "triton",
            "vllm",
            "vllm-ttft",
            "vllm-itl",
            "dcgm",
            "dcgm-profiling",
            "ingress-nginx",
            "istio",
            "custom");
  }

  @Test
  void aTemplateBecomesTheQueryOfANamespace() throws IOException {
    write(WHOLE);
    FigureQuery arrivals = MetricsSources.read(folder).find("mine").figures().get(Figure.ARRIVALS);
    assertThat(whole(arrivals, Duration.ofSeconds(60))).isEqualTo("sum by (pod) (rate(a[60s]))");
    assertThat(whole(arrivals, Duration.ofMillis(1500))).contains("[1500ms]");
  }

  @Test
  void theAgeIsAskedOfSamplesWhateverTheTemplateSays() throws IOException {
    write(WHOLE.replace("[a]", "[\"a{x=\\\"}\\\"}\", b]"));
    FigureQuery age = MetricsSources.read(folder).find("mine").figures().get(Figure.AGE);
    assertThat(whole(age, Duration.ofSeconds(60)))
        .isEqualTo(
            "time() - (max by (pod) (timestamp(a{x=\"}\"})) or max by (pod) (timestamp(b)))");
  }

  @ParameterizedTest
  @ValueSource(strings = {"vllm", "vllm-ttft", "vllm-itl", "istio", "ingress-nginx", "custom"})
  void theHistogramOfALargeNamespaceIsAskedForInPartsThatHaveEachBucketOnce(String source) {
    FigureQuery latency = Fixtures.SOURCES.find(source).figures().get(Figure.LATENCY);
    Duration window = Duration.ofSeconds(60);
    List<String> parts = latency.of("prod", window, true);
    assertThat(parts).hasSizeGreaterThan(1);
    // As clients of several languages write them, and what nobody should.
    for (String bound :
        List.of(
            "0.005", "0.01", ".025", "0.05", "0.1", "0.25", "0.3", "0.4", "0.5", "0.6", "0.7",
            "0.8", "0.9", "1", "1.0", "1e+06", "1e-05", "2", "2.5", "3e+03", "5", "10", "10.0",
            "50", "75", "1920", "7680", "60000", "0", "0.0", "+Inf", "Inf", "-1", "NaN", "")) {
      assertThat(parts.stream().filter(part -> selects(part, bound))).as(bound).hasSize(1);
    }
    // Beside the matcher of the part, which each selector has, they are the whole query.
    assertThat(parts.stream().map(part -> LE.matcher(part).replaceAll("")))
        .containsOnly(whole(latency, window));
    assertThat(parts)
        .allSatisfy(
            part ->
                assertThat(LE.matcher(part).results())
                    .hasSize(whole(latency, window).split("_bucket\\{", -1).length - 1));
  }

  /** Whether a query's selectors take a bucket; Prometheus' expressions are anchored. */
  private static boolean selects(String promql, String bound) {
    Matcher matcher = LE.matcher(promql);
    assertThat(matcher.find()).as(promql).isTrue();
    return bound.matches(matcher.group(2)) == matcher.group(1).equals("=~");
  }

  @Test
  void onlyAHistogramHasParts() throws IOException {
    for (String query : List.of("rate(a{x=\\\"\\\"$part}[$window])", "g$part")) {
      write(WHOLE.replace(query.startsWith("g") ? "(g)" : "rate(a[$window])", "(" + query + ")"));
      assertThatThrownBy(() -> MetricsSources.read(folder))
          .hasMessageContaining("promql must not have $part: only a histogram has parts");
    }
    write(WHOLE.replace("[a]", "[\"a$part\"]"));
    assertThatThrownBy(() -> MetricsSources.read(folder)).hasMessageContaining("samples");
  }

  @Test
  void ofSeveralSourcesTheLaterOneWinsAndItsHistogramCounts() {
    MetricsSource both = Fixtures.SOURCES.find("triton+istio+dcgm");
    assertThat(both.figures().get(Figure.ARRIVALS).source()).isEqualTo("istio");
    assertThat(both.figures().get(Figure.AGE).source()).isEqualTo("istio");
    assertThat(both.figures().get(Figure.QUEUED).source()).isEqualTo("triton");
    assertThat(both.figures().get(Figure.GPU).source()).isEqualTo("dcgm");
    assertThat(both.figures()).doesNotContainKey(Figure.COMPLETIONS);
  }

  @Test
  void aSourceThatKnowsNoArrivalsDoesNotDoAlone() {
    assertThatThrownBy(() -> Fixtures.SOURCES.require("dcgm"))
        .hasMessage(
            "metrics source 'dcgm' does not tell how many requests arrive; combine it with one that"
                + " does, as in triton+dcgm");
  }

  @Test
  void anUnknownSourceIsRefusedWithThoseThereAre() {
    assertThatThrownBy(() -> Fixtures.SOURCES.require("triton+envoy"))
        .hasMessageContaining("there is no metrics source 'envoy' in ")
        .hasMessageContaining(
            "only custom, dcgm, dcgm-profiling, ingress-nginx, istio, triton, vllm, vllm-itl,"
                + " vllm-ttft; several go together by +");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "labels = [pod]|label = pod|:2: label is unknown; is labels meant?",
        "by = pod|by = node|:1: by must be pod or workload or service, not 'node'",
        "labels = [pod]|labels = [a-b]|:2: labels 'a-b' is no label's name",
        "labels = [pod]|labels = pod|:2: labels must be a list [ … ] of texts, one at least",
        "gpu {|gpus {|:8: figures.gpus is unknown; is gpu meant?",
        "counted = received|counted = sent|:5: figures.arrivals.counted must be received or"
            + " answered, not 'sent'",
        "counted = received|#|:4: figures.arrivals.counted is missing",
        "[$window]|[$windw]|:6: figures.arrivals.promql has the unknown placeholder $windw; there"
            + " are $by, $namespace, $part, $seconds, $window",
        "sum by ($by)|sum|:6: figures.arrivals.promql must group by ($by), or nobody's it is",
        "unit = share|unit = kelvin|:9: figures.gpu.unit must be share or percent, not 'kelvin'",
        "[a]|[rate(a)]|:13: figures.age.samples 'rate(a)' must be a metric with matchers, no"
            + " expression: only of samples is the time known",
        "age {|#|is not valid HOCON",
        "arrivals {|completions {|:5: figures.completions.counted is unknown",
      })
  void aMistakeIsToldWithFileLineAndKey(String right, String wrong, String told)
      throws IOException {
    assertThat(WHOLE).contains(right);
    write(WHOLE.replace(right, wrong));
    assertThatThrownBy(() -> MetricsSources.read(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(folder.resolve("mine.conf").toString())
        .hasMessageContaining(told);
  }

  @Test
  void arrivalsWithoutTheirAgeAreRefused() throws IOException {
    write("figures.arrivals { counted = received, promql = \"sum by ($by) (a)\" }");
    assertThatThrownBy(() -> MetricsSources.read(folder))
        .hasMessageContaining(":1: figures must have arrivals and age together, or neither");
  }

  @Test
  void aFolderWithoutTemplatesIsRefused() {
    assertThatThrownBy(() -> MetricsSources.read(folder))
        .hasMessage("the folder " + folder + " has no template of metrics");
    assertThatThrownBy(() -> MetricsSources.read(folder.resolve("gone")))
        .hasMessageContaining("with the templates of metrics cannot be read");
  }
}
