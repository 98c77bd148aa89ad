package io.kiss.cluster.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for every path of the admin API. */
class HttpRulesTest {
  private static final String DEMO = "/api/v1/clusters/local/namespaces/demo";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir static Path data;
  private static Node node;

  @BeforeAll
  static void boot() throws Exception {
    node = NodeFixture.boot(data);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> send("GET", "/ready", "").statusCode() == 200);
    send("PUT", DEMO, "{}");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static HttpResponse<String> send(
      String method, String path, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(node.url() + path))
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> response =
        HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    NodeFixture.check(method, path, body, response);
    return response;
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @Test
  void aChangeOfWhatWasChangedInTheMeantimeIsRefused() throws Exception {
    String path = "/api/v1/clusters/local/namespaces/conditional";
    send("PUT", path, "{\"tickSeconds\": 15}");
    String seen = header(send("GET", path, ""), "ETag");
    assertThat(send("PUT", path, "{\"tickSeconds\": 30}", "If-Match", seen).statusCode())
        .isEqualTo(200);
    HttpResponse<String> late = send("PUT", path, "{\"tickSeconds\": 60}", "If-Match", seen);
    assertThat(late.statusCode()).isEqualTo(412);
    JsonNode now = NodeFixture.json(send("GET", path, ""));
    assertThat(now.at("/attachment/tickSeconds").asDouble()).isEqualTo(30);
    assertThat(send("PUT", path + "-new", "{}", "If-Match", "*").statusCode()).isEqualTo(412);
    assertThat(send("DELETE", path, "", "If-Match", "*").statusCode()).isEqualTo(204);
  }

