package io.kiss.cluster.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import io.kiss.cluster.NodeSettings;
import io.kiss.cluster.PostgresServer;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.learner.TrainingStore.SavedRun;
import io.kiss.learner.TrainingStore.StaleEpoch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the stores do on the database of a cluster, with nodes that come to it at the same time. */
class PostgresTest {
  private static PostgresServer server;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws Exception {
    assumeThat(PostgresServer.programs()).as(PostgresServer.MISSING).isPresent();
    server = PostgresServer.start();
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  private static DatabaseSettings settings(String url) {
    return new DatabaseSettings(url, "kiss", "", 4, Duration.ZERO);
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  private static SavedRun run(long iteration) {
    return new SavedRun(
        "run-1",
        7,
        TrainingProgress.State.RUNNING,
        iteration,
        100 * iteration,
        1.5,
        TrainingBudget.ofSeconds(60),
        new byte[] {1, 2, (byte) iteration});
  }

  @Test
  void nodesThatStartAtOnceMakeOneSchemaAndTakeEpochsOneByOne() throws Exception {
    String url = server.newDatabase("racing");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Database> opened = new ArrayList<>();
    try {
      List<CompletableFuture<Database>> opening = new ArrayList<>();
      for (int node = 0; node < 4; node++) {
        opening.add(CompletableFuture.supplyAsync(() -> Database.open(settings(url)), threads));
      }
      opening.forEach(one -> opened.add(one.join()));
      List<CompletionStage<Long>> racing = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        racing.add(new JdbcTrainingStore(opened.get(i % 4), threads).takeEpoch());
      }
      assertThat(racing.stream().map(PostgresTest::join).sorted().toList())
          .isEqualTo(LongStream.rangeClosed(1, 20).boxed().toList());
    } finally {
      opened.forEach(Database::close);
      threads.shutdown();
    }
  }

  @Test
  void aLearnerOfAnOlderEpochCanNotSaveFromAnotherNode() throws Exception {
    String url = server.newDatabase("fencing");
    try (Database here = Database.open(settings(url));
        Database there = Database.open(settings(url))) {
      JdbcTrainingStore old = new JdbcTrainingStore(here, Runnable::run);
      JdbcTrainingStore young = new JdbcTrainingStore(there, Runnable::run);
      long older = join(old.takeEpoch());
      join(old.save(older, run(1)));
      long newer = join(young.takeEpoch());

      assertThatThrownBy(() -> join(old.save(older, run(2))))
          .hasRootCauseInstanceOf(StaleEpoch.class);
      assertThat(join(young.load()).orElseThrow().iteration()).isEqualTo(1);
      for (int i = 3; i < 7; i++) {
        join(young.save(newer, run(i)));
      }
      assertThat(join(old.load()).orElseThrow()).usingRecursiveComparison().isEqualTo(run(6));
    }
  }

  @Test
  void aPolicyIsStoredOnceWhoeverBringsIt() throws Exception {
    try (Database database = Database.open(settings(server.newDatabase("policies")))) {
      JdbcPolicyStore store = new JdbcPolicyStore(database, Runnable::run);
      byte[] policy = {1, 2, 3};
      String sha256 = PolicySnapshot.sha256(policy);
      join(store.put(sha256, policy));
      join(store.put(sha256, policy));
      assertThat(join(store.get(sha256)).orElseThrow()).isEqualTo(policy);
    }
  }

  @Test
  void aDatabaseThatDoesNotAnswerIsWaitedForAndThenNamed() {
    DatabaseSettings nowhere =
        new DatabaseSettings(
            "jdbc:postgresql://127.0.0.1:1/kiss", "kiss", "", 2, Duration.ofMillis(100));
    long from = System.nanoTime();
    assertThatThrownBy(() -> Database.open(nowhere))
        .isInstanceOf(BootFailure.class)
        .hasMessageContaining("127.0.0.1:1")
        .hasMessageContaining("kiss.database.url");
    assertThat(System.nanoTime() - from).isGreaterThan(100_000_000);
  }

  @Test
  void aNodeKeepsItsAttachmentsDecisionsAndJournalThere() throws Exception {
    String url = server.newDatabase("node");
    String demo = "/api/v1/clusters/local/namespaces/demo";
    for (int expected : new int[] {201, 200}) {
      try (Node node = Node.boot(settings(url, folder), NodeFixture::start)) {
        assertThat(NodeFixture.call(node, "PUT", demo, "{\"mode\": \"ACTIVE\"}").statusCode())
            .isEqualTo(expected);
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .until(
                () ->
                    !NodeFixture.json(NodeFixture.call(node, "GET", demo + "/decisions", ""))
                        .at("/decisions")
                        .isEmpty());
      }
    }
  }

  private static NodeSettings settings(String url, Path data) {
    return NodeSettings.from(
        NodeSettings.load(
            data,
            Map.of(
                "kiss.data",
                data.toString(),
                "kiss.http.port",
                0,
                "kiss.database.url",
                url,
                "akka.cluster.shutdown-after-unsuccessful-join-seed-nodes",
                "off")),
        Optional.empty());
  }
}
