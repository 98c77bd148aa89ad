package io.kiss.cluster.scaling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.kiss.cluster.KissProcess;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Training over several processes on this machine, one with the learner, and as many rollout nodes,
 * of one worker each, as asked for, in turns with a plain loop in this JVM: a shared machine is
 * faster in one minute than in another. Arguments: numbers of rollout nodes such as {@code
 * 1,2,4,8}, seconds to warm each up, turns of each, seconds of a turn, and settings of all
 * processes such as {@code kiss.learner.epochs=1}. Needs the packaged {@code kiss} and {@code ss}.
 */
public final class ScalingBenchmark implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration UP = Duration.ofMinutes(3);

  /** What is under way when training is told to go on, or to pause, is not measured. */
  private static final long SETTLED_NANOS = 2_000_000_000L;

  private static final String HOST = "127.0.0.1";
  private static final Pattern RECEIVED = Pattern.compile("bytes_received:(\\d+)");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path folder = Files.createTempDirectory("kiss-scaling");
  private final List<KissProcess> processes = new ArrayList<>();
  private final List<Integer> ports = new ArrayList<>();
  private final List<String> jvm;
  private final int rolloutNodes;
  private final int httpPort = freePort();

  private ScalingBenchmark(int rolloutNodes, List<String> settings) throws IOException {
    this.rolloutNodes = rolloutNodes;
    jvm = new ArrayList<>(List.of("-Xmx768m", "-Dkiss.rollout.workers=" + rolloutNodes));
    settings.forEach(setting -> jvm.add("-D" + setting));
    start("control,learner,scaler", httpPort);
    for (int i = 0; i < rolloutNodes; i++) {
      start("rollout", freePort());
    }
  }

  public static void main(String[] arguments) throws Exception {
    double warmUp = Double.parseDouble(arguments[1]);
    int turns = Integer.parseInt(arguments[2]);
    double seconds = Double.parseDouble(arguments[3]);
    List<String> settings = List.of(arguments).subList(4, arguments.length);
    Config config = config(settings);
    System.out.println("learner alone       " + PlainLoop.updates(config, seconds));
    for (String number : arguments[0].split(",", -1)) {
      try (PlainLoop loop = new PlainLoop(config);
          ScalingBenchmark cluster = new ScalingBenchmark(Integer.parseInt(number), settings)) {
        cluster.start();
        LockSupport.parkNanos((long) (warmUp * 1e9));
        cluster.training("pause");
        loop.run(warmUp);
        compare(cluster, loop, turns, seconds);
      }
    }
    System.exit(0);
  }

  private static void compare(ScalingBenchmark cluster, PlainLoop loop, int turns, double seconds)
      throws IOException {
    List<Usage> plain = new ArrayList<>();
    List<Usage> together = new ArrayList<>();
    for (int turn = 0; turn < turns; turn++) {
      plain.add(loop.run(seconds));
      System.out.println("plain loop          " + plain.get(turn));
      together.add(cluster.run(seconds));
    }
    Usage.printOverhead(plain, together, cluster.rolloutNodes + " rollout nodes");
  }

  private static Config config(List<String> settings) {
    Map<String, Object> told = new HashMap<>();
    settings.forEach(each -> told.put(each.split("=", 2)[0], each.split("=", 2)[1]));
    return ConfigFactory.parseMap(told).withFallback(ConfigFactory.load()).resolve();
  }

  private void start(String roles, int port) throws IOException {
    int akka = freePort();
    ports.add(akka);
    Map<String, String> told = new HashMap<>();
    told.put("KISS_ROLES", roles);
    told.put("KISS_AKKA_PORT", Integer.toString(akka));
    told.put("KISS_SEED_NODES", HOST + ":" + ports.get(0));
    told.put("OMP_NUM_THREADS", "1");
    String data = folder.resolve("n" + processes.size()).toString();
    processes.add(
        KissProcess.start(
            folder,
            List.of(),
            jvm,
            told,
            "node",
            "--port",
            Integer.toString(port),
            "--data",
            data));
  }

  private void start() throws IOException {
    await("a node that answers", () -> get("/api/v1/training") != null);
    post("/api/v1/training/start", "{\"seconds\": 360000}");
    await("all workers", () -> workers(get("/api/v1/training")) == rolloutNodes);
  }

  private void training(String order) throws IOException {
    post("/api/v1/training/" + order, "");
    LockSupport.parkNanos(SETTLED_NANOS);
  }

  /** Lets training go on for so long, and pauses it again. */
  private Usage run(double seconds) throws IOException {
    training("resume");
    long steps = steps();
    double learner = cpu(true);
    double rollout = cpu(false);
    long up = received(ports.subList(0, 1));
    long down = received(ports.subList(1, ports.size()));
    long begun = System.nanoTime();
    LockSupport.parkNanos((long) (seconds * 1e9));
    steps = steps() - steps;
    learner = cpu(true) - learner;
    rollout = cpu(false) - rollout;
    Usage all = new Usage(steps, (System.nanoTime() - begun) / 1e9, learner + rollout);
    up = received(ports.subList(0, 1)) - up;
    down = received(ports.subList(1, ports.size())) - down;
    System.out.printf(
        "%d rollout nodes     %s: learner %.2f, rollout %.2f;"
            + " %.1f bytes a step to the learner, %.1f from it%n",
        rolloutNodes,
        all,
        learner * 1e6 / steps,
        rollout * 1e6 / steps,
        (double) up / steps,
        (double) down / steps);
    training("pause");
    return all;
  }

  private long steps() throws IOException {
    return get("/api/v1/training").path("environmentSteps").asLong();
  }

  private static int workers(JsonNode training) {
    return training == null ? 0 : training.path("workers").asInt();
  }

  private double cpu(boolean ofLearner) {
    return processes.stream()
        .skip(ofLearner ? 0 : 1)
        .limit(ofLearner ? 1 : processes.size())
        .mapToDouble(process -> Usage.cpuSeconds(process.handle()))
        .sum();
  }

  /** Bytes that came over the connections which others opened to these ports. */
  private static long received(List<Integer> ports) throws IOException {
    long sum = 0;
    for (int port : ports) {
      Process ss =
          new ProcessBuilder("ss", "-tinH", "state", "established", "sport", "=", ":" + port)
              .start();
      String listed = new String(ss.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      for (Matcher found = RECEIVED.matcher(listed); found.find(); ) {
        sum += Long.parseLong(found.group(1));
      }
    }
    return sum;
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private void await(String what, Condition condition) throws IOException {
    long begun = System.nanoTime();
    while (!condition.holds()) {
      if (System.nanoTime() - begun > UP.toNanos()) {
        throw new IllegalStateException(
            "no " + what + " after " + UP + "\n" + processes.get(0).transcript());
      }
      LockSupport.parkNanos(200_000_000);
    }
  }

  private JsonNode get(String path) throws IOException {
    return send(HttpRequest.newBuilder(uri(path)).GET());
  }

  private void post(String path, String body) throws IOException {
    send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private URI uri(String path) {
    return URI.create("http://" + HOST + ":" + httpPort + path);
  }

  /** Null where there is no answer yet. */
  private JsonNode send(HttpRequest.Builder request) throws IOException {
    try {
      HttpResponse<String> response =
          http.send(
              request.timeout(Duration.ofSeconds(10)).build(),
              HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200 ? JSON.readTree(response.body()) : null;
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws InterruptedException {
    for (KissProcess process : processes) {
      process.close();
    }
  }
}