  @Test
  void whatAClientHasAlreadyIsNotSentAgain() throws Exception {
    HttpResponse<String> first = send("GET", "/api/v1/policies", "");
    HttpResponse<String> again =
        send("GET", "/api/v1/policies", "", "If-None-Match", header(first, "ETag"));
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @Test
  void eachChangeIsKeptWithWhoWhatBeforeAndAfter() throws Exception {
    String path = "/api/v1/clusters/local/namespaces/audited";
    send("PUT", path, "{\"tickSeconds\": 15}");
    send("PUT", path, "{\"tickSeconds\": 45}", "X-Request-Id", "change-42");
    send("PUT", path, "{\"tickSeconds\": 0}", "X-Request-Id", "refused-1");
    JsonNode newest = NodeFixture.json(send("GET", "/api/v1/audit?limit=1", ""));
    JsonNode record = newest.at("/records/0");
    assertThat(record.at("/requestId").asText()).isEqualTo("change-42");
    assertThat(record.at("/who").asText()).isEqualTo("local");
    assertThat(record.at("/path").asText()).isEqualTo(path);
    assertThat(record.at("/before/attachment/tickSeconds").asDouble()).isEqualTo(15);
    assertThat(record.at("/after/attachment/tickSeconds").asDouble()).isEqualTo(45);
    JsonNode before =
        NodeFixture.json(
            send("GET", "/api/v1/audit?limit=1&before=" + newest.at("/next").asText(), ""));
    assertThat(before.at("/records/0/before").isNull()).isTrue();
    send("DELETE", path, "");
  }

  @Test
  void everyAnswerCarriesTheRequestsIdAndHeadersThatProtectBrowsers() throws Exception {
    for (String path : List.of("/", "/alive", "/api/v1/policies", "/nothing")) {
      HttpResponse<String> response = send("GET", path, "", "X-Request-Id", "id-7");
      assertThat(header(response, "X-Request-Id")).as(path).isEqualTo("id-7");
      assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(header(response, "Content-Security-Policy")).contains("default-src 'none'");
    }
    assertThat(header(send("GET", "/alive", "", "X-Request-Id", "a b\"c"), "X-Request-Id"))
        .matches("[0-9a-f-]{36}");
  }

  @Test
  void theMetricsAreThoseOfTheDocument() throws Exception {
    send("GET", "/alive", "");
    java.util.Set<String> served = new java.util.TreeSet<>();
    for (String line : send("GET", "/metrics", "").body().lines().toList()) {
      if (line.startsWith("# TYPE kiss_")) {
        served.add(line.split(" ")[2].replaceAll("_max$", ""));
      }
    }
    java.util.Set<String> documented = new java.util.TreeSet<>();
    for (String line : java.nio.file.Files.readAllLines(Path.of("..", "docs", "metrics.md"))) {
      if (line.startsWith("| `kiss_")) {
        documented.add(line.split("`")[1]);
      }
    }
    // Those have no series where there are no shadows; ShadowMetersTest looks at them.
    documented.removeIf(name -> name.startsWith("kiss_shadow_"));
    assertThat(documented).isEqualTo(served);
  }

  @Test
  void aClientThatCannotReadTheAnswerIsToldSo() throws Exception {
    HttpResponse<String> refused = send("GET", "/api/v1/policies", "", "Accept", "text/csv");
    assertThat(refused.statusCode()).isEqualTo(406);
    assertThat(header(refused, "Content-Type")).startsWith("application/problem+json");
  }

  @Test
  void anEventStreamGoesOnAfterTheEventThatWasSeenLast() throws Exception {
    List<String> ids = events("", 3);
    assertThat(events(ids.get(0), 2)).isEqualTo(ids.subList(1, 3));
  }

  private static List<String> events(String lastSeen, int count) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(node.url() + "/api/v1/decisions/events"));
    if (!lastSeen.isEmpty()) {
      request.header("Last-Event-ID", lastSeen);
    }
    HttpResponse<InputStream> stream =
        HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    List<String> ids = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
      while (ids.size() < count) {
        String line = lines.readLine();
        if (line.startsWith("id: ")) {
          ids.add(line.substring(4));
        }
      }
    }
    return ids;
  }

  @Test
  void whatIsNoHttpIsAnsweredByAProblemDocument() throws Exception {
    assertThat(raw("GET /\u0001 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("application/problem+json");
  }

  private static String raw(String request) throws Exception {
    URI url = URI.create(node.url());
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aBodyThatNeverComesIsGivenUp() throws Exception {
    assertThat(
            raw(
                "PUT "
                    + DEMO
                    + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 100\r\nConnection: close\r\n\r\n{"))
        .startsWith("HTTP/1.1 408");
  }

  @Test
  void whateverIsSentNothingBreaksAndWhatIsRefusedChangesNothing() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String before = send("GET", "/api/v1/clusters", "").body();
    for (int i = 0; i < 150; i++) {
      String method = List.of("GET", "POST", "PUT", "DELETE", "PATCH").get(random.nextInt(5));
      String path = path(random);
      HttpResponse<String> response =
          send(method, path, method.equals("GET") ? "" : json(random, 3));
      assertThat(response.statusCode())
          .as("seed %d: %s %s", seed, method, path)
          .isNotEqualTo(500)
          .isGreaterThanOrEqualTo(400);
      assertThat(response.body()).doesNotContain("Exception", "\tat ", "java.");
      assertThat(header(response, "Content-Type")).startsWith("application/problem+json");
    }
    assertThat(send("GET", "/api/v1/clusters", "").body()).isEqualTo(before);
  }

  private static String path(Random random) {
    List<String> stems =
        List.of(
            "/api/v1/simulations",
            "/api/v1/evaluations",
            "/api/v1/training/start",
            "/api/v1/policies/{}/promote",
            "/api/v1/jobs/{}",
            "/api/v1/clusters/{}/namespaces/{}",
            DEMO + "/decisions?limit={}",
            "/api/v1/{}",
            "/{}");
    String stem = stems.get(random.nextInt(stems.size()));
    while (stem.contains("{}")) {
      stem =
          stem.replaceFirst(
              "\\{}", java.net.URLEncoder.encode("~" + text(random), StandardCharsets.UTF_8));
    }
    return stem;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(12); length > 0; length--) {
      int point = random.nextInt(4) == 0 ? 0x1F300 + random.nextInt(500) : 32 + random.nextInt(95);
      text.appendCodePoint(point);
    }
    return text.toString();
  }

  /** JSON or nearly so, with a field nobody knows. */
  private static String json(Random random, int depth) {
    String inner =
        switch (random.nextInt(depth > 0 ? 7 : 5)) {
          case 0 -> "" + random.nextLong();
          case 1 -> "1e" + random.nextInt(400);
          case 2 -> Json.write(text(random));
          case 3 -> "null";
          case 4 -> text(random);
          case 5 -> "[" + json(random, depth - 1) + "," + json(random, depth - 1) + "]";
          default -> json(random, depth - 1);
        };
    return "{\"~" + random.nextInt(9) + "\": " + inner + "}";
  }
}
