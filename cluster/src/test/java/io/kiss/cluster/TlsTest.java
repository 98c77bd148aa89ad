package io.kiss.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import com.typesafe.config.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
  private static final Path SCRIPT =
      Path.of("..", "conf", "tls", "make-test-certificates").toAbsolutePath().normalize();
  private static final Duration JOINED = Duration.ofSeconds(30);

  @TempDir Path folder;
  private final List<ActorSystem<Void>> systems = new ArrayList<>();

  @AfterEach
  void stop() {
    systems.forEach(ActorSystem::terminate);
    systems.forEach(system -> system.getWhenTerminated().toCompletableFuture().join());
  }

  private Path certificates(String name) throws Exception {
    assumeThat(Files.isExecutable(Path.of("/usr/bin/openssl")))
        .as("openssl is not installed")
        .isTrue();
    Path made = folder.resolve(name);
    Process script =
        new ProcessBuilder(SCRIPT.toString(), made.toString()).redirectErrorStream(true).start();
    String said = new String(script.getInputStream().readAllBytes());
    assertThat(script.waitFor()).as(said).isZero();
    return made;
  }

  private ActorSystem<Void> node(String tls, int port, int seed) {
    Map<String, Object> flags = new HashMap<>();
    flags.put("kiss.cluster.roles", "rollout");
    flags.put("kiss.cluster.port", port);
    flags.put("kiss.cluster.seed-nodes", "127.0.0.1:" + seed);
    flags.put("kiss.cluster.tls.directory", tls);
    flags.put("akka.cluster.split-brain-resolver.keep-majority.role", "");
    Config config = NodeSettings.loadNode(folder, flags);
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), Node.SYSTEM, config);
    systems.add(system);
    return system;
  }

  private static long up(ActorSystem<?> system) {
    return StreamSupport.stream(Cluster.get(system).state().getMembers().spliterator(), false)
        .filter(member -> member.status().equals(MemberStatus.up()))
        .count();
  }

  @Test
  void nodesOfOneCaFormAClusterAndStrangersStayOutside() throws Exception {
    String ours = certificates("ours").toString();
    String theirs = certificates("theirs").toString();
    int seed = FreePorts.take();
    ActorSystem<Void> first = node(ours, seed, seed);
    ActorSystem<Void> second = node(ours, FreePorts.take(), seed);
    await().atMost(JOINED).until(() -> up(first) == 2 && up(second) == 2);

    ActorSystem<Void> otherCa = node(theirs, FreePorts.take(), seed);
    ActorSystem<Void> noTls = node("", FreePorts.take(), seed);
    // Time enough for a node that may: those two took less, and are in the same process.
    await()
        .during(Duration.ofSeconds(6))
        .atMost(Duration.ofSeconds(10))
        .until(() -> up(first) == 2 && up(otherCa) == 0 && up(noTls) == 0);
  }
}
