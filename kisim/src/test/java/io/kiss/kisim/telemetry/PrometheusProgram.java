package io.kiss.kisim.telemetry;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Prometheus on a loopback port. Samples come in by remote write, so that their timestamps are
 * exact, nothing waits for a scrape, and staleness markers can be written too.
 */
final class PrometheusProgram implements AutoCloseable {
  /** Prometheus tells a staleness marker from other NaNs by these bits. */
  private static final long STALE = 0x7ff0000000000002L;

  private static final Pattern VERSION = Pattern.compile("\"version\":\"(\\d+)\\.(\\d+)");
  private static final Pattern SERIES =
      Pattern.compile("\\{\"metric\":\\{([^}]*)\\},\"value\":\\[[^,]*,\"([^\"]*)\"\\]\\}");
  private static final Pattern LABEL = Pattern.compile("\"series\":\"([^\"]*)\"");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final String url;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

  private PrometheusProgram(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  /** Starts one that keeps its data in {@code folder}; skips the test where none is installed. */
  static PrometheusProgram start(Path folder) throws IOException {
    assumeTrue(
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "prometheus"))),
        "prometheus is not installed");
    Path config = Files.writeString(folder.resolve("prometheus.yml"), "global: {}\n");
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String address = "127.0.0.1:" + port;
    File log = folder.resolve("prometheus.log").toFile();
    Process process =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--storage.tsdb.retention.time=100y",
                "--web.listen-address=" + address,
                "--web.enable-remote-write-receiver")
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    PrometheusProgram program = new PrometheusProgram(process, "http://" + address);
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(100))
          .until(() -> !process.isAlive() || program.ready());
      if (!process.isAlive()) {
        throw new IOException("prometheus does not start: " + Files.readString(log.toPath()));
      }
    } catch (RuntimeException | IOException e) {
      program.close();
      throw e;
    }
    return program;
  }

  private boolean ready() throws InterruptedException {
    try {
      return http.send(
                  HttpRequest.newBuilder(URI.create(url + "/-/ready")).build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Which release's rules it follows. */
  PromqlRules rules() throws IOException, InterruptedException {
    Matcher version = VERSION.matcher(get("/api/v1/status/buildinfo"));
    assumeTrue(version.find(), "prometheus does not say its version");
    int major = Integer.parseInt(version.group(1));
    int minor = Integer.parseInt(version.group(2));
    boolean between = major == 2 && (minor == 49 || minor == 50);
    assumeTrue(!between, "2.49 and 2.50 mix two sets of rules; none is modelled");
    if (major >= 3) {
      return PromqlRules.V3;
    }
    return minor >= 51 ? PromqlRules.V2_51 : PromqlRules.V2_42;
  }

  /**
   * Adds a series to what {@link #write} sends.
   *
   * @param labels besides {@code __name__}
   * @param values {@code NaN} for a staleness marker
   */
  void add(String metric, Map<String, String> labels, long[] millis, double[] values) {
    ByteArrayOutputStream series = new ByteArrayOutputStream();
    Map<String, String> sorted = new TreeMap<>(labels);
    sorted.put("__name__", metric);
    sorted.forEach(
        (name, value) -> {
          ByteArrayOutputStream label = new ByteArrayOutputStream();
          field(label, 1, name.getBytes(StandardCharsets.UTF_8));
          field(label, 2, value.getBytes(StandardCharsets.UTF_8));
          field(series, 1, label.toByteArray());
        });
    for (int i = 0; i < millis.length; i++) {
      ByteArrayOutputStream sample = new ByteArrayOutputStream();
      sample.write(1 << 3 | 1);
      long bits = Double.isNaN(values[i]) ? STALE : Double.doubleToLongBits(values[i]);
      sample.writeBytes(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(bits).array());
      sample.write(2 << 3);
      varint(sample, millis[i]);
      field(series, 2, sample.toByteArray());
    }
    field(pending, 1, series.toByteArray());
  }

  /** Sends all that was added. */
  void write() throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(url + "/api/v1/write"))
                .header("Content-Encoding", "snappy")
                .header("Content-Type", "application/x-protobuf")
                .header("X-Prometheus-Remote-Write-Version", "0.1.0")
                .POST(HttpRequest.BodyPublishers.ofByteArray(snappy(pending.toByteArray())))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    pending.reset();
    if (answer.statusCode() / 100 != 2) {
      throw new IOException("remote write: " + answer.statusCode() + " " + answer.body());
    }
  }

  /** Value of each series of the answer by its label {@code series}, "" where it has none. */
  Map<String, Double> query(String promql, long millis) throws IOException, InterruptedException {
    String body =
        get(
            "/api/v1/query?query="
                + URLEncoder.encode(promql, StandardCharsets.UTF_8)
                + "&time="
                + String.format("%d.%03d", millis / 1000, millis % 1000));
    if (!body.startsWith("{\"status\":\"success\"")) {
      throw new IOException(promql + ": " + body);
    }
    Map<String, Double> values = new HashMap<>();
    Matcher series = SERIES.matcher(body);
    while (series.find()) {
      Matcher label = LABEL.matcher(series.group(1));
      values.put(label.find() ? label.group(1) : "", number(series.group(2)));
    }
    return values;
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  private String get(String path) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create(url + path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static void field(ByteArrayOutputStream out, int number, byte[] bytes) {
    out.write(number << 3 | 2);
    varint(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      out.write((int) (left & 0x7f | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }

  /** Snappy's block format with literals only: valid, and no smaller. */
  private static byte[] snappy(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    varint(out, bytes.length);
    for (int from = 0; from < bytes.length; from += 1 << 16) {
      int length = Math.min(1 << 16, bytes.length - from);
      out.write(61 << 2);
      out.write(length - 1 & 0xff);
      out.write(length - 1 >> 8);
      out.write(bytes, from, length);
    }
    return out.toByteArray();
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
