package io.kiss.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The network between two halves of a training cluster is cut; both still reach the database. */
@Tag("slow")
class NetworkCutIT {
  private static final Duration BACK = Duration.ofSeconds(90);
  private static final List<String> MINORITY = List.of("c3", "l2", "r2");

  @TempDir Path folder;

  @Test
  void theHalfWithMostControlNodesTrainsOnAndTheOtherEndsItself() throws Exception {
    assumeThat(TwoNetworks.possible())
        .as("network namespaces cannot be made here: it takes root and iproute2")
        .isTrue();
    assumeThat(PostgresServer.programs()).as(PostgresServer.MISSING).isPresent();
    try (TwoNetworks networks = TwoNetworks.make();
        SharedDatabase database = SharedDatabase.start();
        ProcessCluster cluster =
            new ProcessCluster(
                folder,
                List.of("c1", "c2", "c3", "l1", "l2", "r1", "r2").stream()
                    .map(name -> spec(networks, name))
                    .toList(),
                Map.of(
                    networks.address("a"),
                    database.url(networks.outside("a")),
                    networks.address("b"),
                    database.url(networks.outside("b"))),
                Map.of())) {
      // The learner is to be in the half that loses: its candidate there is the older one.
      for (String name : List.of("c1", "c2", "c3", "l2", "r1", "r2")) {
        cluster.start(name);
      }
      await().atMost(BACK).until(() -> cluster.training().isPresent());
      cluster.makeWhole();
      cluster.post("/api/v1/training/start", "{\"seconds\": 360000}");
      assertThat(cluster.hostOf("learner")).isEqualTo("l2");
      try (Witness witness = new Witness(cluster)) {
        witness.awaitProgress("training", false, BACK);

        networks.cut();
        Duration took = witness.awaitProgress("training after the cut", true, BACK);
        System.out.println("cut between halves: training goes on after " + took.toMillis() + " ms");
        assertThat(cluster.hostOf("learner")).isEqualTo("l1");
        for (String name : MINORITY) {
          KissProcess lost = cluster.process(name);
          assertThat(lost.exitCode(BACK)).as(name + "\n" + lost.transcript()).isEqualTo(1);
        }
        await()
            .atMost(BACK)
            .until(
                () ->
                    cluster
                        .get("/api/v1/cluster")
                        .filter(now -> now.path("members").size() == 4)
                        .isPresent());
        long saved = database.ask("SELECT MAX(epoch) FROM kiss_training");
        assertThat(saved).isEqualTo(witness.epoch());

        networks.heal();
        cluster.makeWhole();
        witness.awaitProgress("training after healing", false, BACK);
        witness.check();
      }
    }
  }

  private static ProcessCluster.Spec spec(TwoNetworks networks, String name) {
    String side = MINORITY.contains(name) ? "b" : "a";
    return ProcessCluster.Spec.of(
        name, networks.address(side), networks.inside(side), networks.in(side));
  }
}
