package io.kiss.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A training cluster of seven processes on one database, in which things break. Before each case
 * all seven run, whatever the case before left; after it what a {@link Witness} saw is checked.
 */
class ClusterIT {
  private static final String NO_END = "{\"seconds\": 360000}";
  private static final Duration BACK = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static SharedDatabase database;
  private static ProcessCluster cluster;
  private static final double MIB = 1 << 20;

  /** KISim's steady states of the services it has drawn stay: 24 shapes, twice, by pods: 30 MiB. */
  private static final long MOST_GROWTH = 40 << 20;

  /** Segments of each worker before it is seen what its node holds. */
  private static final int SEGMENTS_BEGUN = 20;

  /** Of each process, by its id: what it held when it had just begun to train, and when. */
  private static final Map<Long, long[]> firstLiveBytes = new HashMap<>();

  private Witness witness;

  @BeforeAll
  static void start() throws Exception {
    database = SharedDatabase.start();
    cluster =
        new ProcessCluster(
            folder,
            ProcessCluster.seven("127.0.0.1"),
            Map.of("127.0.0.1", database.url("127.0.0.1")),
            Map.of());
  }

  /**
   * Nodes that have trained through cases of this class hold no more than when they had just begun:
   * neither segments nor messages nor those who sent them pile up.
   */
  private static void memoryIsFlat() throws Exception {
    for (String name : cluster.names()) {
      if (cluster.isAlive(name)) {
        long[] first = firstLiveBytes.getOrDefault(cluster.process(name).handle().pid(), null);
        if (first != null) {
          long now = cluster.liveBytes(name);
          System.out.printf(
              "%s: %.1f MiB alive after %d s of training, %.1f MiB at the beginning%n",
              name, now / MIB, (System.nanoTime() - first[1]) / 1_000_000_000, first[0] / MIB);
          assertThat(now).as(name).isLessThan(first[0] + MOST_GROWTH);
        }
      }
    }
  }

  @AfterAll
  static void stop() throws Exception {
    try {
      memoryIsFlat();
    } finally {
      cluster.close();
      database.close();
    }
  }

  @BeforeEach
  void makeWhole() throws Exception {
    cluster.makeWhole();
    cluster.post("/api/v1/training/start", NO_END);
    witness = new Witness(cluster);
    witness.awaitProgress("training", false, BACK);
    await("a worker has begun").atMost(BACK).until(() -> hasBegun("r1") || hasBegun("r2"));
    for (String name : cluster.names()) {
      long pid = cluster.process(name).handle().pid();
      if (!firstLiveBytes.containsKey(pid) && hasBegun(name)) {
        firstLiveBytes.put(pid, new long[] {cluster.liveBytes(name), System.nanoTime()});
      }
    }
  }

  /**
   * Whether what a node holds can be looked at first: a rollout node to which no worker has come
   * yet holds half of what it will.
   */
  private static boolean hasBegun(String name) {
    if (!name.startsWith("r")) {
      return true;
    }
    for (JsonNode worker : cluster.training().orElseThrow().path("rollout").path("workers")) {
      if (worker.path("node").asText().endsWith(cluster.address(name))
          && worker.path("segments").asLong() >= SEGMENTS_BEGUN) {
        return true;
      }
    }
    return false;
  }

  @AfterEach
  void checkWhatWasSeen() throws Exception {
    try (Witness seen = witness) {
      seen.check();
      oneLearnerAnEpoch();
      System.out.println("longest standstill " + seen.longestStandstill().toMillis() + " ms");
    }
  }

  /** Each epoch was taken by one learner, and the newest is the one the database knows. */
  private void oneLearnerAnEpoch() throws Exception {
    Map<String, String> learners = new HashMap<>();
    for (String line : cluster.logged(" steps, epoch ")) {
      String epoch = line.substring(line.lastIndexOf(' ') + 1);
      String node = line.substring(0, 2);
      assertThat(learners.merge(epoch, node, (a, b) -> a)).as(line).isEqualTo(node);
    }
    long newest = database.ask("SELECT epoch FROM kiss_epoch WHERE name = 'learner'");
    assertThat(witness.epoch()).isEqualTo(newest);
    assertThat(database.ask("SELECT MAX(epoch) FROM kiss_training")).isLessThanOrEqualTo(newest);
  }

  private void progress(String after, boolean newEpoch) {
    Duration took = witness.awaitProgress("training goes on after " + after, newEpoch, BACK);
    System.out.println(after + ": training goes on after " + took.toMillis() + " ms");
  }

  @Test
  void sevenProcessesTrainToATarget() {
    long target =
        cluster.training().orElseThrow().path("environmentSteps").asLong()
            + 100 * ProcessCluster.SEGMENT;
    cluster.post(
        "/api/v1/training/start",
        "{\"seconds\": 360000, \"environmentSteps\": %d}".formatted(target));
    await()
        .atMost(BACK)
        .until(
            () ->
                cluster
                    .training()
                    .filter(now -> now.path("state").asText().equals("COMPLETE"))
                    .isPresent());
    JsonNode done = cluster.training().orElseThrow();
    // The update that reached it learned from a segment of each worker at most.
    assertThat(done.path("environmentSteps").asLong())
        .isBetween(target, Math.max(target, target + 2 * ProcessCluster.SEGMENT));
    assertThat(done.path("workers").asInt()).isEqualTo(2);
    for (String name : cluster.names()) {
      Map<String, Integer> workers = cluster.entities(name, "rollout-worker");
      assertThat(workers.keySet())
          .as("their nodes, as %s knows them", name)
          .containsOnly("r1", "r2");
      assertThat(workers.values().stream().mapToInt(n -> n).sum())
          .as("seen by " + name)
          .isEqualTo(2);
    }
  }

