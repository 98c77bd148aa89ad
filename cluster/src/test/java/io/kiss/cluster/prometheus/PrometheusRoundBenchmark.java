package io.kiss.cluster.prometheus;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.kiss.actors.live.MetricsPort.Target;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * One round of a namespace of vLLM workloads with 10 pods each, against a Prometheus on this
 * machine that scrapes an exporter of them every 10 s: wall time, CPU time and bytes, its histogram
 * asked for whole and in parts, in turns. An argument is a number of workloads; the property {@code
 * rounds} says how many rounds of each.
 */
final class PrometheusRoundBenchmark {
  private static final int PODS = 10;
  private static final int WARM_UP = 3;
  private static final int ROUNDS = Integer.getInteger("rounds", 20);
  private static final double RATE = 2;

  /** vLLM's bounds of {@code vllm:e2e_request_latency_seconds}. */
  private static final double[] BOUNDS = {
    0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680
  };

  private PrometheusRoundBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    for (String workloads : arguments) {
      measure(Integer.parseInt(workloads));
    }
  }

  private static void measure(int workloads) throws Exception {
    long begun = System.nanoTime();
    HttpServer exporter =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    exporter.createContext(
        "/metrics",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream body = exchange.getResponseBody()) {
            expose(workloads, (System.nanoTime() - begun) * 1e-9, body);
          }
        });
    exporter.start();
    Path folder = Files.createTempDirectory("kiss-prometheus");
    Target[] targets = targets(workloads);
    try (PrometheusServer prometheus =
            PrometheusServer.start(folder, config(exporter.getAddress().getPort()));
        PrometheusMetrics whole = connect(prometheus, Integer.MAX_VALUE);
        PrometheusMetrics inParts = connect(prometheus, 1)) {
      await()
          .atMost(Duration.ofMinutes(5))
          .pollInterval(Duration.ofSeconds(15))
          .until(() -> complete(Fixtures.read(whole, "bench", "vllm+dcgm", targets), workloads));
      Series ofWhole = new Series(prometheus, whole);
      Series ofParts = new Series(prometheus, inParts);
      for (int round = -WARM_UP; round < ROUNDS; round++) {
        ofWhole.round(targets, round);
        ofParts.round(targets, round);
      }
      ofWhole.print("whole", targets);
      ofParts.print("in parts", targets);
    } finally {
      exporter.stop(0);
    }
  }

  private static PrometheusMetrics connect(PrometheusServer prometheus, int splitFrom) {
    return Fixtures.connect(
        prometheus.url(),
        "query-timeout = 120s",
        "round-timeout = 120s",
        "split-from = " + splitFrom);
  }

  private static boolean complete(Map<String, TelemetrySample> seen, int workloads) {
    return seen.size() == workloads
        && seen.values().stream()
            .allMatch(sample -> sample.arrivalRate() > 0 && sample.p95LatencySeconds() > 0);
  }

  /** Rounds of one kind. */
  private static final class Series {
    private final PrometheusServer prometheus;
    private final PrometheusMetrics metrics;
    private final double[] seconds = new double[ROUNDS];
    private final double[] theirs = new double[ROUNDS];
    private final double[] ours = new double[ROUNDS];
    private long bytes;

    Series(PrometheusServer prometheus, PrometheusMetrics metrics) {
      this.prometheus = prometheus;
      this.metrics = metrics;
    }

    private static double ownCpu() {
      return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() * 1e-9;
    }

    private double theirCpu() {
      return prometheus.cpuTime().toNanos() * 1e-9;
    }

    /** Those before round 0 warm up. */
    void round(Target[] targets, int round) {
      double theirsBefore = theirCpu();
      double oursBefore = ownCpu();
      long received = metrics.receivedBytes();
      long start = System.nanoTime();
      Fixtures.read(metrics, "bench", "vllm+dcgm", targets);
      if (round >= 0) {
        seconds[round] = (System.nanoTime() - start) * 1e-9;
        theirs[round] = theirCpu() - theirsBefore;
        ours[round] = ownCpu() - oursBefore;
        bytes += metrics.receivedBytes() - received;
      }
    }

    void print(String how, Target[] targets) {
      for (double[] each : List.of(seconds, theirs, ours)) {
        Arrays.sort(each);
      }
      System.out.printf(
          "%d workloads, %d pods each, %d series, histogram %s: a round takes %.3f s (median), %.3f"
              + " s (worst of %d), %.2f s of CPU in Prometheus and %.2f s here (medians, scrapes"
              + " included), %.2f MiB over the wire%n",
          targets.length,
          PODS,
          targets.length * PODS * (BOUNDS.length + 6),
          how,
          seconds[ROUNDS / 2],
          seconds[ROUNDS - 1],
          ROUNDS,
          theirs[ROUNDS / 2],
          ours[ROUNDS / 2],
          bytes / (double) ROUNDS / (1 << 20));
    }
  }

  private static Target[] targets(int workloads) {
    Target[] targets = new Target[workloads];
    for (int w = 0; w < workloads; w++) {
      String[] pods = new String[PODS];
      for (int p = 0; p < PODS; p++) {
        pods[p] = pod(w, p);
      }
      targets[w] = Fixtures.target("workload-" + w, 1 + w % 7, pods);
    }
    return targets;
  }

  private static String pod(int workload, int pod) {
    return "workload-%d-6d4cf56db6-%05d".formatted(workload, pod);
  }

  private static void expose(int workloads, double seconds, OutputStream out) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int w = 0; w < workloads; w++) {
      for (int p = 0; p < PODS; p++) {
        String labels =
            "namespace=\"bench\",pod=\"%s\",model_name=\"llama\",engine=\"0\"".formatted(pod(w, p));
        double count = RATE * seconds * (0.5 + Math.abs(Math.sin(PODS * w + p)));
        line(text, "vllm:request_success_total", labels + ",finished_reason=\"stop\"", count);
        line(text, "vllm:request_success_total", labels + ",finished_reason=\"length\"", 0);
        line(text, "vllm:num_requests_running", labels, 7);
        line(text, "vllm:num_requests_waiting", labels, w % 5);
        line(text, "DCGM_FI_DEV_GPU_UTIL", labels, 80);
        for (int b = 0; b <= BOUNDS.length; b++) {
          double share = Math.min(1, (b + 1.0 + w % 5) / BOUNDS.length);
          String le = b == BOUNDS.length ? "+Inf" : Double.toString(BOUNDS[b]);
          line(
              text,
              "vllm:e2e_request_latency_seconds_bucket",
              labels + ",le=\"" + le + "\"",
              count * share);
        }
      }
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
      text.setLength(0);
    }
  }

  private static void line(StringBuilder text, String metric, String labels, double value) {
    text.append(metric).append('{').append(labels).append("} ").append(value).append('\n');
  }

  private static String config(int port) {
    return String.join(
        "\n",
        List.of(
            "scrape_configs:",
            "  - job_name: exporter",
            "    honor_labels: true",
            "    scrape_interval: 10s",
            "    scrape_timeout: 10s",
            "    static_configs:",
            "      - targets: ['127.0.0.1:%d']".formatted(port)));
  }
}
