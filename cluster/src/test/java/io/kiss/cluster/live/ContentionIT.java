package io.kiss.cluster.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kiss.cluster.FreePorts;
import io.kiss.cluster.KissProcess;
import io.kiss.cluster.kubernetes.FaultyProxy;
import io.kiss.cluster.prometheus.PrometheusServer;
import io.kiss.cluster.twin.Twin;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes that know nothing of each other, attached to one namespace of the control plane of
 * {@code KISS_IT_KUBECONFIG}, each with a wire of its own to API server and Prometheus. Whatever
 * breaks, one at a time writes; that is read off what the API server answered ({@link ApiAudit}),
 * never off what the nodes say of themselves.
 */
@Tag("slow")
class ContentionIT {
  private static final String CHAT = "chat";
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** A lease runs for 15 s; by then whoever waits for it has it, and nobody else writes. */
  private static final Duration LEASE_AND_MORE = Duration.ofSeconds(40);

  /** A tick, and what the ports may take to answer. */
  private static final Duration FRESH = Duration.ofSeconds(12);

  @TempDir Path folder;

  private final String namespace = "kiss-it-two-" + ProcessHandle.current().pid();
  private final long startedNanos = System.nanoTime();
  private final ApiAudit audit = new ApiAudit();
  private final List<Scaler> scalers = new ArrayList<>();
  private ControlPlane plane;
  private Twin twin;
  private PrometheusServer prometheus;
  private String token;
  private int scaledByOthers;

  /** A node of its own with its own database, and its wires. */
  private final class Scaler implements FaultyProxy.Tap {
    private final String name;
    private final ApiAudit.Node passing;
    private final FaultyProxy kubernetes;
    private final FaultyProxy metrics;
    private final NavigableSet<Long> measuredNanos = new ConcurrentSkipListSet<>();
    private final int port = FreePorts.take();
    private final int akkaPort = FreePorts.take();
    private final Path home;
    private KissProcess process;

    private Scaler(String name) throws IOException {
      this.name = name;
      passing = audit.node(name);
      InetAddress here = InetAddress.getLoopbackAddress();
      kubernetes = new FaultyProxy(here, plane::connect, client -> passing);
      int upstream = URI.create(prometheus.url()).getPort();
      metrics = new FaultyProxy(here, () -> new Socket(here, upstream), client -> this);
      home = Files.createDirectory(folder.resolve(name));
      Files.writeString(
          home.resolve("kubeconfig"),
          plane.kubeconfig("http://127.0.0.1:" + kubernetes.port(), token));
    }

    @Override
    public boolean request(String line) {
      return true;
    }

    /** Prometheus has answered it. */
    @Override
    public void answer(String line, String text) {
      measuredNanos.add(System.nanoTime());
    }

    private Scaler start() throws IOException {
      process =
          KissProcess.start(
              home,
              List.of(),
              List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
              Map.of(
                  "KISS_ROLES",
                  "control,learner,scaler",
                  "KISS_AKKA_PORT",
                  Integer.toString(akkaPort),
                  "KISS_SEED_NODES",
                  "127.0.0.1:" + akkaPort),
              "node",
              "--port",
              Integer.toString(port),
              "--data",
              home.resolve("data").toString());
      return this;
    }

    private Admin admin() {
      return new Admin(port, namespace);
    }

    /** What a replica can do is told, so that it can act at once. It outlives the process. */
    private void attach() {
      awaited(
          name + " takes the attachment",
          () -> {
            admin()
                .define(
                    """
                    {"kubeconfig": "%s", "prometheus": {"url": "http://127.0.0.1:%d"}}
                    """
                        .formatted(home.resolve("kubeconfig"), metrics.port()));
            admin()
                .attach(
                    """
                    {"mode": "ACTIVE", "source": "vllm", "sloMs": 1000, "maxReplicas": 8,
                     "tickSeconds": 5, "service": {"serviceTimeMs": 400, "replicaCapacity": 10,
                     "startupSeconds": 5}}
                    """);
            return true;
          });
    }

    private void close() throws Exception {
      if (process != null) {
        process.close();
      }
      kubernetes.close();
      metrics.close();
    }
  }

