package io.kiss.cluster.prometheus;

import static io.kiss.cluster.prometheus.Fixtures.read;
import static io.kiss.cluster.prometheus.Fixtures.target;
import static io.kiss.cluster.prometheus.Samples.WINDOW_SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.actors.live.LiveClock;
import io.kiss.actors.live.MetricsPort.Target;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Figures from a real Prometheus, worked out by hand from what the counters count. */
class PrometheusMetricsTest {
  private static final String[] BOUNDS = {"0.1", "0.25", "0.5", "1.0", "+Inf"};
  private static final String[] MILLIS = {"100", "250", "500", "1000", "+Inf"};
  private static final Offset<Double> EXACT = within(1e-9);

  @TempDir static Path folder;
  private static PrometheusServer prometheus;
  private static Samples samples;

  private PrometheusMetrics metrics;

  @BeforeAll
  static void start() throws Exception {
    samples = new Samples();
    triton();
    vllm();
    ingress();
    prometheus = PrometheusServer.withSamples(folder, samples.openMetrics());
  }

  @AfterAll
  static void stop() {
    if (prometheus != null) {
      prometheus.close();
    }
  }

  @BeforeEach
  void connect() {
    metrics = Fixtures.connect(prometheus.url(), "window = " + WINDOW_SECONDS + "s");
  }

  @AfterEach
  void close() {
    metrics.close();
  }

  private static String labels(String namespace, String pod) {
    return "namespace=\"%s\",pod=\"%s\"".formatted(namespace, pod);
  }

  private static String tritonLabels(String pod) {
    return "{" + labels("triton", pod) + ",model=\"resnet50\",version=\"1\"}";
  }

  private static void triton() {
    String first = tritonLabels("web-1");
    samples
        .counter("nv_inference_request_success" + first, 3)
        .counter("nv_inference_request_failure" + first, 0.5)
        .gauge("nv_inference_pending_request_count" + first, 4)
        .counter("nv_inference_request_duration_us" + first, 5e6)
        .counter("nv_inference_queue_duration_us" + first, 4e6)
        .gauge("nv_gpu_utilization{" + labels("triton", "web-1") + ",gpu_uuid=\"GPU-1\"}", 0.9)
        .gauge("nv_gpu_utilization{" + labels("triton", "web-1") + ",gpu_uuid=\"GPU-2\"}", 0.5);
    String second = tritonLabels("web-2");
    samples
        .counter("nv_inference_request_success" + second, 2)
        .series("nv_inference_pending_request_count" + second, k -> 2 * k)
        .counter("nv_inference_request_duration_us" + second, 3e6)
        .counter("nv_inference_queue_duration_us" + second, 1e6)
        .gauge("nv_gpu_utilization{" + labels("triton", "web-2") + ",gpu_uuid=\"GPU-3\"}", 0.3);
    // A release before the gauge of pending requests.
    String old = tritonLabels("old-1");
    samples
        .counter("nv_inference_request_success" + old, 7)
        .counter("nv_inference_request_failure" + old, 0)
        .counter("nv_inference_request_duration_us" + old, 6e6)
        .counter("nv_inference_queue_duration_us" + old, 2.5e6);
    // DCGM beside its own pod, and with honor_labels.
    samples
        .gauge(
            "DCGM_FI_DEV_GPU_UTIL{namespace=\"gpu\",pod=\"dcgm-x\","
                + "exported_namespace=\"triton\",exported_pod=\"web-1\",gpu=\"0\"}",
            60)
        .gauge("DCGM_FI_DEV_GPU_UTIL{" + labels("triton", "web-2") + ",gpu=\"1\"}", 20)
        .gauge("DCGM_FI_PROF_GR_ENGINE_ACTIVE{" + labels("triton", "web-1") + "}", 0.25);
  }

  @Test
  void tritonsArrivalsAreWhatItAnsweredAndRefusedAndByWhatItsQueueGrew() {
    Map<String, TelemetrySample> seen =
        read(
            metrics,
            "triton",
            "triton",
            target("web", Double.NaN, "web-1", "web-2"),
            target("old", Double.NaN, "old-1"));
    TelemetrySample web = seen.get("web");
    // The queue of web-2 grows by 2 in 200 s.
    assertThat(web.arrivalRate()).isCloseTo(3 + 0.5 + 2 + 0.01, EXACT);
    assertThat(web.completionRate()).isCloseTo(5, EXACT);
    assertThat(web.queuedRequests()).isEqualTo(4 + 18);
    assertThat(web.runningRequests()).isCloseTo(1 + 2, EXACT);
    assertThat(web.gpuUtilisation()).isCloseTo((0.7 + 0.3) / 2, EXACT);
    assertThat(web.p95LatencySeconds()).isNaN();
    assertThat(web.violatingShare()).isNaN();
    TelemetrySample old = seen.get("old");
    assertThat(old.arrivalRate()).isCloseTo(7, EXACT);
    assertThat(old.queuedRequests()).as("Little's law").isCloseTo(2.5, EXACT);
    assertThat(old.runningRequests()).isCloseTo(3.5, EXACT);
    assertThat(old.gpuUtilisation()).isNaN();
    assertThat(metrics.problem("triton")).isEmpty();
  }

