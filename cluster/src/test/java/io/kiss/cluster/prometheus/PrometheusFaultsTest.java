package io.kiss.cluster.prometheus;

import static io.kiss.cluster.prometheus.Fixtures.read;
import static io.kiss.cluster.prometheus.Fixtures.target;
import static io.kiss.cluster.prometheus.StandInPrometheus.reply;
import static io.kiss.cluster.prometheus.StandInPrometheus.vector;
import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.actors.live.MetricsPort.Target;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is made of a Prometheus that is away, slow, wrong or in between: nothing made up. */
@Timeout(120)
class PrometheusFaultsTest {
  private static final String[] QUICK = {
    "query-timeout = 300ms", "round-timeout = 900ms", "attempts = 3"
  };

  @RegisterExtension final StandInPrometheus prometheus = new StandInPrometheus();

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
    return outcome(prometheus.url());
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
    prometheus.answers(exchange -> prometheus.untilTheEnd());
    long begun = System.nanoTime();
    Outcome slow = outcome(prometheus.url(), QUICK);
    slow.knowsNothing();
    assertThat(slow.problem).contains("did not answer within ");
    assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(300));
    assertThat(prometheus.requests()).isNotEmpty();
  }

  @Test
  void anAnswerThatComesInDropsEndsWithTheQuerysTime() {
    prometheus.answers(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          prometheus.untilTheEnd();
        });
    Outcome drops = outcome(prometheus.url(), QUICK);
    drops.knowsNothing();
    assertThat(drops.problem).contains("did not answer within ");
  }

  @Test
  void asLongAsItRunsNobodyWaits() {
    prometheus.answers(exchange -> prometheus.untilTheEnd());
    try (PrometheusMetrics metrics = Fixtures.connect(prometheus.url())) {
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
    prometheus.answers(
        exchange -> {
          boolean fails = first.getAndDecrement() > 0;
          reply(exchange, fails ? 500 : 200, fails ? "oops" : vector("3"));
        });
    Outcome flapping = outcome(prometheus.url());
    assertThat(flapping.sample.completionRate()).isEqualTo(3);
    assertThat(flapping.problem).doesNotContain("500");
    assertThat(prometheus.requests()).hasSize(16);
  }

  @Test
  void aPrometheusThatIsRightEveryOtherRoundIsBelievedThenAndOnlyThen() {
    List<StandInPrometheus.Answer> wrong =
        List.of(
            exchange -> exchange.close(),
            exchange -> reply(exchange, 500, "oops"),
            exchange -> prometheus.untilTheEnd(),
            exchange -> reply(exchange, 200, "<html>Welcome</html>"),
            exchange -> reply(exchange, 200, vector("NaN")),
            exchange ->
                reply(
                    exchange,
                    200,
                    "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}"));
    try (PrometheusMetrics metrics =
        Fixtures.connect(prometheus.url(), "query-timeout = 2s", "round-timeout = 5s")) {
      for (StandInPrometheus.Answer fault : wrong) {
        prometheus.answers(fault);
        TelemetrySample lost = read(metrics, "prod", "triton", WEB).get("web");
        String problem = metrics.problem("prod").orElse("");
        new Outcome(lost, problem).knowsNothing();
        assertThat(problem).isNotEmpty();
        prometheus.answers(exchange -> reply(exchange, 200, vector("3")));
        TelemetrySample back = read(metrics, "prod", "triton", WEB).get("web");
        assertThat(back.completionRate()).as("after: " + problem).isEqualTo(3);
        assertThat(back.sampleAgeSeconds()).as("after: " + problem).isGreaterThanOrEqualTo(3);
      }
    }
  }

  @Test
  void aServerErrorThatStaysIsToldWithWhatPrometheusSaysOfIt() {
    prometheus.answers(
        exchange ->
            reply(
                exchange,
                503,
                "{\"status\":\"error\",\"errorType\":\"timeout\",\"error\":\"query timed out\"}"));
    Outcome broken = outcome();
    broken.knowsNothing();
    assertThat(broken.problem).contains("answers HTTP 503 and refuses the query: query timed out");
    prometheus.answers(exchange -> reply(exchange, 500, "<html>a stack trace of ours</html>"));
    assertThat(outcome().problem).contains("answers HTTP 500 (").doesNotContain("stack");
  }

  @Test
  void aQueryItDoesNotUnderstandIsNotTriedAgain() {
    prometheus.answers(
        exchange ->
            reply(
                exchange,
                400,
                "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse\\nerror\"}"));
    Outcome refused = outcome();
    refused.knowsNothing();
    assertThat(refused.problem).contains("answers HTTP 400 and refuses the query: parse error (");
    // Seven figures, and what there was when the window began.
    assertThat(prometheus.requests()).hasSize(8);
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
      prometheus.answers(exchange -> reply(exchange, 200, garbage));
      Outcome outcome = outcome();
      outcome.knowsNothing();
      assertThat(outcome.problem)
          .as(garbage)
          .startsWith("Prometheus at " + prometheus.url() + " answers ");
    }
  }

  @Test
  void valuesThatAreNoneAreUnknownAndNotZero() {
    for (String value : List.of("NaN", "+Inf", "-Inf", "-1")) {
      prometheus.answers(exchange -> reply(exchange, 200, vector(value)));
      Outcome outcome = outcome();
      assertThat(outcome.sample.queuedRequests()).as(value).isNaN();
      assertThat(outcome.sample.arrivalRate()).as(value).isNaN();
      assertThat(outcome.problem).as(value).contains("values that cannot be came as queued of web");
    }
  }

  @Test
  void anEmptyAnswerIsUnknownAndNotZero() {
    prometheus.answers(
        exchange ->
            reply(
                exchange,
                200,
                "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}"));
    Outcome empty = outcome();
    empty.knowsNothing();
    assertThat(empty.problem).isEqualTo("there are no arrivals (source triton) of web");
  }

  @Test
  void aPartOfAnAnswerIsNone() {
    String whole = vector("3");
    prometheus.answers(
        exchange ->
            reply(
                exchange,
                200,
                whole.substring(0, whole.length() - 1)
                    + ",\"warnings\":[\"store gateway\\nis away\"]}"));
    Outcome part = outcome();
    part.knowsNothing();
    assertThat(part.problem)
        .contains("answers in part only, with the warning: store gateway is away");
    prometheus.answers(
        exchange ->
            reply(
                exchange,
                200,
                whole.substring(0, whole.length() - 1)
                    + ",\"warnings\":[\"PromQL info: metric might not be a counter\"]}"));
    assertThat(outcome().sample.completionRate()).as("a remark is no warning").isEqualTo(3);
  }

  @Test
  void onlyTheFigureThatHasNoAnswerIsUnknown() {
    prometheus.answers(
        exchange -> {
          boolean queue = exchange.getRequestURI().getRawQuery().contains("queue_duration_us");
          reply(exchange, queue ? 500 : 200, vector("3"));
        });
    Outcome some = outcome();
    assertThat(some.sample.queuedRequests()).isNaN();
    assertThat(some.sample.runningRequests()).isNaN();
    assertThat(some.sample.completionRate()).isEqualTo(3);
    assertThat(some.problem).contains("answers HTTP 500 (queued, running)");
  }

  @Test
  void thatNothingCanBeDecidedUponIsSaidWhereArrivalsOrTheirAgeHaveNoAnswer() {
    for (String unanswered : List.of("success", "pending", "timestamp", "duration", "none")) {
      prometheus.answers(
          exchange -> {
            boolean fails = exchange.getRequestURI().getRawQuery().contains(unanswered);
            reply(exchange, fails ? 400 : 200, vector("3"));
          });
      try (PrometheusMetrics metrics = Fixtures.connect(prometheus.url())) {
        TelemetrySample sample = read(metrics, "prod", "triton", WEB).get("web");
        boolean known =
            !Double.isNaN(sample.arrivalRate()) && !Double.isNaN(sample.sampleAgeSeconds());
        assertThat(metrics.unread("prod").isEmpty()).as(unanswered).isEqualTo(known);
        metrics
            .unread("prod")
            .ifPresent(
                why -> assertThat(why).startsWith("Prometheus at ").contains("answers HTTP 400"));
        assertThat(known)
            .as(unanswered)
            .isEqualTo(List.of("duration", "none").contains(unanswered));
        prometheus.answers(exchange -> reply(exchange, 200, vector("3")));
        read(metrics, "prod", "triton", WEB);
        assertThat(metrics.unread("prod")).isEmpty();
      }
    }
  }

  @Test
  void aHistogramOfWhichAPartHasNoAnswerIsUnknown() {
    prometheus.answers(
        exchange -> {
          boolean part = exchange.getRequestURI().getRawQuery().contains("le%3D%7E%22%5B0.%5D*5");
          reply(exchange, part ? 500 : 200, vector("3"));
        });
    try (PrometheusMetrics metrics = Fixtures.connect(prometheus.url(), "split-from = 1")) {
      TelemetrySample sample = read(metrics, "prod", "vllm", WEB).get("web");
      assertThat(sample.p95LatencySeconds()).isNaN();
      assertThat(sample.violatingShare()).isNaN();
      assertThat(sample.completionRate()).isEqualTo(3);
      assertThat(metrics.problem("prod").orElse("")).contains("answers HTTP 500 (latency)");
    }
  }

  @Test
  void whatTwoFiguresHaveInCommonIsAskedForOnce() {
    prometheus.answers(exchange -> reply(exchange, 200, vector("3")));
    try (PrometheusMetrics metrics = Fixtures.connect(prometheus.url())) {
      TelemetrySample sample = read(metrics, "prod", "vllm", WEB).get("web");
      assertThat(sample.completionRate()).isEqualTo(3);
      assertThat(sample.arrivalRate()).isEqualTo(3 + 3);
    }
    // Seven figures of which two are one, and what there was when the window began.
    assertThat(prometheus.requests())
        .extracting(StandInPrometheus.Request::form)
        .doesNotHaveDuplicates()
        .hasSize(7);
  }

  @Test
  void arrivalsAreUnknownWhereTheGrowthThatBelongsToThemIs() {
    prometheus.answers(
        exchange ->
            reply(
                exchange,
                exchange.getRequestURI().getRawQuery().contains("delta") ? 500 : 200,
                vector("0.5")));
    Outcome some = outcome();
    assertThat(some.sample.arrivalRate()).isNaN();
    assertThat(some.sample.completionRate()).isEqualTo(0.5);
  }

  @Test
  void anAnswerWithoutEndIsCutOff() {
    prometheus.answers(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] spaces = " ".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
          for (int i = 0; i < 1000; i++) {
            exchange.getResponseBody().write(spaces);
          }
        });
    Outcome endless = outcome(prometheus.url(), "response-limit = 100KiB");
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
    prometheus.answers(
        exchange -> {
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          exchange.sendResponseHeaders(200, packed.size());
          exchange.getResponseBody().write(packed.toByteArray());
        });
    assertThat(packed.size()).isLessThan(10_000);
    Outcome bomb = outcome(prometheus.url(), "response-limit = 100KiB");
    bomb.knowsNothing();
    assertThat(bomb.problem).contains("kiss.prometheus.response-limit");
  }
}