  @BeforeEach
  void start() throws Exception {
    String kubeconfig = System.getenv("KISS_IT_KUBECONFIG");
    assumeTrue(
        kubeconfig != null && !kubeconfig.isEmpty(),
        "KISS_IT_KUBECONFIG names no control plane to play with");
    PrometheusServer.assumeInstalled("prometheus");
    plane = new ControlPlane(new File(kubeconfig), namespace);
    plane.deploy(CHAT, 1, 5);
    token = plane.leastPrivilege();
    long seed = System.nanoTime();
    System.out.println("seed of the twin: " + seed);
    twin = Twin.start(new File(kubeconfig), namespace, CHAT, 0, seed);
    prometheus = PrometheusServer.ofVllm(folder, twin.port());
    twin.offer(26);
    for (String name : List.of("one", "two")) {
      scalers.add(new Scaler(name).start());
    }
    scalers.forEach(Scaler::attach);
  }

  @AfterEach
  void stop() throws Exception {
    for (Scaler scaler : scalers) {
      scaler.close();
    }
    for (AutoCloseable each : new AutoCloseable[] {prometheus, twin, plane}) {
      if (each != null) {
        each.close();
      }
    }
  }

  private void say(String format, Object... arguments) {
    long seconds = Duration.ofNanos(System.nanoTime() - startedNanos).toSeconds();
    System.out.printf(Locale.ROOT, "contention %3d s: %s%n", seconds, format.formatted(arguments));
  }

