package io.kiss.cluster.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.ActorSystem;
import akka.stream.javadsl.Sink;
import com.typesafe.config.ConfigFactory;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.cluster.boot.DataDirectory;
import io.kiss.kisim.autoscale.DecisionSource;
import io.kiss.kisim.autoscale.Guard;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.TelemetrySample;
import io.kiss.learner.TrainingStore.SavedRun;
import io.kiss.learner.TrainingStore.StaleEpoch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdbcStoresTest {
  private static final Executor HERE = Runnable::run;

  @TempDir Path folder;
  private DatabaseSettings settings;
  private Database database;

  @BeforeEach
  void open() {
    settings =
        DatabaseSettings.from(
            ConfigFactory.parseString(
                "{url = \"\", user = kiss, password = \"\", connections = 4, patience = 0s}"),
            DataDirectory.open(folder));
    database = Database.open(settings);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void everyEpochTakenIsLargerThanAllBefore() {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      JdbcTrainingStore store = new JdbcTrainingStore(database, threads);
      List<CompletionStage<Long>> racing = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        racing.add(store.takeEpoch());
      }
      assertThat(racing.stream().map(JdbcStoresTest::join).sorted().toList())
          .isEqualTo(java.util.stream.LongStream.rangeClosed(1, 20).boxed().toList());
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void aLearnerOfAnOlderEpochCanNotSave() {
    JdbcTrainingStore store = new JdbcTrainingStore(database, HERE);
    long older = join(store.takeEpoch());
    join(store.save(older, run(1)));
    long newer = join(store.takeEpoch());

    assertThatThrownBy(() -> join(store.save(older, run(2))))
        .hasRootCauseInstanceOf(StaleEpoch.class);
    assertThat(join(store.load()).orElseThrow().iteration()).isEqualTo(1);
    join(store.save(newer, run(3)));
    assertThat(join(store.load()).orElseThrow().iteration()).isEqualTo(3);
  }

  @Test
  void aRunComesBackAsItWasAfterTheDatabaseWasClosed() {
    JdbcTrainingStore store = new JdbcTrainingStore(database, HERE);
    join(store.save(join(store.takeEpoch()), run(7)));
    database.close();
    database = Database.open(settings);

    assertThat(join(new JdbcTrainingStore(database, HERE).load()).orElseThrow())
        .usingRecursiveComparison()
        .isEqualTo(run(7));
  }

  @Test
  void aDamagedCheckpointFallsBackToTheOneBefore() throws SQLException {
    JdbcTrainingStore store = new JdbcTrainingStore(database, HERE);
    long epoch = join(store.takeEpoch());
    for (int i = 1; i <= 4; i++) {
      join(store.save(epoch, run(i)));
    }
    byte[] torn = run(4).checkpoint();
    torn[500] ^= 1;
    overwrite("UPDATE kiss_training SET checkpoint = ? WHERE iteration = 4", torn);
    assertThat(join(store.load()).orElseThrow().iteration()).isEqualTo(3);

    overwrite("UPDATE kiss_training SET checkpoint = ?", new byte[0]);
    assertThatThrownBy(() -> join(store.load())).hasMessageContaining("all saves");
  }

  @Test
  void aPolicyComesBackUnderItsHashAndADamagedOneIsRefused() throws SQLException {
    JdbcPolicyStore store = new JdbcPolicyStore(database, HERE);
    byte[] policy = {1, 2, 3};
    String sha256 = PolicySnapshot.sha256(policy);
    join(store.put(sha256, policy));
    join(store.put(sha256, policy));

    assertThat(join(store.get(sha256))).hasValue(policy);
    assertThat(join(store.get("0".repeat(64)))).isEmpty();
    assertThatThrownBy(() -> join(store.put("0".repeat(64), policy)))
        .hasMessageContaining("SHA-256");
    overwrite("UPDATE kiss_policy SET policy = ?", new byte[] {1, 2, 4});
    assertThatThrownBy(() -> join(store.get(sha256))).hasMessageContaining("damaged");
  }

  @Test
  void decisionsComeNewestFirstPageByPageAndOnlyTheOnesAskedFor() {
    JdbcDecisionJournal journal = journal(new AtomicLong());
    List<DecisionRecord> batch = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      // Two at a time share their second: the id decides then.
      batch.add(decision("d%02d".formatted(i), i % 2 == 0 ? "a" : "b", 100 + i / 2));
    }
    join(journal.append(batch));
    join(journal.append(batch.subList(0, 2)));

    assertThat(ids(journal, Optional.empty(), Optional.empty(), 3))
        .containsExactly("d09", "d08", "d07");
    assertThat(ids(journal, Optional.empty(), Optional.of("d07"), 3))
        .containsExactly("d06", "d05", "d04");
    assertThat(ids(journal, Optional.of("a"), Optional.of("d04"), 5)).containsExactly("d02", "d00");
    assertThatThrownBy(() -> ids(journal, Optional.empty(), Optional.of("nobody"), 5))
        .hasMessageContaining("nobody");
  }

  @Test
  void theNewestDecisionAboutEachDeploymentIsFoundWhereThereIsOne() {
    JdbcDecisionJournal journal = journal(new AtomicLong());
    List<DecisionRecord> batch = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      batch.add(decision("d%02d".formatted(i), i % 3 == 0 ? "a" : "b", 100 - i / 2));
    }
    join(journal.append(batch));
    NamespaceRef namespace = new NamespaceRef(batch.get(0).cluster(), batch.get(0).namespace());
    assertThat(join(journal.newest(namespace, Set.of("a", "b", "never"))))
        .extracting(DecisionRecord::id)
        .containsExactlyInAnyOrder("d00", "d01");
    assertThat(join(journal.newest(new NamespaceRef("other", "demo"), Set.of("a")))).isEmpty();
  }

  @Test
  void aDecisionComesBackWithEverythingIncludingWhatWasNotMeasured() {
    JdbcDecisionJournal journal = journal(new AtomicLong());
    DecisionRecord record = decision("one", "a", 5);
    join(journal.append(List.of(record)));

    DecisionRecord read =
        join(journal.query(new DecisionQuery(all(Optional.of("a")), Optional.empty(), 1))).get(0);
    assertThat(read)
        .usingRecursiveComparison()
        .withEqualsForType(Double::equals, Double.class)
        .isEqualTo(record);
    assertThat(read.telemetry().p95LatencySeconds()).isNaN();
  }

  @Test
  void aRangeOfTimeHasItsBeginningButNotItsEnd() {
    JdbcDecisionJournal journal = journal(new AtomicLong());
    join(
        journal.append(
            List.of(
                decision("d1", "a", 100),
                decision("d2", "b", 110),
                decision("d3", "a", 120),
                decision("d4", "a", 130))));

    DecisionRange range =
        new DecisionRange("c", "n", Optional.of("a"), Optional.of(100.0), Optional.of(130.0));

    assertThat(
            join(journal.query(new DecisionQuery(range, Optional.empty(), 9))).stream()
                .map(DecisionRecord::id))
        .containsExactly("d3", "d1");
    assertThatThrownBy(
            () -> new DecisionRange("c", "n", Optional.empty(), Optional.of(2.0), Optional.of(2.0)))
        .hasMessageContaining("from must be earlier than to");
  }

  @Test
  void anExportHasEveryDecisionOfItsRangeOnceAndOldestFirst() {
    JdbcDecisionJournal journal = journal(new AtomicLong());
    List<DecisionRecord> batch = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    // More than two pages, a hundred to a second, so that pages end within one.
    for (int i = 0; i < 2100; i++) {
      String id = "d%04d".formatted(i);
      batch.add(decision(id, "a", i / 100));
      if (i >= 100) {
        expected.add(id);
      }
    }
    join(journal.append(batch));
    ActorSystem system = ActorSystem.create("export");
    try {
      List<String> exported =
          join(
              journal.stream(
                      new DecisionRange(
                          "c", "n", Optional.empty(), Optional.of(1.0), Optional.empty()))
                  .map(DecisionRecord::id)
                  .runWith(Sink.seq(), system));
      assertThat(exported).isEqualTo(expected);
    } finally {
      system.terminate();
    }
  }

  @Test
  void decisionsOlderThanTheRetentionGo() {
    AtomicLong now = new AtomicLong(0);
    JdbcDecisionJournal journal = journal(now);
    join(journal.append(List.of(decision("old", "a", 1))));
    now.set(Duration.ofHours(2).toMillis());
    join(journal.append(List.of(decision("new", "a", 2))));

    assertThat(ids(journal, Optional.empty(), Optional.empty(), 9)).containsExactly("new");
  }

  @Test
  void manyOldDecisionsGoAFewAtATimeAndNoneThatIsYoungEnough() {
    AtomicLong now = new AtomicLong(0);
    JdbcDecisionJournal journal = journal(now);
    for (int moment = 0; moment < 50; moment++) {
      now.set(moment);
      List<DecisionRecord> batch = new ArrayList<>();
      for (int i = 0; i < 70; i++) {
        batch.add(decision("%02d-%02d".formatted(moment, i), "a", moment));
      }
      join(journal.append(batch));
    }
    // All but the last moment are an hour old.
    now.set(Duration.ofHours(1).toMillis() + 49);
    join(journal.append(List.of(decision("new", "a", 99))));
    assertThat(ids(journal, Optional.empty(), Optional.empty(), 99))
        .hasSize(71)
        .allMatch(id -> id.equals("new") || id.startsWith("49-"));
  }

  @Test
  void aFileThatAnotherProcessHasOpenIsABootFailure() throws Exception {
    database.close();
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                settings.url())
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(other.inputReader().readLine()).isEqualTo("open");
      assertThatThrownBy(() -> Database.open(settings))
          .isInstanceOf(BootFailure.class)
          .hasMessageContaining("in use by another process")
          .hasMessageContaining(folder.toString());
    } finally {
      other.destroyForcibly().waitFor();
    }
    // Killed with SIGKILL: what it had committed is there, and nothing stays locked.
    database = Database.open(settings);
    assertThat(join(new JdbcPolicyStore(database, HERE).get(Holder.SHA256)))
        .hasValue(Holder.POLICY);
  }

  /** The other process: opens the database, commits something, and stays until it is killed. */
  static final class Holder {
    static final byte[] POLICY = {9, 8, 7};
    static final String SHA256 = PolicySnapshot.sha256(POLICY);

    public static void main(String[] args) throws Exception {
      Database database =
          Database.open(new DatabaseSettings(args[0], "kiss", "", 2, Duration.ZERO));
      join(new JdbcPolicyStore(database, HERE).put(SHA256, POLICY));
      System.out.println("open");
      Thread.currentThread().join();
    }
  }

  @Test
  void aDamagedFileIsABootFailure() throws IOException {
    database.close();
    Path file = folder.resolve("kiss.mv.db");
    Files.write(file, new byte[8192]);
    assertThatThrownBy(() -> Database.open(settings))
        .isInstanceOf(BootFailure.class)
        .hasMessageContaining("is damaged")
        .hasMessageContaining(file.toString());
    Files.delete(file);
  }

  @Test
  void aSchemaOfANewerVersionIsABootFailure() throws SQLException {
    overwrite("INSERT INTO kiss_schema VALUES (99, LENGTH(?))", new byte[0]);
    assertThatThrownBy(() -> Database.open(settings))
        .isInstanceOf(BootFailure.class)
        .hasMessageContaining("schema 99");
  }

  @Test
  void aDataFolderThatIsAFileOrCanNotBeWrittenIsABootFailure() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    for (Path bad : List.of(file, Path.of("/proc/kiss"))) {
      assertThatThrownBy(() -> DataDirectory.open(bad))
          .isInstanceOf(BootFailure.class)
          .hasMessageContaining(bad.toString())
          .hasMessageContaining("--data");
    }
  }

  private static DecisionRange all(Optional<String> deployment) {
    return new DecisionRange("c", "n", deployment, Optional.empty(), Optional.empty());
  }

  private JdbcDecisionJournal journal(AtomicLong wallMillis) {
    return new JdbcDecisionJournal(database, HERE, Duration.ofHours(1), wallMillis::get);
  }

  private static List<String> ids(
      JdbcDecisionJournal journal,
      Optional<String> deployment,
      Optional<String> before,
      int limit) {
    return join(journal.query(new DecisionQuery(all(deployment), before, limit))).stream()
        .map(DecisionRecord::id)
        .toList();
  }

  private void overwrite(String sql, byte[] bytes) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(settings.url(), settings.user(), settings.password());
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setBytes(1, bytes);
      statement.executeUpdate();
    }
  }

  private static SavedRun run(int iteration) {
    byte[] checkpoint = new byte[3000];
    new java.util.Random(iteration).nextBytes(checkpoint);
    return new SavedRun(
        "run-1",
        42,
        TrainingProgress.State.RUNNING,
        iteration,
        1000L * iteration,
        1.5 * iteration,
        new TrainingBudget(120, Long.MAX_VALUE),
        checkpoint);
  }

  static DecisionRecord decision(String id, String deployment, double time) {
    return new DecisionRecord(
        id,
        "c",
        "n",
        deployment,
        time,
        Optional.of("p1"),
        3,
        new TelemetrySample(
            time,
            4,
            12.5,
            12,
            0.1,
            Double.NaN,
            0.01,
            2,
            1.5,
            0.7,
            4,
            3,
            0,
            false,
            new double[] {30}),
        DecisionSource.POLICY,
        4,
        6,
        5,
        8,
        new float[] {0.25f, -1},
        new float[] {0.5f, 0.5f},
        Set.of(Guard.STEP_UP),
        new byte[] {1, 2},
        "because",
        DecisionRecord.Outcome.APPLIED,
        Optional.empty(),
        Optional.of(new WorkloadSpec("web", 1, 20, 0.5, 0.05, 40, 60, 10, 15)),
        Optional.of(GuardSettings.DEFAULT),
        Optional.of(new DecisionRecord.BudgetLimit(8, 6, 5, 1)));
  }

  static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