  @Test
  void theAgeIsThatOfTheNewestSampleOnPrometheusOwnClock() {
    LiveClock ahead =
        new LiveClock() {
          @Override
          public double nowSeconds() {
            return System.currentTimeMillis() / 1000.0 + 7200;
          }

          @Override
          public Duration wallTime(double seconds) {
            return LiveClock.wall().wallTime(seconds);
          }
        };
    PrometheusMetrics skewed =
        PrometheusMetrics.connect(
            PrometheusEndpoint.of(prometheus.url()),
            Fixtures.settings("window = 2000s"),
            Fixtures.SOURCES,
            ahead);
    long before = System.currentTimeMillis() / 1000;
    TelemetrySample web =
        read(skewed, "triton", "triton", target("web", Double.NaN, "web-1", "web-2")).get("web");
    long after = System.currentTimeMillis() / 1000 + 1;
    skewed.close();
    double least = before - samples.newestSeconds();
    // The age never forgets the time that the round took, and may count it twice.
    double most = after - samples.newestSeconds() + (after - before);
    assertThat(web.sampleAgeSeconds()).isBetween(least, most);
    assertThat(web.timeSeconds()).isBetween(before + 7200.0, after + 7200.0);
  }

  @Test
  void gpuUtilisationOfDcgmReplacesTritonsWhicheverWayItWasScraped() {
    Target web = target("web", Double.NaN, "web-1", "web-2");
    assertThat(read(metrics, "triton", "triton+dcgm", web).get("web").gpuUtilisation())
        .isCloseTo((0.6 + 0.2) / 2, EXACT);
    assertThat(read(metrics, "triton", "triton+dcgm-profiling", web).get("web").gpuUtilisation())
        .isCloseTo(0.25, EXACT);
  }

  private static void vllm() {
    for (int pod = 1; pod <= 2; pod++) {
      String in = labels("llm", "chat-" + pod) + ",model_name=\"llama\",";
      samples
          .counter("vllm:request_success_total{" + in + "finished_reason=\"stop\"}", 1)
          .counter("vllm:request_success_total{" + in + "finished_reason=\"length\"}", 0.5)
          .gauge("vllm:num_requests_running{" + in + "}", 8)
          .series("vllm:num_requests_waiting{" + in + "}", k -> 10 + 20 * k)
          .histogram("vllm:e2e_request_latency_seconds", in, BOUNDS, 0.6, 0.9, 1.2, 1.35, 1.5)
          .histogram("vllm:time_to_first_token_seconds", in, BOUNDS, 1.2, 1.5, 1.5, 1.5, 1.5)
          .histogram(
              pod == 1 ? "vllm:inter_token_latency_seconds" : "vllm:time_per_output_token_seconds",
              in,
              BOUNDS,
              pod == 1 ? 80 : 20,
              95,
              97,
              99,
              100);
    }
    String slow = labels("llm", "slow-1") + ",";
    samples
        .counter("vllm:request_success_total{" + slow + "finished_reason=\"stop\"}", 0.5)
        .gauge("vllm:num_requests_running{" + slow + "}", 5)
        .histogram("vllm:e2e_request_latency_seconds", slow, BOUNDS, 0, 0, 0, 0.1, 0.5);
  }

