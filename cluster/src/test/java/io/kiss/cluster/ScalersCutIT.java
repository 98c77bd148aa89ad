package io.kiss.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kiss.cluster.kubernetes.FaultyProxy;
import io.kiss.cluster.live.ApiAudit;
import io.kiss.cluster.live.ControlPlane;
import io.kiss.cluster.prometheus.PrometheusServer;
import io.kiss.cluster.twin.Twin;
import java.io.File;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes of one cluster with the scalers of a namespace of the control plane of {@code
 * KISS_IT_KUBECONFIG}; the network between them is cut, with the lease in the smaller half. Both
 * halves still reach API server, Prometheus and database.
 */
@Tag("slow")
class ScalersCutIT {
  private static final String CHAT = "chat";
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String LIVE = "/api/v1/clusters/live";

  @TempDir Path folder;

  private final String namespace = "kiss-it-cut-" + ProcessHandle.current().pid();
  private final ApiAudit audit = new ApiAudit();
  private int scaledByOthers;

  @Test
  void theSmallerHalfStopsWritingBeforeTheLargerBegins() throws Exception {
    String kubeconfig = System.getenv("KISS_IT_KUBECONFIG");
    assumeTrue(
        kubeconfig != null && !kubeconfig.isEmpty(),
        "KISS_IT_KUBECONFIG names no control plane to play with");
    assumeThat(TwoNetworks.possible())
        .as("network namespaces cannot be made here: it takes root and iproute2")
        .isTrue();
    assumeThat(PostgresServer.programs()).as(PostgresServer.MISSING).isPresent();
    PrometheusServer.assumeInstalled("prometheus");
    long seed = System.nanoTime();
    System.out.println("seed of the twin: " + seed);
    try (TwoNetworks networks = TwoNetworks.make();
        SharedDatabase database = SharedDatabase.start();
        ControlPlane plane = new ControlPlane(new File(kubeconfig), namespace);
        Twin twin = Twin.start(new File(kubeconfig), namespace, CHAT, 0, seed);
        PrometheusServer prometheus = PrometheusServer.ofVllm(folder, twin.port())) {
      plane.deploy(CHAT, 1, 5);
      InetAddress both = InetAddress.getByName(networks.both());
      ApiAudit.Node larger = audit.node("larger half");
      ApiAudit.Node smaller = audit.node("smaller half");
      String ofSmaller = networks.inside("b");
      int asked = URI.create(prometheus.url()).getPort();
      try (FaultyProxy api =
              new FaultyProxy(
                  both,
                  plane::connect,
                  client -> client.getHostAddress().equals(ofSmaller) ? smaller : larger);
          FaultyProxy metrics =
              new FaultyProxy(
                  both, () -> new Socket("127.0.0.1", asked), client -> FaultyProxy.UNSEEN);
          ProcessCluster cluster =
              new ProcessCluster(
                  folder,
                  List.of(spec(networks, "c1"), spec(networks, "c2"), spec(networks, "c3")),
                  Map.of(
                      networks.address("a"),
                      database.url(networks.outside("a")),
                      networks.address("b"),
                      database.url(networks.outside("b"))),
                  Map.of())) {
        Path access =
            Files.writeString(
                folder.resolve("kubeconfig"),
                plane.kubeconfig(
                    "http://%s:%d".formatted(networks.both(), api.port()), plane.leastPrivilege()));
        twin.offer(26);
        // The namespace is to be in the half that loses: only its node takes any yet.
        cluster.start("c1");
        cluster.start("c2");
        // Starting takes a busy machine longer than a request is tried for.
        awaited(
            cluster,
            "two members",
            () ->
                cluster
                    .get("c2", "/api/v1/cluster")
                    .filter(view -> view.path("members").size() == 2)
                    .isPresent());
        attach(cluster, access, "http://%s:%d".formatted(networks.both(), metrics.port()));
        awaited(cluster, "scaled", () -> plane.desired(CHAT) >= 3);
        cluster.start("c3");
        awaited(cluster, "three members", cluster::allUp);
        assertThat(audit.holder()).isEqualTo("smaller half");
        check(plane);

        networks.cut();
        long cut = System.nanoTime();
        provoke(plane);
        awaited(
            cluster, "the larger half holds the lease", () -> audit.holder().equals("larger half"));
        provoke(plane);
        awaited(cluster, "it is made good", () -> plane.desired(CHAT) >= 3);
        System.out.printf(
            "cut between scalers: the larger half has the lease and has scaled after %.0f s%n",
            (System.nanoTime() - cut) / 1e9);
        check(plane);
        assertThat(cluster.process("c2").exitCode(PATIENCE)).isEqualTo(1);

        networks.heal();
        cluster.start("c2");
        awaited(cluster, "three members again", cluster::allUp);
        provoke(plane);
        awaited(cluster, "it is made good again", () -> plane.desired(CHAT) >= 3);
        check(plane);
        System.out.println(audit.scalings().size() + " scalings");
      }
    }
  }

  /** The second node is in the smaller half; the first, which is there first, scales nothing. */
  private static ProcessCluster.Spec spec(TwoNetworks networks, String name) {
    String side = name.equals("c2") ? "b" : "a";
    ProcessCluster.Spec usual =
        ProcessCluster.Spec.of(
            name, networks.address(side), networks.inside(side), networks.in(side));
    return name.equals("c1") ? usual.with("control") : usual;
  }

  private void attach(ProcessCluster cluster, Path kubeconfig, String prometheus) {
    cluster.put(
        LIVE,
        "{\"kubeconfig\": \"%s\", \"prometheus\": {\"url\": \"%s\"}}"
            .formatted(kubeconfig, prometheus));
    cluster.put(
        LIVE + "/namespaces/" + namespace,
        """
        {"mode": "ACTIVE", "source": "vllm", "sloMs": 1000, "maxReplicas": 8, "tickSeconds": 5,
         "service": {"serviceTimeMs": 400, "replicaCapacity": 10, "startupSeconds": 5}}
        """);
  }

  /** Somebody else leaves too few replicas for the load, which is to be made good. */
  private void provoke(ControlPlane plane) {
    if (plane.desired(CHAT) != 1) {
      plane.scale(CHAT, 1);
      scaledByOthers++;
    }
  }

  /** What the API server took: nobody but the lease's holder, and nothing that passed no wire. */
  private void check(ControlPlane plane) {
    audit.everyScalingIsItsHolders();
    assertThat(plane.generation(CHAT) - 1).isEqualTo(audit.scalings().size() + scaledByOthers);
  }

  private void awaited(ProcessCluster cluster, String what, Callable<Boolean> seen) {
    try {
      await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(250)).until(seen);
    } catch (RuntimeException e) {
      throw new AssertionError(what + "\n" + audit.writes() + "\n" + cluster.transcript(), e);
    }
  }
}
