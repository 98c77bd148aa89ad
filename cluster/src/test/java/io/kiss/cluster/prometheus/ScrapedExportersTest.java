package io.kiss.cluster.prometheus;

import static io.kiss.cluster.prometheus.Fixtures.read;
import static io.kiss.cluster.prometheus.Fixtures.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kiss.actors.live.MetricsPort.Target;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus that scrapes pods four times a second: exporters of this test, whose counters
 * grow with the wall's time. Labels are what Kubernetes service discovery would set.
 */
class ScrapedExportersTest {
  private static final double RATE = 40;
  private static final double GROWTH = 10;
  private static final double[] BOUNDS = {0.1, 0.25, 0.5, 1};

  @TempDir Path folder;

  /** Pods that there are, and since when they count; one that is removed refuses scrapes. */
  private final Map<String, Long> pods = new ConcurrentHashMap<>();

  private HttpServer exporters;
  private PrometheusServer prometheus;
  private PrometheusMetrics metrics;

  @BeforeEach
  void start() throws Exception {
    exporters = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    exporters.createContext("/", this::expose);
    exporters.start();
    discover("web-1", "web-2");
    prometheus =
        PrometheusServer.start(
            folder,
            """
            global: { scrape_interval: 250ms, scrape_timeout: 250ms }
            scrape_configs:
              - job_name: pods
                file_sd_configs: [{ files: [pods.json], refresh_interval: 1h }]
                relabel_configs:
                  - { source_labels: [pod], target_label: __metrics_path__, replacement: /$1 }
            """);
    metrics = Fixtures.connect(prometheus.url(), "window = 4s");
  }

  @AfterEach
  void stop() {
    if (metrics != null) {
      metrics.close();
    }
    if (prometheus != null) {
      prometheus.close();
    }
    exporters.stop(0);
  }

  /** What service discovery says from now on; Prometheus sees the file change. */
  private void discover(String... names) throws IOException {
    for (String pod : names) {
      pods.putIfAbsent(pod, System.nanoTime());
    }
    pods.keySet().retainAll(List.of(names));
    String address = "127.0.0.1:" + exporters.getAddress().getPort();
    String json =
        Stream.of(names)
            .map(
                pod ->
                    "{\"targets\":[\"%s\"],\"labels\":{\"namespace\":\"prod\",\"pod\":\"%s\"}}"
                        .formatted(address, pod))
            .collect(Collectors.joining(",", "[", "]"));
    Path next = Files.writeString(folder.resolve("pods.next"), json);
    Files.move(next, folder.resolve("pods.json"), StandardCopyOption.REPLACE_EXISTING);
  }

  private void expose(HttpExchange exchange) throws IOException {
    try (exchange) {
      Long since = pods.get(exchange.getRequestURI().getPath().substring(1));
      if (since == null) {
        exchange.sendResponseHeaders(503, -1);
        return;
      }
      double seconds = (System.nanoTime() - since) * 1e-9;
      byte[] text = exposition(RATE * seconds, GROWTH * seconds).getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
      exchange.sendResponseHeaders(200, text.length);
      exchange.getResponseBody().write(text);
    }
  }

  private static String exposition(double answered, double waiting) {
    StringBuilder text = new StringBuilder();
    text.append("# TYPE vllm:request_success_total counter\n");
    text.append("vllm:request_success_total{model_name=\"m\",finished_reason=\"stop\"} ")
        .append(answered)
        .append("\n# TYPE vllm:num_requests_waiting gauge\nvllm:num_requests_waiting ")
        .append(waiting)
        .append("\n# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running 8\n")
        .append("# TYPE vllm:e2e_request_latency_seconds histogram\n");
    for (int b = 0; b < BOUNDS.length; b++) {
      text.append("vllm:e2e_request_latency_seconds_bucket{le=\"%s\"} ".formatted(BOUNDS[b]))
          .append(answered * (b + 1) / BOUNDS.length)
          .append('\n');
    }
    text.append("vllm:e2e_request_latency_seconds_bucket{le=\"+Inf\"} %s\n".formatted(answered))
        .append("vllm:e2e_request_latency_seconds_sum 1\n")
        .append("vllm:e2e_request_latency_seconds_count %s\n".formatted(answered))
        .append("# TYPE nv_inference_request_success counter\n")
        .append("nv_inference_request_success{model=\"m\",version=\"1\"} %s\n".formatted(answered))
        .append("# TYPE nv_inference_request_failure counter\n")
        .append("nv_inference_request_failure{model=\"m\",reason=\"OTHER\"} 0\n")
        .append("# TYPE nv_inference_pending_request_count gauge\n")
        .append("nv_inference_pending_request_count{model=\"m\"} %s\n".formatted(waiting))
        .append("# TYPE DCGM_FI_DEV_GPU_UTIL gauge\n")
        .append("DCGM_FI_DEV_GPU_UTIL{gpu=\"0\",pod=\"web-1\",namespace=\"prod\"} 75\n");
    return text.toString();
  }

