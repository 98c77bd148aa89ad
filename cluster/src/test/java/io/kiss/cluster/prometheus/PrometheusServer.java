package io.kiss.cluster.prometheus;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real Prometheus on a loopback port; tests are skipped where none is installed. */
public final class PrometheusServer implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final String url;

  private PrometheusServer(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  public static void assumeInstalled(String program) {
    assumeTrue(
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, program))),
        program + " is not installed");
  }

  /** Starts one on the samples of a text in OpenMetrics, whose last line is {@code # EOF}. */
  static PrometheusServer withSamples(Path folder, String openMetrics) throws Exception {
    assumeInstalled("promtool");
    Path text = Files.writeString(folder.resolve("samples.txt"), openMetrics);
    File log = folder.resolve("promtool.log").toFile();
    Process promtool =
        new ProcessBuilder(
                "promtool",
                "tsdb",
                "create-blocks-from",
                "openmetrics",
                text.toString(),
                folder.resolve("data").toString())
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    if (promtool.waitFor() != 0) {
      throw new IOException("promtool: " + Files.readString(log.toPath()));
    }
    return start(folder, "global: {}\n");
  }

  /** Starts one in a folder of its own that scrapes vLLM's metrics at a port of this machine. */
  public static PrometheusServer ofVllm(Path folder, int port) throws IOException {
    return start(
        Files.createDirectory(folder.resolve("prometheus")),
        """
        global: {scrape_interval: 5s}
        scrape_configs:
          - job_name: vllm
            honor_labels: true
            static_configs: [{targets: ["127.0.0.1:%d"]}]
        """
            .formatted(port));
  }

  /** Starts one with {@code prometheus.yml} as given. */
  public static PrometheusServer start(Path folder, String config) throws IOException {
    assumeInstalled("prometheus");
    Path file = Files.writeString(folder.resolve("prometheus.yml"), config);
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String address = "127.0.0.1:" + port;
    File log = folder.resolve("prometheus.log").toFile();
    Process process =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + file,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=" + address)
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    PrometheusServer server = new PrometheusServer(process, "http://" + address);
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(50))
          .until(() -> !process.isAlive() || server.ready());
      if (!process.isAlive()) {
        throw new IOException("prometheus does not start: " + Files.readString(log.toPath()));
      }
    } catch (RuntimeException | IOException e) {
      server.close();
      throw e;
    }
    return server;
  }

  private boolean ready() throws InterruptedException {
    try {
      return get("/-/ready").statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  public String url() {
    return url;
  }

  /** Processor time it has used so far. */
  Duration cpuTime() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** Values of the answer's series; asserts nothing of their labels. */
  List<Double> ask(String promql) throws IOException, InterruptedException {
    JsonNode answer =
        MAPPER.readTree(
            get("/api/v1/query?query=" + URLEncoder.encode(promql, StandardCharsets.UTF_8)).body());
    if (!answer.path("status").asText().equals("success")) {
      throw new IOException(promql + ": " + answer);
    }
    List<Double> values = new ArrayList<>();
    for (JsonNode row : answer.path("data").path("result")) {
      values.add(Double.parseDouble(row.path("value").get(1).asText()));
    }
    return values;
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(url + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
