package io.kiss.cluster.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import io.kiss.kisim.telemetry.TelemetrySettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What kiss.prometheus may say. */
class PrometheusSettingsTest {

  @Test
  void theUsualWindowIsThatOfTheTelemetryPoliciesLearnFrom() {
    assertThat(Fixtures.settings().window())
        .isEqualTo(Duration.ofSeconds(TelemetrySettings.DEFAULT.rateWindowSeconds()));
  }

  @ParameterizedTest
  @CsvSource({
    "source = \"\", kiss.prometheus.source must name a template",
    "window = 100ms, kiss.prometheus.window must be at least 1 s",
    "query-timeout = 0s, kiss.prometheus.query-timeout must be positive",
    "round-timeout = 1s, kiss.prometheus.round-timeout must be at least query-timeout",
    "attempts = 0, kiss.prometheus.attempts must be in 1..10",
    "response-limit = 10, kiss.prometheus.response-limit must be at least 1 KiB",
    "concurrency = 0, kiss.prometheus.concurrency must be in 1..1000",
    "split-from = 0, kiss.prometheus.split-from must be at least 1",
    "least-reporting = 1.5, kiss.prometheus.least-reporting must be in 0..1",
  })
  void whatMakesNoSenseIsRefusedWithItsKey(String line, String told) {
    assertThatThrownBy(() -> Fixtures.settings(line)).hasMessageStartingWith(told);
  }

  @Test
  void withoutAUrlThereIsNoPrometheus() {
    assertThat(PrometheusEndpoint.from(Fixtures.config())).isEmpty();
  }

  @Test
  void aPathPrefixStandsBeforeTheApi() {
    assertThat(PrometheusEndpoint.of("http://mimir:8080/prometheus/").queryUrl())
        .hasToString("http://mimir:8080/prometheus/api/v1/query");
    assertThat(PrometheusEndpoint.of("https://thanos").queryUrl())
        .hasToString("https://thanos/api/v1/query");
  }

  @ParameterizedTest
  @CsvSource({
    "ftp://prometheus, must be http://HOST[:PORT][/PATH] or https://…",
    "prometheus:9090, must be http://HOST[:PORT][/PATH] or https://…",
    "http://prometheus/graph?g0=up, must be http://HOST[:PORT][/PATH] or https://…",
    "'http://a b', must be http://HOST[:PORT][/PATH] or https://…: Illegal character",
  })
  void aUrlThatIsNoneIsRefused(String url, String told) {
    assertThatThrownBy(() -> PrometheusEndpoint.of(url)).hasMessageContaining(told);
  }

  @Test
  void aLoginInTheUrlIsRefusedAndNotRepeated() {
    assertThatThrownBy(() -> PrometheusEndpoint.of("http://ali:sesame@prometheus"))
        .hasMessageContaining("has a login in it")
        .message()
        .doesNotContain("sesame");
    assertThatThrownBy(() -> PrometheusEndpoint.of("http://ali:sesame @prometheus"))
        .message()
        .doesNotContain("sesame");
  }

  @Test
  void loginsThatContradictAreRefused() {
    Config half = Fixtures.config("url = \"http://p\"", "user = ali");
    assertThatThrownBy(() -> PrometheusEndpoint.from(half)).hasMessageContaining("go together");
    Config both =
        Fixtures.config(
            "url = \"http://p\"", "user = ali", "password-file = p", "bearer-token-file = t");
    assertThatThrownBy(() -> PrometheusEndpoint.from(both))
        .hasMessageContaining("only one can be sent");
  }
}
