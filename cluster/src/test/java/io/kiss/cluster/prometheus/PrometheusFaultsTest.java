package io.kiss.cluster.prometheus;

import static io.kiss.cluster.prometheus.Fixtures.read;
import static io.kiss.cluster.prometheus.Fixtures.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kiss.actors.live.LiveClock;
import io.kiss.actors.live.MetricsPort.Target;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is made of a Prometheus that is away, slow, wrong or in between: nothing made up. */
@Timeout(120)
class PrometheusFaultsTest {
  private static final String[] QUICK = {
    "query-timeout = 300ms", "round-timeout = 900ms", "attempts = 3"
  };

  @TempDir Path folder;

  private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private volatile Answer answer = exchange -> reply(exchange, 200, vector("3"));

  private record Request(String method, String path, String form, HttpExchange exchange) {
    String header(String name) {
      return exchange.getRequestHeaders().getFirst(name);
    }
  }

  private interface Answer {
    void to(HttpExchange exchange) throws IOException, InterruptedException;
  }

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String query = exchange.getRequestURI().getRawQuery();
      requests.add(
          new Request(
              exchange.getRequestMethod(),
              exchange.getRequestURI().getPath(),
              URLDecoder.decode(query == null ? body : query, StandardCharsets.UTF_8),
              exchange));
      answer.to(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void stop() {
    ended.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private static void reply(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static String vector(String value) {
    return ("{'status':'success','data':{'resultType':'vector','result':["
            + "{'metric':{'pod':'web-1','le':'+Inf'},'value':[1.5,'%s']}]}}")
        .formatted(value)
        .replace('\'', '"');
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private static final Target WEB = target("web", 0.1, "web-1");

  /** What a round makes of it, and why. */
  private record Outcome(TelemetrySample sample, String problem) {
    void knowsNothing() {
      assertThat(
              List.of(
                  sample.arrivalRate(),
                  sample.completionRate(),
                  sample.p50LatencySeconds(),
                  sample.p95LatencySeconds(),
                  sample.violatingShare(),
                  sample.queuedRequests(),
                  sample.runningRequests(),
                  sample.gpuUtilisation(),
                  sample.sampleAgeSeconds()))
          .allMatch(figure -> Double.isNaN(figure));
      assertThat(sample.readyReplicas()).isEqualTo(1);
    }
  }

  private Outcome outcome(String url, String... settings) {
    try (PrometheusMetrics metrics = Fixtures.connect(url, settings)) {
      TelemetrySample sample = read(metrics, "prod", "triton", WEB).get("web");
      return new Outcome(sample, metrics.problem("prod").orElse(""));
    }
  }

  private Outcome outcome() {
    return outcome(url());
  }

  @Test
  void aPrometheusThatIsDownLeavesReplicasAndASentence() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Outcome down = outcome("http://127.0.0.1:" + port);
    down.knowsNothing();
    assertThat(down.problem)
        .isEqualTo(
            "Prometheus at http://127.0.0.1:%d cannot be reached (arrivals, growth, completions, queued, running, gpu, age)"
                .formatted(port));
  }

  @Test
  void aPrometheusThatDoesNotAnswerEndsWithTheRound() {
    answer = exchange -> ended.await();
    long begun = System.nanoTime();
    Outcome slow = outcome(url(), QUICK);
    slow.knowsNothing();
    assertThat(slow.problem).contains("did not answer within ");
    assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(300));
    assertThat(requests).isNotEmpty();
  }

  @Test
  void anAnswerThatComesInDropsEndsWithTheQuerysTime() {
    answer =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          ended.await();
        };
    Outcome drops = outcome(url(), QUICK);
    drops.knowsNothing();
    assertThat(drops.problem).contains("did not answer within ");
  }

  @Test
  void asLongAsItRunsNobodyWaits() {
    answer = exchange -> ended.await();
    try (PrometheusMetrics metrics = Fixtures.connect(url())) {
      CompletableFuture<?> running =
          metrics.query("prod", "triton", List.of(WEB)).toCompletableFuture();
      assertThat(running).isNotDone();
      metrics.close();
      assertThat(running).as("closing ends it").succeedsWithin(java.time.Duration.ofSeconds(5));
      assertThat(metrics.problem("prod").orElseThrow()).contains("is not asked any more");
    }
  }

  @Test
  void aServerErrorIsTriedAgainInsideTheRound() {
    AtomicInteger first = new AtomicInteger(8);
    answer =
        exchange -> {
          boolean fails = first.getAndDecrement() > 0;
          reply(exchange, fails ? 500 : 200, fails ? "oops" : vector("3"));
        };
    Outcome flapping = outcome(url());
    assertThat(flapping.sample.completionRate()).isEqualTo(3);
    assertThat(flapping.problem).doesNotContain("500");
    assertThat(requests).hasSize(16);
  }

  @Test
  void aServerErrorThatStaysIsToldWithWhatPrometheusSaysOfIt() {
    answer =
        exchange ->
            reply(
                exchange,
                503,
                "{\"status\":\"error\",\"errorType\":\"timeout\",\"error\":\"query timed out\"}");
    Outcome broken = outcome();
    broken.knowsNothing();
    assertThat(broken.problem).contains("answers HTTP 503 and refuses the query: query timed out");
    answer = exchange -> reply(exchange, 500, "<html>a stack trace of ours</html>");
    assertThat(outcome().problem).contains("answers HTTP 500 (").doesNotContain("stack");
  }

  @Test
  void aQueryItDoesNotUnderstandIsNotTriedAgain() {
    answer =
        exchange ->
            reply(
                exchange,
                400,
                "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse\\nerror\"}");
    Outcome refused = outcome();
    refused.knowsNothing();
    assertThat(refused.problem).contains("answers HTTP 400 and refuses the query: parse error (");
    // Seven figures, and what there was when the window began.
    assertThat(requests).hasSize(8);
  }

  @Test
  void whatIsNotPrometheusJsonIsTakenForNothing() {
    for (String garbage :
        List.of(
            "<html>Welcome</html>",
            "",
            "[]",
            "{}",
            "null",
            "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{",
            "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[7]}}",
            vector("seven"),
            vector("3") + "}",
            "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}",
            "{\"status\":\"success\"}",
            "\u0000\u0001\u0002")) {
      answer = exchange -> reply(exchange, 200, garbage);
      Outcome outcome = outcome();
      outcome.knowsNothing();
      assertThat(outcome.problem).as(garbage).startsWith("Prometheus at " + url() + " answers ");
    }
  }

  @Test
  void valuesThatAreNoneAreUnknownAndNotZero() {
    for (String value : List.of("NaN", "+Inf", "-Inf", "-1")) {
      answer = exchange -> reply(exchange, 200, vector(value));
      Outcome outcome = outcome();
      assertThat(outcome.sample.queuedRequests()).as(value).isNaN();
      assertThat(outcome.sample.arrivalRate()).as(value).isNaN();
      assertThat(outcome.problem).as(value).contains("values that cannot be came as queued of web");
    }
  }

  @Test
  void anEmptyAnswerIsUnknownAndNotZero() {
    answer =
        exchange ->
            reply(
                exchange,
                200,
                "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}");
    Outcome empty = outcome();
    empty.knowsNothing();
    assertThat(empty.problem).isEqualTo("there are no arrivals (source triton) of web");
  }

  @Test
  void aPartOfAnAnswerIsNone() {
    String whole = vector("3");
    answer =
        exchange ->
            reply(
                exchange,
                200,
                whole.substring(0, whole.length() - 1)
                    + ",\"warnings\":[\"store gateway\\nis away\"]}");
    Outcome part = outcome();
    part.knowsNothing();
    assertThat(part.problem)
        .contains("answers in part only, with the warning: store gateway is away");
    answer =
        exchange ->
            reply(
                exchange,
                200,
                whole.substring(0, whole.length() - 1)
                    + ",\"warnings\":[\"PromQL info: metric might not be a counter\"]}");
    assertThat(outcome().sample.completionRate()).as("a remark is no warning").isEqualTo(3);
  }

  @Test
  void onlyTheFigureThatHasNoAnswerIsUnknown() {
    answer =
        exchange -> {
          boolean queue = exchange.getRequestURI().getRawQuery().contains("queue_duration_us");
          reply(exchange, queue ? 500 : 200, vector("3"));
        };
    Outcome some = outcome();
    assertThat(some.sample.queuedRequests()).isNaN();
    assertThat(some.sample.runningRequests()).isNaN();
    assertThat(some.sample.completionRate()).isEqualTo(3);
    assertThat(some.problem).contains("answers HTTP 500 (queued, running)");
  }

  @Test
  void aHistogramOfWhichAPartHasNoAnswerIsUnknown() {
    answer =
        exchange -> {
          boolean part = exchange.getRequestURI().getRawQuery().contains("le%3D%7E%22%5B0.%5D*5");
          reply(exchange, part ? 500 : 200, vector("3"));
        };
    try (PrometheusMetrics metrics = Fixtures.connect(url(), "split-from = 1")) {
      TelemetrySample sample = read(metrics, "prod", "vllm", WEB).get("web");
      assertThat(sample.p95LatencySeconds()).isNaN();
      assertThat(sample.violatingShare()).isNaN();
      assertThat(sample.completionRate()).isEqualTo(3);
      assertThat(metrics.problem("prod").orElse("")).contains("answers HTTP 500 (latency)");
    }
  }

  @Test
  void whatTwoFiguresHaveInCommonIsAskedForOnce() {
    answer = exchange -> reply(exchange, 200, vector("3"));
    try (PrometheusMetrics metrics = Fixtures.connect(url())) {
      TelemetrySample sample = read(metrics, "prod", "vllm", WEB).get("web");
      assertThat(sample.completionRate()).isEqualTo(3);
      assertThat(sample.arrivalRate()).isEqualTo(3 + 3);
    }
    // Seven figures of which two are one, and what there was when the window began.
    assertThat(requests).extracting(Request::form).doesNotHaveDuplicates().hasSize(7);
  }

  @Test
  void arrivalsAreUnknownWhereTheGrowthThatBelongsToThemIs() {
    answer =
        exchange ->
            reply(
                exchange,
                exchange.getRequestURI().getRawQuery().contains("delta") ? 500 : 200,
                vector("0.5"));
    Outcome some = outcome();
    assertThat(some.sample.arrivalRate()).isNaN();
    assertThat(some.sample.completionRate()).isEqualTo(0.5);
  }

  @Test
  void anAnswerWithoutEndIsCutOff() {
    answer =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] spaces = " ".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
          for (int i = 0; i < 1000; i++) {
            exchange.getResponseBody().write(spaces);
          }
        };
    Outcome endless = outcome(url(), "response-limit = 100KiB");
    endless.knowsNothing();
    assertThat(endless.problem)
        .contains("sent more than kiss.prometheus.response-limit allows, 102400 bytes");
  }

  @Test
  void anAnswerThatUnpacksToTooMuchIsCutOff() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(" ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8));
    }
    answer =
        exchange -> {
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          exchange.sendResponseHeaders(200, packed.size());
          exchange.getResponseBody().write(packed.toByteArray());
        };
    assertThat(packed.size()).isLessThan(10_000);
    Outcome bomb = outcome(url(), "response-limit = 100KiB");
    bomb.knowsNothing();
    assertThat(bomb.problem).contains("kiss.prometheus.response-limit");
  }

  @Test
  void aLoginThatIsRefusedIsToldWithoutTheToken() throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "very-secret-token\n");
    answer = exchange -> reply(exchange, 401, "very-secret-token is wrong");
    try (PrometheusMetrics metrics = connect("bearer-token-file = \"" + token + "\"")) {
      read(metrics, "prod", "triton", WEB);
      assertThat(requests).allMatch(sent -> sent.header("Authorization").startsWith("Bearer "));
      assertThat(requests.get(0).header("Authorization")).isEqualTo("Bearer very-secret-token");
      assertThat(metrics.problem("prod").orElseThrow())
          .contains("refuses our login (HTTP 401)")
          .doesNotContain("secret");
    }
  }

  private PrometheusMetrics connect(String... lines) {
    String[] all = new String[lines.length + 1];
    System.arraycopy(lines, 0, all, 0, lines.length);
    all[lines.length] = "url = \"" + url() + "/prometheus/\"";
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
    assertThat(requests)
        .allMatch(sent -> sent.path.equals("/prometheus/api/v1/query"))
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
    assertThat(requests).isEmpty();
  }

  @Test
  void aTokenIsNotCarriedWhereverAnAnswerPoints() throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "very-secret-token\n");
    answer =
        exchange -> {
          exchange.getResponseHeaders().set("Location", url() + "/elsewhere");
          exchange.sendResponseHeaders(302, -1);
        };
    try (PrometheusMetrics metrics = connect("bearer-token-file = \"" + token + "\"")) {
      read(metrics, "prod", "triton", WEB);
      assertThat(metrics.problem("prod").orElseThrow()).contains("sends us elsewhere (HTTP 302)");
    }
    assertThat(requests).noneMatch(sent -> sent.path.contains("elsewhere"));
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
            PrometheusEndpoint.of(url()),
            Fixtures.settings("source = long"),
            MetricsSources.read(folder),
            LiveClock.wall())) {
      assertThat(read(metrics, "prod", "", WEB).get("web").arrivalRate()).isEqualTo(3);
    }
    assertThat(requests)
        .filteredOn(sent -> sent.form.contains("xxxx"))
        .singleElement()
        .satisfies(
            sent -> {
              assertThat(sent.method).isEqualTo("POST");
              assertThat(sent.form).contains("xxxx\"}[60s]))");
            });
    assertThat(requests).anyMatch(sent -> sent.method.equals("GET"));
  }

  @Test
  void certificatesOfAnUnknownAuthorityAreRefusedAndThoseOfTheFileTrusted() throws Exception {
    PrometheusServer.assumeInstalled("openssl");
    try (TlsProxy tls = TlsProxy.start(folder, url())) {
      Outcome unknown = outcome(tls.url());
      unknown.knowsNothing();
      assertThat(unknown.problem).contains("cannot be trusted over TLS");
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
    try (PrometheusMetrics metrics = Fixtures.connect(url())) {
      assertThat(metrics.query("a\"} or vector(1)", "triton", List.of(WEB)))
          .failsWithin(java.time.Duration.ofSeconds(5))
          .withThrowableThat()
          .withMessageContaining("is no namespace's name");
    }
    assertThat(requests).isEmpty();
  }

  @Test
  void anUnknownSourceFailsWithThoseThereAre() {
    try (PrometheusMetrics metrics = Fixtures.connect(url())) {
      assertThat(metrics.query("prod", "tritn", List.of(WEB)))
          .failsWithin(java.time.Duration.ofSeconds(5))
          .withThrowableThat()
          .withMessageContaining("there is no metrics source 'tritn'")
          .withMessageContaining("istio, triton, vllm");
    }
    assertThatThrownBy(() -> Fixtures.connect(url(), "source = nobody"))
        .hasMessageContaining("there is no metrics source 'nobody'");
  }
}