  private void awaitWorkers(int number) {
    await()
        .atMost(BACK)
        .until(
            () ->
                cluster
                    .training()
                    .filter(now -> now.path("workers").asInt() == number)
                    .isPresent());
  }

  /** Each worker collects with weights that are newer than the newest there are now. */
  private void workersConverge(String what) {
    long newest = cluster.training().orElseThrow().path("iteration").asLong();
    await(what)
        .atMost(BACK)
        .until(
            () -> {
              JsonNode now = cluster.training().orElseThrow();
              int converged = 0;
              for (JsonNode worker : now.path("rollout").path("workers")) {
                assertThat(worker.path("lag").asLong()).isBetween(0L, 1L);
                converged += worker.path("iteration").asLong() >= newest ? 1 : 0;
              }
              return converged == now.path("workers").asInt();
            });
  }

  @Test
  void aKilledRolloutNodeCostsItsWorkersAMove() throws Exception {
    cluster.process("r1").kill();
    progress("kill -9 of a rollout node", false);
    awaitWorkers(2);
    progress("its workers moved", false);
    workersConverge("a worker that moved");
    cluster.makeWhole();
    workersConverge("a node that joined late");
  }

  @Test
  void theNumberOfWorkersChangesWhileItTrains() {
    cluster.post("/api/v1/training/workers", "{\"workers\": 1}");
    awaitWorkers(1);
    progress("a worker less", false);
    cluster.post("/api/v1/training/workers", "{\"workers\": 2}");
    awaitWorkers(2);
    progress("a worker more", false);
    workersConverge("a worker that was added");
  }

  @Test
  void aKilledLearnerIsFollowedByAnother() throws Exception {
    String host = cluster.hostOf("learner");
    cluster.process(host).kill();
    progress("kill -9 of the learner", true);
    assertThat(cluster.hostOf("learner")).isNotEqualTo(host);
  }

  @Test
  void aKilledOldestControlNodeCostsTrainingNothing() throws Exception {
    String host = cluster.hostOf("controller");
    cluster.process(host).kill();
    progress("kill -9 of the oldest control node", false);
    await()
        .atMost(BACK)
        .until(
            () -> cluster.get("/api/v1/policies").filter(answer -> answer.has("term")).isPresent());
    assertThat(cluster.hostOf("controller")).isNotEqualTo(host);
  }

  @Test
  @Tag("slow")
  void aLearnerThatWasStoppedFindsItselfFencedWhenItGoesOn() throws Exception {
    String host = cluster.hostOf("learner");
    KissProcess stopped = cluster.process(host);
    stopped.signal("STOP");
    try {
      progress("SIGSTOP of the learner", true);
    } finally {
      stopped.signal("CONT");
    }
    // Put out by the others, it ends with an exit code that has an orchestrator start it again.
    assertThat(stopped.exitCode(BACK)).as(stopped.transcript()).isEqualTo(1);
    assertThat(stopped.output()).contains("no longer part of its cluster");
    progress("SIGCONT of the old learner", false);
    cluster.makeWhole();
  }

  @Test
  @Tag("slow")
  void aWorkerThatWasStoppedIsReplacedAndItsOldSelfPutOut() throws Exception {
    KissProcess stopped = cluster.process("r2");
    stopped.signal("STOP");
    try {
      progress("SIGSTOP of a rollout node", false);
      await()
          .atMost(BACK)
          .until(
              () ->
                  cluster
                      .get("/api/v1/cluster")
                      .filter(now -> now.path("members").size() == 6)
                      .isPresent());
    } finally {
      stopped.signal("CONT");
    }
    assertThat(stopped.exitCode(BACK)).as(stopped.transcript()).isEqualTo(1);
    cluster.makeWhole();
    progress("its return", false);
  }

  @Test
  @Tag("slow")
  void everythingKilledAtOnceGoesOnFromTheLastCheckpoint() throws Exception {
    for (String name : cluster.names()) {
      cluster.process(name).kill();
    }
    for (String name : cluster.names()) {
      cluster.start(name);
    }
    progress("kill -9 of everything", true);
    cluster.awaitWhole();
  }

  @Test
  @Tag("slow")
  void nodesReplacedOneByOneByTheNextVersionLoseNothing() throws Exception {
    for (String name : cluster.names()) {
      JsonNode before = cluster.training().orElseThrow();
      KissProcess node = cluster.process(name);
      node.interrupt();
      assertThat(node.exitCode(BACK)).as(node.transcript()).isEqualTo(143);
      cluster.upgrade(name);
      cluster.makeWhole();
      progress("the upgrade of " + name, false);
      cluster.process(name).awaitOutput(NextVersionModule.SAID, BACK);
      JsonNode after = cluster.training().orElseThrow();
      // A learner that is asked to stop writes down what it has: nothing goes back.
      assertThat(after.path("environmentSteps").asLong())
          .as(name)
          .isGreaterThanOrEqualTo(before.path("environmentSteps").asLong());
    }
    assertThat(List.copyOf(cluster.names())).allMatch(cluster::isAlive);
  }
}