  @Test
  void vllmsQuantilesAreWhatPrometheusAnswersAndSharesAreOfEachWorkloadsOwnSlo() throws Exception {
    Map<String, TelemetrySample> seen =
        read(
            metrics,
            "llm",
            "vllm",
            target("chat", 0.375, "chat-1", "chat-2"),
            target("slow", 1, "slow-1"));
    TelemetrySample chat = seen.get("chat");
    // Each pod's line grows by 20 in 200 s.
    assertThat(chat.arrivalRate()).isCloseTo(2 * (1.5 + 0.1), EXACT);
    assertThat(chat.completionRate()).isCloseTo(3, EXACT);
    assertThat(chat.queuedRequests()).isEqualTo(2 * 190);
    assertThat(chat.runningRequests()).isEqualTo(2 * 8);
    assertThat(chat.gpuUtilisation()).isNaN();
    // Half-way from 0.25 to 0.5 is the geometric mean of what is above: 0.6 and 0.3 of 1.5.
    assertThat(chat.violatingShare()).isCloseTo(Math.sqrt(0.4 * 0.2), EXACT);
    assertThat(seen.get("slow").violatingShare()).isCloseTo(0.8, EXACT);
    assertThat(seen.get("slow").queuedRequests()).as("vllm:num_requests_waiting is gone").isNaN();
    assertThat(seen.get("slow").arrivalRate()).isCloseTo(0.5, EXACT);
    quantiles(chat, "vllm:e2e_request_latency_seconds_bucket{namespace=\"llm\",pod=~\"chat.*\"}");
    quantiles(
        seen.get("slow"),
        "vllm:e2e_request_latency_seconds_bucket{namespace=\"llm\",pod=\"slow-1\"}");
  }

  private static void quantiles(TelemetrySample seen, String buckets) throws Exception {
    String rates = "sum by (le) (rate(" + buckets + "[2000s]))";
    assertThat(prometheus.ask("histogram_quantile(0.5, " + rates + ")"))
        .singleElement()
        .satisfies(median -> assertThat(seen.p50LatencySeconds()).isCloseTo(median, EXACT));
    assertThat(prometheus.ask("histogram_quantile(0.95, " + rates + ")"))
        .singleElement()
        .satisfies(p95 -> assertThat(seen.p95LatencySeconds()).isCloseTo(p95, EXACT));
  }

  @Test
  void anSloOnTokensIsReadFromVllmsNewAndOldNamesAlikeAndCountsRequestsStill() {
    Target chat = target("chat", 0.25, "chat-1", "chat-2");
    TelemetrySample first = read(metrics, "llm", "vllm-ttft", chat).get("chat");
    assertThat(first.violatingShare()).isCloseTo(0, EXACT);
    assertThat(first.p50LatencySeconds()).isCloseTo(0.1 * 0.75 / 1.2, EXACT);
    TelemetrySample between = read(metrics, "llm", "vllm-itl", chat).get("chat");
    assertThat(between.violatingShare()).isCloseTo(1 - 190 / 200.0, EXACT);
    // 100 of the 200 tokens a second are below 0.1 s.
    assertThat(between.p50LatencySeconds()).isCloseTo(0.1, EXACT);
    assertThat(between.completionRate()).as("requests, not tokens").isCloseTo(3, EXACT);
  }

  /** Of everything with a histogram that Prometheus has here. */
  @ParameterizedTest
  @CsvSource({
    "llm, vllm, chat-1 chat-2, slow-1",
    "llm, vllm-ttft, chat-1 chat-2, slow-1",
    "llm, vllm-itl, chat-1, chat-2",
    "mesh, istio, shop-1 shop-2, db-1",
    "mesh, ingress-nginx, shop-1 shop-2, db-1",
  })
  void aHistogramInPartsTellsWhatTheWholeTells(
      String namespace, String source, String pods, String others) {
    Target one =
        target(
            namespace.equals("llm") ? "chat" : "shop",
            0.375,
            Map.of("kiss.io/service", "shop-http"),
            1,
            pods.split(" "));
    Target other = target(namespace.equals("llm") ? "slow" : "db", 0.7, others.split(" "));
    try (PrometheusMetrics inParts =
        Fixtures.connect(prometheus.url(), "window = " + WINDOW_SECONDS + "s", "split-from = 1")) {
      Map<String, TelemetrySample> whole = read(metrics, namespace, source, one, other);
      Map<String, TelemetrySample> parts = read(inParts, namespace, source, one, other);
      assertThat(inParts.problem(namespace)).isEqualTo(metrics.problem(namespace));
      assertThat(parts.keySet()).isEqualTo(whole.keySet()).hasSize(2);
      assertThat(whole.values()).anyMatch(sample -> sample.p95LatencySeconds() > 0);
      whole.forEach(
          (workload, sample) ->
              assertThat(latency(parts.get(workload)))
                  .as(workload)
                  .containsExactly(latency(sample), within(1e-12)));
    }
  }

  private static double[] latency(TelemetrySample sample) {
    return new double[] {
      sample.p50LatencySeconds(),
      sample.p95LatencySeconds(),
      sample.violatingShare(),
      sample.completionRate(),
      sample.arrivalRate()
    };
  }

