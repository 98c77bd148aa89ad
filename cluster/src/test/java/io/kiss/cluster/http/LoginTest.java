package io.kiss.cluster.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.headers.RawHeader;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoginTest {
  private static final String OPERATOR = "operator-0123456789";
  private static final String VIEWER = "viewer-0123456789ab";

  private final HttpSettings settings =
      new HttpSettings(
          "0.0.0.0", 0, Optional.of(OPERATOR), Optional.of(VIEWER), Duration.ofSeconds(1));
  private final Doorkeeper doorkeeper = new Doorkeeper(settings);

  private static HttpRequest request(String method, String path, String authorization) {
    HttpRequest bare = method.equals("GET") ? HttpRequest.GET(path) : HttpRequest.POST(path);
    return authorization.isEmpty()
        ? bare
        : bare.addHeader(RawHeader.create("Authorization", authorization));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/alive", "/ready", "/metrics", "/openapi.yaml"})
  void probesScrapersAndThePageNeedNoToken(String path) {
    assertThatCode(() -> doorkeeper.check(request("GET", path, ""))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET | /api/v1/training | '' | 401",
        "GET | /api/v1/training | Bearer nobody-0123456789ab | 401",
        "GET | /api/v1/training | Bearer | 401",
        "GET | /api/v1/training | Basic dXNlcjpwYXNzd29yZA== | 401",
        "GET | /api/v1/training | Basic %%% | 401",
        "GET | /api/v1/training | Digest viewer-0123456789ab | 401",
        "POST | /api/v1/training/pause | '' | 401",
        "POST | /api/v1/training/pause | Bearer viewer-0123456789ab | 403",
        "POST | /alive/../api/v1/training/pause | '' | 401",
      })
  void withoutTheRightTokenItIsRefused(
      String method, String path, String authorization, int status) {
    assertThatThrownBy(() -> doorkeeper.check(request(method, path, authorization)))
        .isInstanceOfSatisfying(
            ApiProblem.class,
            problem -> {
              assertThat(problem.status().intValue()).isEqualTo(status);
              assertThat(problem.getMessage()).doesNotContain("0123456789");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET | Bearer viewer-0123456789ab",
        "GET | Bearer operator-0123456789",
        "GET | bearer operator-0123456789",
        "POST | Bearer operator-0123456789",
      })
  void aViewerReadsAndAnOperatorDoesEverything(String method, String authorization) {
    assertThatCode(() -> doorkeeper.check(request(method, "/api/v1/training/pause", authorization)))
        .doesNotThrowAnyException();
  }

  @Test
  void aBrowserBringsTheTokenAsThePasswordOfAnyUser() {
    String pair = Base64.getEncoder().encodeToString(("me:" + VIEWER).getBytes(UTF_8));
    assertThatCode(() -> doorkeeper.check(request("GET", "/api/v1/training", "Basic " + pair)))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () -> doorkeeper.check(request("POST", "/api/v1/training/stop", "Basic " + pair)))
        .hasMessageContaining("viewer's");
  }

  @Test
  void aRequestWithTwoTokensIsRefused() {
    HttpRequest twice =
        request("GET", "/api/v1/training", "Bearer " + OPERATOR)
            .addHeader(RawHeader.create("Authorization", "Bearer " + VIEWER));
    assertThatThrownBy(() -> doorkeeper.check(twice)).isInstanceOf(ApiProblem.class);
  }

  @Test
  void settingsNeverSayTheirTokens() {
    assertThat(settings.toString()).doesNotContain("0123456789");
  }
}
