package io.kiss.cluster.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Event;
import io.kiss.cluster.KissProcess;
import io.kiss.cluster.prometheus.PrometheusServer;
import io.kiss.cluster.twin.Twin;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole loop: {@code kiss up} in a process of its own, with the shipped roles alone, on the
 * control plane of {@code KISS_IT_KUBECONFIG} and a real Prometheus that scrapes a {@link Twin}. It
 * tells what it sees, as people would see it. About seven minutes, most of which pods take to start
 * and windows to pass.
 */
class LiveLoopIT {
  private static final String CHAT = "chat";
  private static final int STARTUP_SECONDS = 15;
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Duration SLO_WINDOW = Duration.ofSeconds(15);

  @TempDir Path folder;

  private final String namespace = "kiss-it-loop-" + ProcessHandle.current().pid();
  private final long startedNanos = System.nanoTime();
  private ControlPlane plane;
  private Twin twin;
  private PrometheusServer prometheus;
  private KissProcess node;
  private Admin admin;
  private int akkaPort;
  private int port;
  private Path access;
  private double toldUntil;

  @BeforeEach
  void start() throws Exception {
    String kubeconfig = System.getenv("KISS_IT_KUBECONFIG");
    assumeTrue(
        kubeconfig != null && !kubeconfig.isEmpty(),
        "KISS_IT_KUBECONFIG names no control plane to play with");
    PrometheusServer.assumeInstalled("prometheus");
    plane = new ControlPlane(new File(kubeconfig), namespace);
    plane.deploy(CHAT, 2, STARTUP_SECONDS);
    access = plane.leastPrivilege(folder);
    long seed = System.nanoTime();
    System.out.println("seed of the twin: " + seed);
    twin = Twin.start(new File(kubeconfig), namespace, CHAT, 0, seed);
    prometheus = PrometheusServer.ofVllm(folder, twin.port());
    port = freePort();
    akkaPort = freePort();
    admin = new Admin(port, namespace);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : new AutoCloseable[] {node, prometheus, twin, plane}) {
      if (each != null) {
        each.close();
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private KissProcess kiss(String... arguments) throws IOException {
    return KissProcess.start(
        folder,
        List.of(),
        List.of("-Xmx512m", "-XX:+UseSerialGC"),
        Map.of("KISS_AKKA_PORT", Integer.toString(akkaPort)),
        arguments);
  }

  private void up(String... more) throws IOException {
    List<String> command = new ArrayList<>(List.of("up", "--namespace", "live/" + namespace));
    command.addAll(List.of("--kubeconfig", access.toString(), "--prometheus", prometheus.url()));
    command.addAll(List.of("--source", "vllm", "--slo-ms", "1000", "--max-replicas", "10"));
    command.addAll(List.of("--tick-seconds", "5", "--port", Integer.toString(port)));
    command.addAll(List.of("--data", folder.resolve("data").toString()));
    command.addAll(List.of(more));
    node = kiss(command.toArray(String[]::new));
  }

  private void say(String format, Object... arguments) {
    long seconds = Duration.ofNanos(System.nanoTime() - startedNanos).toSeconds();
    System.out.printf(Locale.ROOT, "live-loop %3d s: %s%n", seconds, format.formatted(arguments));
  }

  /** Tells the decisions since then that would change something, each with its reason. */
  private void tellDecisions() {
    for (JsonNode decision : admin.decisionsSince(toldUntil)) {
      toldUntil = Math.nextUp(decision.path("timeSeconds").asDouble());
      if (!outcome(decision).equals("UNCHANGED")) {
        String error = decision.path("error").asText("");
        say(
            "  %d -> %d %s: %s%s",
            decision.path("current").asInt(),
            decision.path("replicas").asInt(),
            outcome(decision).toLowerCase(Locale.ROOT),
            decision.path("reason").asText(),
            error.isEmpty() || decision.path("error").isNull() ? "" : "; " + error);
      }
    }
  }

  private void awaited(String what, Callable<Boolean> seen) {
    try {
      await(what)
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .ignoreExceptionsInstanceOf(UncheckedIOException.class)
          .until(seen);
    } catch (RuntimeException e) {
      throw new AssertionError(what + "\n" + node.transcript() + "\n" + admin.status(), e);
    }
  }

  private void awaitSlo() {
    twin.takeFared();
    await("99 % of requests inside the SLO over " + SLO_WINDOW)
        .atMost(PATIENCE)
        .pollDelay(SLO_WINDOW)
        .pollInterval(SLO_WINDOW)
        .until(() -> twin.takeFared().attainment() >= 0.99);
  }

  @Test
  void aNamespaceIsWatchedThenScaledThroughASpikeAndAKillAndLeftAsItIs() throws Exception {
    watchesAndChangesNothing();
    actsAndTheSloIsRegained();
    followsASpike();
    isKilledAndItsSuccessorScalesDown();
    detachesAndLeavesReplicasAsTheyAre();
  }

  private void watchesAndChangesNothing() throws Exception {
    twin.offer(8);
    up("--policy", Path.of("../conf/policies/kiscaler.kiss").toAbsolutePath().toString());
    awaited("it is watched", () -> !admin.deployment(CHAT).path("refusal").asText("").isEmpty());
    say("attached in shadow mode, 2 pods, 8 requests/s");
    say("  %s", admin.deployment(CHAT).path("refusal").asText());
    twin.offer(26);
    say("26 requests/s, which is more than 2 pods can serve");
    awaited(
        "more replicas are wanted",
        () ->
            admin.decisionsSince(0).stream()
                .anyMatch(d -> d.path("replicas").asInt() > 2 && outcome(d).equals("SHADOWED")));
    JsonNode spec = admin.deployment(CHAT).path("workload");
    say(
        "one pod serves %.1f requests/s of %.2f s each, as estimated",
        spec.path("replicaCapacity").asDouble(), spec.path("serviceTimeSeconds").asDouble());
    tellDecisions();
    // What the twin does is not known to anybody but this test: 4 at once, 0.4 s each.
    assertThat(spec.path("replicaCapacity").asDouble()).isBetween(8.0, 11.0);
    assertThat(spec.path("serviceTimeSeconds").asDouble()).isBetween(0.3, 0.5);
    assertThat(plane.desired(CHAT)).isEqualTo(2);
    assertThat(plane.generation(CHAT)).isEqualTo(1);
    assertThat(plane.events(CHAT)).isEmpty();
    say("SLO attainment meanwhile %.0f %%", 100 * twin.takeFared().attainment());
  }

  private static String outcome(JsonNode decision) {
    return decision.path("outcome").asText();
  }

  private void actsAndTheSloIsRegained() {
    admin.mode(CHAT, "ACTIVE");
    say("switched to active");
    awaited("pods are pending", () -> plane.desired(CHAT) > 2 && plane.pending() > 0);
    say("%d replicas wanted, %d pods pending", plane.desired(CHAT), plane.pending());
    awaited("pods are ready", () -> plane.ready(CHAT) > 2 && plane.pending() == 0);
    tellDecisions();
    say("%d pods ready", plane.ready(CHAT));
    awaitSlo();
    say("SLO regained");
  }

  private void followsASpike() {
    int before = plane.desired(CHAT);
    twin.offer(60);
    twin.takeFared();
    say("spike: 60 requests/s on %d pods", before);
    awaited("more pods are ready", () -> plane.ready(CHAT) > Math.max(before, 6));
    tellDecisions();
    say(
        "%d pods ready, SLO attainment during the spike %.0f %%",
        plane.ready(CHAT), 100 * twin.takeFared().attainment());
    awaitSlo();
    say("SLO regained");
    assertThat(plane.events(CHAT))
        .allSatisfy(event -> assertThat(event.getMessage()).startsWith("Scaled to "))
        .hasSizeGreaterThanOrEqualTo(2);
    say("event on the object: %s", plane.events(CHAT).get(0).getMessage());
  }

  private void isKilledAndItsSuccessorScalesDown() throws Exception {
    tellDecisions();
    String holder = plane.holder();
    int before = plane.desired(CHAT);
    twin.offer(6);
    node.kill();
    say("6 requests/s, and the node is killed");
    up();
    awaited("the lease is taken over", () -> !plane.holder().equals(holder));
    say("started again; the lease is taken over");
    awaited("fewer replicas", () -> plane.desired(CHAT) < before);
    awaited("at most half of the pods", () -> plane.desired(CHAT) <= before / 2);
    tellDecisions();
    awaitSlo();
    say("%d pods are left, SLO kept", plane.desired(CHAT));
    everyWriteIsOnRecordAndFollowsTheOneBefore();
  }

  /** But for one that may have been taken when its node was killed. */
  private void everyWriteIsOnRecordAndFollowsTheOneBefore() {
    List<JsonNode> applied =
        admin.decisionsSince(0).stream().filter(d -> outcome(d).equals("APPLIED")).toList();
    assertThat(plane.generation(CHAT) - 1 - applied.size()).isBetween(0L, 1L);
    int gaps = 0;
    for (int i = 1; i < applied.size(); i++) {
      boolean follows =
          applied.get(i).path("current").asInt() == applied.get(i - 1).path("replicas").asInt();
      gaps += follows ? 0 : 1;
    }
    assertThat(gaps).isLessThanOrEqualTo((int) (plane.generation(CHAT) - 1 - applied.size()));
    say("%d writes, %d of them on record", plane.generation(CHAT) - 1, applied.size());
    // The kill may have come between a write and its event.
    awaited("an event of each", () -> withoutEvent(applied) <= 1);
    assertThat(plane.events(CHAT)).hasSizeLessThanOrEqualTo((int) plane.generation(CHAT) - 1);
    say("%d events on the object, each of a decision", plane.events(CHAT).size());
  }

  /** Applied decisions that no event on the object tells, with replicas and reason. */
  private long withoutEvent(List<JsonNode> applied) {
    List<String> told = plane.events(CHAT).stream().map(Event::getMessage).toList();
    return applied.stream()
        .map(
            decision ->
                "Scaled to %d: %s"
                    .formatted(decision.path("replicas").asInt(), decision.path("reason").asText()))
        .filter(message -> !told.contains(message))
        .count();
  }

  private void detachesAndLeavesReplicasAsTheyAre() throws Exception {
    try (KissProcess detach = kiss("detach", "live/" + namespace, "--url", admin.url())) {
      assertThat(detach.exitCode(PATIENCE)).as(detach.transcript()).isZero();
      say("%s", detach.output().strip());
    }
    long generation = plane.generation(CHAT);
    assertThat(plane.holder()).isEmpty();
    twin.offer(60);
    twin.takeFared();
    await("overload that nobody answers")
        .atMost(PATIENCE)
        .pollDelay(SLO_WINDOW)
        .pollInterval(SLO_WINDOW)
        .until(() -> twin.takeFared().attainment() < 0.5);
    assertThat(plane.generation(CHAT)).isEqualTo(generation);
  }
}