  private TelemetrySample see(String source, String... names) {
    Target web = target("web", 0.25, names);
    return read(metrics, "prod", source, web).get("web");
  }

  @Test
  void whatPodsCountIsWhatIsReadAsTheyComeAndGo() throws Exception {
    await()
        .atMost(Duration.ofSeconds(90))
        .untilAsserted(
            () -> {
              TelemetrySample vllm = see("vllm+dcgm", "web-1", "web-2");
              assertThat(vllm.completionRate()).isCloseTo(2 * RATE, within(0.05 * RATE));
              assertThat(vllm.arrivalRate()).isCloseTo(2 * (RATE + GROWTH), within(0.05 * RATE));
              assertThat(vllm.runningRequests()).isEqualTo(16);
              assertThat(vllm.violatingShare()).isCloseTo(0.5, within(0.01));
              assertThat(vllm.gpuUtilisation()).isEqualTo(0.75);
              assertThat(vllm.sampleAgeSeconds()).isBetween(0.0, 3.0);
              TelemetrySample triton = see("triton", "web-1", "web-2");
              assertThat(triton.arrivalRate()).isCloseTo(2 * (RATE + GROWTH), within(0.05 * RATE));
            });
    // A pod is replaced: both are in the window for a while, and none of it is lost or negative.
    discover("web-2", "web-3");
    await()
        .atMost(Duration.ofSeconds(90))
        .untilAsserted(
            () -> {
              TelemetrySample vllm = see("vllm", "web-2", "web-3");
              assertThat(vllm.completionRate()).isGreaterThan(1.3 * RATE);
              assertThat(vllm.completionRate()).isCloseTo(2 * RATE, within(0.05 * RATE));
              assertThat(vllm.runningRequests()).as("of the old one no more").isEqualTo(16);
              assertThat(vllm.queuedRequests()).isPositive();
            });
    // All scrapes fail: staleness markers end the series at once, the window goes on for a while.
    pods.clear();
    await()
        .atMost(Duration.ofSeconds(90))
        .untilAsserted(
            () -> {
              TelemetrySample gone = see("vllm", "web-2", "web-3");
              assertThat(gone.sampleAgeSeconds()).isNaN();
              assertThat(gone.queuedRequests()).isNaN();
            });
  }

  /**
   * What is asked for by hand over the usual window shows what Prometheus makes of the half that is
   * missing, which is what a scaler would have believed.
   */
  @Test
  void behindAGapOfAWindowArrivalsAreTheRealOnesOrUnknownAndNeverTooFew() throws Exception {
    await()
        .atMost(Duration.ofSeconds(90))
        .untilAsserted(
            () ->
                assertThat(see("vllm", "web-1", "web-2").completionRate())
                    .isCloseTo(2 * RATE, within(0.05 * RATE)));
    Map<String, Long> counting = Map.copyOf(pods);
    pods.clear();
    await()
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              see("vllm", "web-1", "web-2");
              return byHand().isEmpty();
            });
    // They counted on, and nobody could see it.
    pods.putAll(counting);
    List<Double> usual = new ArrayList<>();
    List<Double> ours = new ArrayList<>();
    List<Double> startedMeanwhile = new ArrayList<>();
    List<Double> startedJustNow = new ArrayList<>();
    PrometheusMetrics meanwhile = Fixtures.connect(prometheus.url(), "window = 4s");
    await()
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              ours.add(see("vllm", "web-1", "web-2").completionRate());
              startedMeanwhile.add(completions(meanwhile));
              try (PrometheusMetrics now = Fixtures.connect(prometheus.url(), "window = 4s")) {
                startedJustNow.add(completions(now));
              }
              usual.addAll(byHand());
              return !usual.isEmpty() && usual.get(usual.size() - 1) > 1.95 * RATE;
            });
    meanwhile.close();
    System.out.printf(
        "over the usual window: %s; as read: %s; by a node started meanwhile: %s; just now: %s%n",
        usual, ours, startedMeanwhile, startedJustNow);
    assertThat(usual).as("what there would be to mend").anyMatch(rate -> rate < RATE);
    for (List<Double> read : List.of(ours, startedMeanwhile, startedJustNow)) {
      assertThat(read)
          .filteredOn(rate -> !Double.isNaN(rate))
          .isNotEmpty()
          .allSatisfy(rate -> assertThat(rate).isCloseTo(2 * RATE, within(0.3 * RATE)));
    }
    assertThat(ours.subList(0, 3)).as("soon").anyMatch(rate -> !Double.isNaN(rate));
  }

  private static double completions(PrometheusMetrics metrics) {
    return read(metrics, "prod", "vllm", target("web", 0.25, "web-1", "web-2"))
        .get("web")
        .completionRate();
  }

  private List<Double> byHand() throws IOException, InterruptedException {
    return prometheus.ask("sum(rate(vllm:request_success_total[4s]))");
  }
}
