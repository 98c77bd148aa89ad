package io.kiss.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import com.typesafe.config.Config;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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

class BootstrapTest {
  private static final Duration FOUND = Duration.ofSeconds(60);

  @TempDir Path home;
  private final int managementPort = FreePorts.take();
  private final List<ActorSystem<Void>> systems = new ArrayList<>();

  @AfterEach
  void stop() {
    systems.forEach(ActorSystem::terminate);
    systems.forEach(system -> system.getWhenTerminated().toCompletableFuture().join());
  }

  private ActorSystem<Void> node(String host, String roles, int dnsPort) {
    Map<String, Object> flags = new HashMap<>();
    flags.put("kiss.cluster.roles", roles);
    flags.put("kiss.cluster.host", host);
    flags.put("kiss.cluster.port", FreePorts.take());
    flags.put("kiss.cluster.discovery.method", "dns");
    flags.put("kiss.cluster.discovery.service", "control.kiss.test");
    flags.put("kiss.cluster.discovery.contact-points", 2);
    flags.put("kiss.cluster.management.port", managementPort);
    flags.put("akka.io.dns.async-dns.nameservers", List.of("127.0.0.1:" + dnsPort));
    flags.put("akka.management.cluster.bootstrap.contact-point-discovery.stable-margin", "1s");
    Config config = NodeSettings.loadNode(home, flags);
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), Node.SYSTEM, config);
    systems.add(system);
    Node.join(system, ClusterSettings.from(config));
    return system;
  }

  private static long up(ActorSystem<?> system) {
    return StreamSupport.stream(Cluster.get(system).state().getMembers().spliterator(), false)
        .filter(member -> member.status().equals(MemberStatus.up()))
        .count();
  }

  @Test
  void nodesThatKnowAnotherByANameOnlyFormOneCluster() throws Exception {
    try (DnsServer dns =
        new DnsServer(
            List.of(InetAddress.getByName("127.0.0.1"), InetAddress.getByName("127.0.0.2")))) {
      ActorSystem<Void> worker = node("127.0.0.3", "rollout", dns.port());
      ActorSystem<Void> first = node("127.0.0.1", "control", dns.port());
      ActorSystem<Void> second = node("127.0.0.2", "control", dns.port());

      await().atMost(FOUND).until(() -> up(worker) == 3 && up(first) == 3 && up(second) == 3);
    }
    managementTellsAndDoesNotListen();
  }

  private void managementTellsAndDoesNotListen() throws Exception {
    URI members = URI.create("http://127.0.0.1:" + managementPort + "/cluster/members/");
    HttpClient http = HttpClient.newHttpClient();
    HttpResponse<String> told =
        http.send(HttpRequest.newBuilder(members).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(told.statusCode()).isEqualTo(200);
    assertThat(told.body()).contains("127.0.0.3");
    HttpRequest order =
        HttpRequest.newBuilder(URI.create(members + "kiss@127.0.0.3:1"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .PUT(HttpRequest.BodyPublishers.ofString("operation=Down"))
            .build();
    assertThat(http.send(order, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isBetween(400, 499);
  }
}