  private static void ingress() {
    for (String pod : List.of("shop-1", "shop-2")) {
      String in =
          "reporter=\"destination\",destination_workload=\"shop\","
              + "destination_workload_namespace=\"mesh\",namespace=\"mesh\",pod=\"%s\","
                  .formatted(pod);
      samples
          .counter("istio_requests_total{" + in + "response_code=\"200\"}", 4)
          .counter("istio_requests_total{" + in + "response_code=\"503\"}", 1)
          .histogram("istio_request_duration_milliseconds", in, MILLIS, 1, 3, 4, 4.5, 5);
      samples
          .counter("nv_inference_request_success{" + labels("mesh", pod) + "}", 4)
          .gauge("nv_inference_pending_request_count{" + labels("mesh", pod) + "}", 6);
    }
    // What the callers' sidecars say of the same requests must not count twice.
    samples.counter(
        "istio_requests_total{reporter=\"source\",destination_workload=\"shop\","
            + "destination_workload_namespace=\"mesh\"}",
        10);
    String waypoint =
        "reporter=\"waypoint\",destination_workload=\"db\",destination_workload_namespace=\"mesh\"";
    samples.counter("istio_requests_total{" + waypoint + "}", 2);
    String plain = "controller_class=\"k8s.io/ingress-nginx\",";
    String relabelled =
        plain
            + "namespace=\"ingress\",service=\"ingress-nginx-metrics\","
            + "exported_namespace=\"mesh\",exported_service=\"shop-http\",";
    samples
        .counter("nginx_ingress_controller_requests{" + relabelled + "status=\"200\"}", 9)
        .histogram(
            "nginx_ingress_controller_request_duration_seconds",
            relabelled + "status=\"200\",",
            BOUNDS,
            0,
            8,
            8.5,
            9,
            9);
    String honoured = plain + "namespace=\"mesh\",service=\"db\",";
    samples.counter("nginx_ingress_controller_requests{" + honoured + "status=\"200\"}", 2.5);
  }

  @Test
  void istiosRequestsAndLatencyGoBesideTritonsQueue() throws Exception {
    TelemetrySample shop =
        read(metrics, "mesh", "triton+istio", target("shop", 0.25, "shop-1", "shop-2")).get("shop");
    assertThat(shop.arrivalRate()).isCloseTo(10, EXACT);
    assertThat(shop.completionRate()).as("what the histogram counted").isCloseTo(10, EXACT);
    assertThat(shop.violatingShare()).isCloseTo(1 - 3 / 5.0, EXACT);
    assertThat(shop.queuedRequests()).isEqualTo(12);
    assertThat(
            prometheus.ask(
                "histogram_quantile(0.95, sum by (le)"
                    + " (rate(istio_request_duration_milliseconds_bucket{namespace=\"mesh\"}[2000s])))"
                    + " / 1000"))
        .singleElement()
        .satisfies(p95 -> assertThat(shop.p95LatencySeconds()).isCloseTo(p95, EXACT));
    assertThat(
            read(metrics, "mesh", "istio", target("statefulsets.apps:db", Double.NaN, "db-0"))
                .get("statefulsets.apps:db")
                .arrivalRate())
        .isCloseTo(2, EXACT);
  }

  @Test
  void ingressNginxKnowsServicesWhichAnAnnotationNames() {
    Target shop =
        target("shop", 0.25, Map.of("kiss.io/service", "shop-http"), 2, "shop-1", "shop-2");
    Target db = target("db", 0.25, "db-1");
    Map<String, TelemetrySample> seen = read(metrics, "mesh", "ingress-nginx", shop, db);
    assertThat(seen.get("shop").arrivalRate()).isCloseTo(9, EXACT);
    assertThat(seen.get("shop").violatingShare()).isCloseTo(1 / 9.0, EXACT);
    assertThat(seen.get("db").arrivalRate()).isCloseTo(2.5, EXACT);
    assertThat(seen.get("db").p95LatencySeconds()).isNaN();
  }

  @Test
  void aServiceThatTwoWorkloadsShareIsNeithers() {
    Map<String, String> same = Map.of("kiss.io/service", "shop-http");
    Map<String, TelemetrySample> seen =
        read(
            metrics,
            "mesh",
            "ingress-nginx",
            target("stable", 0.25, same, 1, "a"),
            target("canary", 0.25, same, 1, "b"));
    assertThat(seen.get("stable").arrivalRate()).isNaN();
    assertThat(seen.get("canary").arrivalRate()).isNaN();
    assertThat(metrics.problem("mesh").orElseThrow())
        .contains("several workloads share the Service shop-http");
  }
}
