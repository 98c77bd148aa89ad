package io.kiss.cluster.prometheus;

import static io.kiss.cluster.prometheus.Fixtures.read;
import static io.kiss.cluster.prometheus.Fixtures.target;
import static io.kiss.cluster.prometheus.StandInPrometheus.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiss.actors.live.LiveClock;
import io.kiss.actors.live.MetricsPort.Target;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is sent to a Prometheus, as whom, and to whom not. */
@Timeout(120)
class PrometheusRequestsTest {
  private static final Target WEB = target("web", 0.1, "web-1");

  @TempDir Path folder;

  @RegisterExtension final StandInPrometheus prometheus = new StandInPrometheus();

  @Test
  void aLoginThatIsRefusedIsToldWithoutTheToken() throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "very-secret-token\n");
    prometheus.answers(exchange -> reply(exchange, 401, "very-secret-token is wrong"));
    try (PrometheusMetrics metrics = connect("bearer-token-file = \"" + token + "\"")) {
      read(metrics, "prod", "triton", WEB);
      assertThat(prometheus.requests())
          .allMatch(sent -> sent.header("Authorization").startsWith("Bearer "));
      assertThat(prometheus.requests().get(0).header("Authorization"))
          .isEqualTo("Bearer very-secret-token");
      assertThat(metrics.problem("prod").orElseThrow())
          .contains("refuses our login (HTTP 401)")
          .doesNotContain("secret");
    }
  }

  private PrometheusMetrics connect(String... lines) {
    String[] all = new String[lines.length + 1];
    System.arraycopy(lines, 0, all, 0, lines.length);
    all[lines.length] = "url = \"" + prometheus.url() + "/prometheus/\"";
    return PrometheusMetrics.connect(
        PrometheusEndpoint.from(Fixtures.config(all)).orElseThrow(),
        Fixtures.settings(),
        Fixtures.SOURCES,
        LiveClock.wall());
  }

  @Test
  void aPathAUserAndATenantAreSentAlong() throws IOException {
    Path password = Files.writeString(folder.resolve("password"), "open sesame");
    try (PrometheusMetrics metrics =
        connect("user = ali", "password-file = \"" + password + "\"", "tenant = team-a")) {
      assertThat(read(metrics, "prod", "triton", WEB).get("web").completionRate()).isEqualTo(3);
    }
    assertThat(prometheus.requests())
        .allMatch(sent -> sent.path().equals("/prometheus/api/v1/query"))
        .allMatch(sent -> sent.header("X-Scope-OrgID").equals("team-a"))
        // printf 'ali:open sesame' | base64
        .allMatch(sent -> sent.header("Authorization").equals("Basic YWxpOm9wZW4gc2VzYW1l"));
  }

  @Test
  void aTokenFileThatIsGoneIsNamed() {
    Path gone = folder.resolve("gone");
    try (PrometheusMetrics metrics = connect("bearer-token-file = \"" + gone + "\"")) {
      read(metrics, "prod", "triton", WEB);
      assertThat(metrics.problem("prod").orElseThrow())
          .contains("kiss.prometheus.bearer-token-file " + gone + " cannot be read");
    }
    assertThat(prometheus.requests()).isEmpty();
  }

  @Test
  void aTokenIsNotCarriedWhereverAnAnswerPoints() throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "very-secret-token\n");
    prometheus.answers(
        exchange -> {
          exchange.getResponseHeaders().set("Location", prometheus.url() + "/elsewhere");
          exchange.sendResponseHeaders(302, -1);
        });
    try (PrometheusMetrics metrics = connect("bearer-token-file = \"" + token + "\"")) {
      read(metrics, "prod", "triton", WEB);
      assertThat(metrics.problem("prod").orElseThrow()).contains("sends us elsewhere (HTTP 302)");
    }
    assertThat(prometheus.requests()).noneMatch(sent -> sent.path().contains("elsewhere"));
  }

  @Test
  void aLongQueryIsPosted() throws IOException {
    Files.writeString(
        folder.resolve("long.conf"),
        """
        figures {
          arrivals { counted = received, promql = "sum by ($by) (rate(a{b!~\\"%s\\"}[$window]))" }
          age.samples = [a]
        }
        """
            .formatted("x".repeat(9000)));
    try (PrometheusMetrics metrics =
        PrometheusMetrics.connect(
            PrometheusEndpoint.of(prometheus.url()),
            Fixtures.settings("source = long"),
            MetricsSources.read(folder),
            LiveClock.wall())) {
      assertThat(read(metrics, "prod", "", WEB).get("web").arrivalRate()).isEqualTo(3);
    }
    assertThat(prometheus.requests())
        .filteredOn(sent -> sent.form().contains("xxxx"))
        .singleElement()
        .satisfies(
            sent -> {
              assertThat(sent.method()).isEqualTo("POST");
              assertThat(sent.form()).contains("xxxx\"}[60s]))");
            });
    assertThat(prometheus.requests()).anyMatch(sent -> sent.method().equals("GET"));
  }

  @Test
  void certificatesOfAnUnknownAuthorityAreRefusedAndThoseOfTheFileTrusted() throws Exception {
    PrometheusServer.assumeInstalled("openssl");
    try (TlsProxy tls = TlsProxy.start(folder, prometheus.url())) {
      try (PrometheusMetrics metrics = Fixtures.connect(tls.url())) {
        TelemetrySample unknown = read(metrics, "prod", "triton", WEB).get("web");
        assertThat(unknown.completionRate()).isNaN();
        assertThat(metrics.problem("prod").orElse("")).contains("cannot be trusted over TLS");
      }
      PrometheusEndpoint trusted =
          new PrometheusEndpoint(
              URI.create(tls.url()),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.of(tls.certificate()),
              Optional.empty(),
              PrometheusEndpoint.USUAL_TENANT_HEADER);
      try (PrometheusMetrics metrics =
          PrometheusMetrics.connect(
              trusted, Fixtures.settings(), Fixtures.SOURCES, LiveClock.wall())) {
        assertThat(read(metrics, "prod", "triton", WEB).get("web").completionRate()).isEqualTo(3);
      }
    }
  }

  @Test
  void aNamespaceThatIsNoneIsNotPutIntoAQuery() {
    try (PrometheusMetrics metrics = Fixtures.connect(prometheus.url())) {
      assertThat(metrics.query("a\"} or vector(1)", "triton", List.of(WEB)))
          .failsWithin(java.time.Duration.ofSeconds(5))
          .withThrowableThat()
          .withMessageContaining("is no namespace's name");
    }
    assertThat(prometheus.requests()).isEmpty();
  }

  @Test
  void anUnknownSourceFailsWithThoseThereAre() {
    try (PrometheusMetrics metrics = Fixtures.connect(prometheus.url())) {
      assertThat(metrics.query("prod", "tritn", List.of(WEB)))
          .failsWithin(java.time.Duration.ofSeconds(5))
          .withThrowableThat()
          .withMessageContaining("there is no metrics source 'tritn'")
          .withMessageContaining("istio, triton, vllm");
    }
    assertThatThrownBy(() -> Fixtures.connect(prometheus.url(), "source = nobody"))
        .hasMessageContaining("there is no metrics source 'nobody'");
  }
}