  private void awaited(String what, Callable<Boolean> seen) {
    try {
      await(what)
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(250))
          .ignoreExceptionsMatching(
              e ->
                  e instanceof UncheckedIOException
                      || e instanceof AssertionError
                      || e instanceof IllegalStateException)
          .until(seen);
    } catch (RuntimeException e) {
      StringBuilder all = new StringBuilder(what);
      audit.writes().forEach(write -> all.append('\n').append(write));
      audit.refused().forEach(line -> all.append('\n').append(line));
      scalers.forEach(scaler -> all.append('\n').append(scaler.process.transcript()));
      throw new AssertionError(all.toString(), e);
    }
  }

  private Scaler holder() {
    String name = audit.holder();
    return scalers.stream()
        .filter(scaler -> scaler.name.equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("nobody holds the lease"));
  }

  private Scaler other(Scaler than) {
    return scalers.get(scalers.get(0) == than ? 1 : 0);
  }

  /** Somebody else leaves too few replicas for the load, which is to be made good. */
  private void provoke() {
    if (plane.desired(CHAT) != 1) {
      plane.scale(CHAT, 1);
      scaledByOthers++;
    }
  }

  private long scalingsOf(Scaler scaler) {
    return audit.scalings().stream().filter(w -> w.node().equals(scaler.name)).count();
  }

  /** It has written since, and there are replicas enough again. */
  private void makesGood(Scaler scaler, long writtenBefore) {
    awaited(
        scaler.name + " makes it good",
        () -> scalingsOf(scaler) > writtenBefore && plane.desired(CHAT) >= 3);
  }

  /** What happens when it is provoked: the other one takes over and scales, it does not. */
  private void isFollowed(Scaler lost, String how) {
    Scaler successor = other(lost);
    long before = scalingsOf(successor);
    long since = System.nanoTime();
    awaited(successor.name + " holds", () -> audit.holder().equals(successor.name));
    provoke();
    makesGood(successor, before);
    say(
        "%s: %s held the lease, and %s makes it good after %.0f s",
        how, lost.name, successor.name, (System.nanoTime() - since) / 1e9);
    check();
  }

  private void check() {
    audit.everyScalingIsItsHolders();
    List<ApiAudit.Write> scalings = audit.scalings();
    for (int i = 1; i < scalings.size(); i++) {
      if (scalings.get(i).replicas() < scalings.get(i - 1).replicas()) {
        assertThat(isFresh(scalings.get(i))).as("telemetry for %s", scalings.get(i)).isTrue();
      }
    }
    // Each write of the specification is one that passed a wire, or one of this test's.
    assertThat(plane.generation(CHAT) - 1)
        .as("generation against %s", scalings)
        .isEqualTo(scalings.size() + scaledByOthers);
  }

  @Test
  void oneAtATimeWritesWhateverBreaks() throws Exception {
    awaited("somebody scales", () -> plane.desired(CHAT) >= 3);
    Scaler first = holder();
    say("%s holds the lease and has scaled to %d", first.name, plane.desired(CHAT));
    check();
    isKilledWithItsWriteOnTheWire();
    isKilledWhenTheServerHasTakenItsWrite();
    losesTheApiServer();
    bothLoseTheApiServer();
    standsStillBeyondItsLease();
    losesPrometheusWhileTheLoadFalls();
    say("%d scalings, refused: %s", audit.scalings().size(), audit.refused());
  }

  private static void kill(Scaler scaler) {
    try {
      scaler.process.kill();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void again(Scaler scaler) throws IOException {
    long before = scalingsOf(scaler);
    scaler.start();
    awaited(
        scaler.name + " is back and waits",
        () -> scaler.admin().status().path("problem").asText("").contains("is held by"));
    assertThat(scalingsOf(scaler)).isEqualTo(before);
  }

  private void isKilledWithItsWriteOnTheWire() throws Exception {
    Scaler killed = holder();
    long before = scalingsOf(killed);
    killed.passing.insteadOfNextScale(() -> kill(killed));
    provoke();
    awaited(killed.name + " is killed", () -> !killed.process.isAlive());
    assertThat(scalingsOf(killed)).isEqualTo(before);
    assertThat(plane.desired(CHAT)).isEqualTo(1);
    isFollowed(killed, "killed before the server had its write");
    again(killed);
  }

  private void isKilledWhenTheServerHasTakenItsWrite() throws Exception {
    Scaler killed = holder();
    long before = scalingsOf(killed);
    killed.passing.beforeNextAnswer(() -> kill(killed));
    provoke();
    awaited(killed.name + " is killed", () -> !killed.process.isAlive());
    assertThat(scalingsOf(killed)).isEqualTo(before + 1);
    assertThat(plane.desired(CHAT)).isGreaterThan(1);
    Scaler successor = other(killed);
    awaited(
        successor.name + " goes on from what was written",
        () ->
            successor.admin().deployment(CHAT).path("desiredReplicas").asInt()
                == plane.desired(CHAT));
    check();
    isFollowed(killed, "killed before it had the server's answer");
    again(killed);
  }

  private void losesTheApiServer() {
    Scaler cut = holder();
    long before = scalingsOf(cut);
    cut.kubernetes.goSilent();
    isFollowed(cut, "cut from the API server");
    cut.kubernetes.recover();
    provoke();
    makesGood(other(cut), scalingsOf(other(cut)));
    assertThat(scalingsOf(cut)).isEqualTo(before);
    check();
  }

  private void bothLoseTheApiServer() {
    scalers.forEach(scaler -> scaler.kubernetes.goSilent());
    long before = audit.scalings().size();
    provoke();
    long until = System.nanoTime() + LEASE_AND_MORE.toNanos();
    await().atMost(PATIENCE).until(() -> System.nanoTime() > until);
    assertThat(audit.scalings()).hasSize((int) before);
    assertThat(plane.desired(CHAT)).isEqualTo(1);
    scalers.forEach(scaler -> scaler.kubernetes.recover());
    long since = System.nanoTime();
    awaited("one of them makes it good", () -> plane.desired(CHAT) >= 3);
    say(
        "both cut from the API server for %d s: nothing written; good again after %.0f s",
        LEASE_AND_MORE.toSeconds(), (System.nanoTime() - since) / 1e9);
    check();
  }

  private void standsStillBeyondItsLease() throws Exception {
    Scaler stopped = holder();
    long before = scalingsOf(stopped);
    stopped.process.signal("STOP");
    try {
      isFollowed(stopped, "stopped beyond its lease");
    } finally {
      stopped.process.signal("CONT");
    }
    provoke();
    makesGood(other(stopped), scalingsOf(other(stopped)));
    assertThat(scalingsOf(stopped)).isEqualTo(before);
    check();
  }

  private void losesPrometheusWhileTheLoadFalls() {
    awaited("the load is met", () -> plane.desired(CHAT) >= 3);
    scalers.forEach(scaler -> scaler.metrics.goSilent());
    twin.offer(2);
    long until = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    await().atMost(PATIENCE).until(() -> System.nanoTime() > until);
    int replicas = plane.desired(CHAT);
    check();
    assertThat(replicas).isGreaterThanOrEqualTo(3);
    say("no Prometheus for 90 s while the load fell: %d replicas as before", replicas);
    scalers.forEach(scaler -> scaler.metrics.recover());
    awaited("fewer replicas", () -> plane.desired(CHAT) < replicas);
    say("Prometheus is back, %d replicas", plane.desired(CHAT));
    check();
  }

  /** Prometheus had answered that node shortly before. */
  private boolean isFresh(ApiAudit.Write write) {
    Scaler writer =
        scalers.stream().filter(s -> s.name.equals(write.node())).findFirst().orElseThrow();
    Long measured = writer.measuredNanos.lower(write.nanos());
    return measured != null && write.nanos() - measured < FRESH.toNanos();
  }
}
