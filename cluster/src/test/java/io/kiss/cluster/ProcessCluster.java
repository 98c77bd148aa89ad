package io.kiss.cluster;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A cluster of {@code kiss node} processes, small enough for seven of them on two cores. */
final class ProcessCluster implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration ANSWER = Duration.ofSeconds(3);
  private static final Duration DONE = Duration.ofSeconds(45);
  private static final Duration UP = Duration.ofSeconds(120);
  private static final String TOKEN = "operator-of-the-test-cluster";

  /** What a segment of these workers holds, in environment steps. */
  static final int SEGMENT = 8 * 16;

  private static final List<String> JVM =
      List.of(
          "-Xmx256m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Dkiss.rollout.environments-per-worker=8",
          "-Dkiss.rollout.steps-per-segment=16",
          "-Dkiss.learner.minibatch=128",
          "-Dkiss.learner.hidden.0=16",
          "-Dkiss.learner.hidden.1=16",
          "-Dkiss.learner.checkpoint-interval=" + Witness.CHECKPOINT.toSeconds() + "s",
          "-Dkiss.learner.straggler-timeout=4s",
          "-Dakka.cluster.failure-detector.acceptable-heartbeat-pause=4s",
          "-Dakka.cluster.split-brain-resolver.stable-after=3s",
          "-Dakka.cluster.down-removal-margin=1s");

  /** Akka's modules, and one that adds a field to every message. */
  private static final List<String> NEXT_VERSION =
      List.of(
          "akka.serialization.jackson.AkkaJacksonModule",
          "akka.serialization.jackson.AkkaTypedJacksonModule",
          "akka.serialization.jackson.AkkaStreamJacksonModule",
          "com.fasterxml.jackson.module.paramnames.ParameterNamesModule",
          "com.fasterxml.jackson.datatype.jdk8.Jdk8Module",
          "com.fasterxml.jackson.datatype.jsr310.JavaTimeModule",
          "com.fasterxml.jackson.module.scala.DefaultScalaModule",
          NextVersionModule.class.getName());

  /** By the first letter of a node's name. */
  private static final Map<String, String> ROLES =
      Map.of("c", "control,scaler", "l", "learner", "r", "rollout");

  /**
   * A node.
   *
   * @param host that the other nodes know it by
   * @param httpHost that this test knows it by
   * @param before what its command runs in
   */
  record Spec(
      String name,
      String roles,
      String host,
      int akkaPort,
      String httpHost,
      int httpPort,
      List<String> before) {
    static Spec of(String name, String host, String httpHost, List<String> before) {
      String roles = ROLES.get(name.substring(0, 1));
      return new Spec(name, roles, host, FreePorts.take(), httpHost, FreePorts.take(), before);
    }

    /** The same with roles of its own. */
    Spec with(String otherRoles) {
      return new Spec(name, otherRoles, host, akkaPort, httpHost, httpPort, before);
    }

    String address() {
      return host + ":" + akkaPort;
    }
  }

  private final Path folder;
  private final Map<String, Spec> specs = new LinkedHashMap<>();
  private final Map<String, KissProcess> running = new HashMap<>();
  private final Map<String, String> databaseUrls;
  private final Map<String, String> environment;
  private final Set<String> upgraded = new HashSet<>();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();

  /**
   * A cluster of which nothing runs yet.
   *
   * @param databaseUrls by the host of a node
   * @param environment of all nodes besides
   */
  ProcessCluster(
      Path folder,
      List<Spec> nodes,
      Map<String, String> databaseUrls,
      Map<String, String> environment) {
    this.folder = folder;
    nodes.forEach(spec -> specs.put(spec.name(), spec));
    this.databaseUrls = databaseUrls;
    this.environment = environment;
  }

  /** Three of role control, two that may run the learner, two that run workers. */
  static List<Spec> seven(String host) {
    return List.of("c1", "c2", "c3", "l1", "l2", "r1", "r2").stream()
        .map(name -> Spec.of(name, host, host, List.of()))
        .toList();
  }

  private List<String> seeds() {
    return specs.values().stream()
        .filter(spec -> spec.roles().contains("control"))
        .map(Spec::address)
        .toList();
  }

  /** Starts a node and does not wait. */
  void start(String name) throws IOException {
    Spec spec = specs.get(name);
    Map<String, String> told = new HashMap<>(environment);
    told.put("KISS_ROLES", spec.roles());
    told.put("KISS_AKKA_HOST", spec.host());
    told.put("KISS_AKKA_PORT", Integer.toString(spec.akkaPort()));
    told.put("KISS_SEED_NODES", String.join(",", seeds()));
    told.put("KISS_HTTP_HOST", spec.httpHost());
    told.put("KISS_HTTP_OPERATOR_TOKEN", TOKEN);
    told.put("OMP_NUM_THREADS", "1");
    if (!spec.roles().equals("rollout")) {
      told.put("KISS_DATABASE_URL", databaseUrls.get(spec.host()));
    }
    running.put(
        name,
        KissProcess.start(
            folder,
            spec.before(),
            upgraded.contains(name) ? nextVersion() : JVM,
            upgraded.contains(name) ? ":" + Path.of("target", "test-classes").toAbsolutePath() : "",
            told,
            "node",
            "--port",
            Integer.toString(spec.httpPort()),
            "--data",
            folder.resolve(name).toString()));
  }

  /** From its next start on, a node writes messages as {@link NextVersionModule} has it. */
  void upgrade(String name) {
    upgraded.add(name);
  }

  private static List<String> nextVersion() {
    List<String> options = new ArrayList<>(JVM);
    options.add("-Dlogback.configurationFile=logback.xml");
    for (int i = 0; i < NEXT_VERSION.size(); i++) {
      options.add("-Dakka.serialization.jackson.jackson-modules." + i + "=" + NEXT_VERSION.get(i));
    }
    return options;
  }

  /** Starts what does not run, and waits until all are members and the learner has both workers. */
  void makeWhole() throws IOException {
    for (String name : specs.keySet()) {
      if (!isAlive(name)) {
        start(name);
      }
    }
    awaitWhole();
  }

  /** As an orchestrator does with nodes that ended, until all are members again. */
  void awaitWhole() {
    await()
        .atMost(UP)
        .pollInterval(Duration.ofMillis(500))
        .conditionEvaluationListener(
            new org.awaitility.core.ConditionEvaluationListener<Boolean>() {
              @Override
              public void conditionEvaluated(
                  org.awaitility.core.EvaluatedCondition<Boolean> condition) {}

              @Override
              public void onTimeout(org.awaitility.core.TimeoutEvent event) {
                System.out.println(transcript());
              }
            })
        .until(
            () -> {
              for (String name : specs.keySet()) {
                if (!isAlive(name)) {
                  System.out.println("node " + name + " ended and is started again");
                  start(name);
                }
              }
              return isWhole();
            });
  }

  /** Whether all nodes are members that are up. */
  boolean allUp() {
    return get("/api/v1/cluster").filter(this::allUp).isPresent();
  }

  private boolean isWhole() {
    return allUp() && training().filter(now -> now.path("workers").asInt() == 2).isPresent();
  }

  private boolean allUp(JsonNode cluster) {
    int up = 0;
    for (JsonNode member : cluster.path("members")) {
      if (member.path("status").asText().equals("up") && member.path("reachable").asBoolean()) {
        up++;
      }
    }
    return up == specs.size() && cluster.path("members").size() == specs.size();
  }

  boolean isAlive(String name) {
    KissProcess process = running.get(name);
    return process != null && process.isAlive();
  }

  /** As the other nodes know it. */
  String address(String name) {
    return specs.get(name).address();
  }

  KissProcess process(String name) {
    return running.get(name);
  }

  /**
   * Bytes that the objects in a node's heap take, garbage left out.
   *
   * @throws IOException where jcmd, which comes with the JDK, is not there or has no answer
   */
  long liveBytes(String name) throws IOException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process(name).handle().pid()),
                "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String answer = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return answer
        .lines()
        .filter(line -> line.startsWith("Total"))
        .mapToLong(line -> Long.parseLong(line.split("\\s+")[2]))
        .findFirst()
        .orElseThrow(() -> new IOException("jcmd says of " + name + ": " + answer));
  }

  List<String> names() {
    return List.copyOf(specs.keySet());
  }

  /** What any node of role control that runs and is not stopped answers. */
  Optional<JsonNode> get(String path) {
    for (Spec spec : specs.values()) {
      if (spec.roles().contains("control") && isAlive(spec.name())) {
        Optional<JsonNode> answer = get(spec.name(), path);
        if (answer.isPresent()) {
          return answer;
        }
      }
    }
    return Optional.empty();
  }

  /** What a node answers; empty where that is not a success. */
  Optional<JsonNode> get(String name, String path) {
    return send(name, "GET", path, "");
  }

  /** Has any node of role control do something. */
  void post(String path, String body) {
    send("POST", path, body);
  }

  /** Has any node of role control keep something. */
  void put(String path, String body) {
    send("PUT", path, body);
  }

  private void send(String method, String path, String body) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                specs.values().stream()
                    .filter(spec -> spec.roles().contains("control") && isAlive(spec.name()))
                    .anyMatch(spec -> send(spec.name(), method, path, body).isPresent()));
  }

  private Optional<JsonNode> send(String name, String method, String path, String body) {
    Spec spec = specs.get(name);
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(
                      URI.create("http://" + spec.httpHost() + ":" + spec.httpPort() + path))
                  .timeout(method.equals("GET") ? ANSWER : DONE)
                  .header("Authorization", "Bearer " + TOKEN)
                  .header("Content-Type", "application/json")
                  .method(method, HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return response.statusCode() / 100 == 2
          ? Optional.of(JSON.readTree(response.body()))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Where training stands, if the learner can be asked. */
  Optional<JsonNode> training() {
    return get("/api/v1/training");
  }

  /** Name of the node a singleton runs on. */
  String hostOf(String singleton) {
    return nameOf(get("/api/v1/cluster").orElseThrow().path("singletons").path(singleton).asText());
  }

  private String nameOf(String address) {
    return specs.values().stream()
        .filter(spec -> address.endsWith("@" + spec.address()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no node of this cluster is at " + address))
        .name();
  }

  /** Entities of a sharded type by the node they are on, as one node knows them. */
  Map<String, Integer> entities(String asked, String type) {
    Map<String, Integer> entities = new HashMap<>();
    get(asked, "/api/v1/cluster")
        .orElseThrow()
        .path("shards")
        .path(type)
        .fields()
        .forEachRemaining(entry -> entities.put(nameOf(entry.getKey()), entry.getValue().asInt()));
    return entities;
  }

  /** Lines of all nodes' logs that hold a text, those of earlier starts too. */
  List<String> logged(String text) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String name : specs.keySet()) {
      Path log = folder.resolve(name).resolve("logs").resolve("kiss.log");
      if (Files.exists(log)) {
        Files.readString(log)
            .lines()
            .filter(line -> line.contains(text))
            .forEach(line -> lines.add(name + ": " + line));
      }
    }
    return lines;
  }

  String transcript() {
    return running.entrySet().stream()
        .map(
            entry -> {
              List<String> lines = entry.getValue().transcript().lines().toList();
              return "==== "
                  + entry.getKey()
                  + "\n"
                  + String.join("\n", lines.subList(Math.max(0, lines.size() - 25), lines.size()));
            })
        .collect(Collectors.joining("\n"));
  }

  @Override
  public void close() throws InterruptedException {
    for (KissProcess process : running.values()) {
      process.close();
    }
  }
}
