package io.kiss.cluster.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @TempDir Path folder;

  private void write(String text) throws IOException {
    Files.writeString(folder.resolve("mine.conf"), text);
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
    assertThat(arrivals.of("prod", Duration.ofSeconds(60)))
        .isEqualTo("sum by (pod) (rate(a[60s]))");
    assertThat(arrivals.of("prod", Duration.ofMillis(1500))).contains("[1500ms]");
  }

  @Test
  void theAgeIsAskedOfSamplesWhateverTheTemplateSays() throws IOException {
    write(WHOLE.replace("[a]", "[\"a{x=\\\"}\\\"}\", b]"));
    assertThat(
            MetricsSources.read(folder)
                .find("mine")
                .figures()
                .get(Figure.AGE)
                .of("prod", Duration.ofSeconds(60)))
        .isEqualTo(
            "time() - (max by (pod) (timestamp(a{x=\"}\"})) or max by (pod) (timestamp(b)))");
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
            + " are $by, $namespace, $seconds, $window",
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
