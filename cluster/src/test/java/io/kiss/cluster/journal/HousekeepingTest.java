package io.kiss.cluster.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kiss.actors.live.DecisionRecord;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An embedded database's file stays as large as what is in it, whatever was in it before. */
class HousekeepingTest {
  private static final int RECORDS = 20;
  private static final int DENSE_PERCENT = 70;

  @TempDir Path folder;
  private String url;

  /** As a node has it, but that space is free for use at once and not after 45 s. */
  @BeforeEach
  void name() {
    url =
        "jdbc:h2:file:"
            + folder.resolve("kiss")
            + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0;RETENTION_TIME=0";
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url, "kiss", "");
  }

  private Database open() {
    return Database.open(new DatabaseSettings(url, "kiss", "", 2, Duration.ZERO));
  }

  private static List<DecisionRecord> batch(int number) {
    List<DecisionRecord> batch = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      batch.add(JdbcStoresTest.decision("d%02d/%06d".formatted(i, number), "d" + i, 15.0 * number));
    }
    return batch;
  }

  @Test
  void aFileIntoWhichDecisionsAreWrittenAndOutOfWhichTheyGoStaysBounded() {
    AtomicLong now = new AtomicLong();
    try (Database database = open()) {
      // A tick of 15 s, and an hour to keep: 240 ticks, and they go after each half a minute.
      JdbcDecisionJournal journal =
          new JdbcDecisionJournal(database, Runnable::run, Duration.ofHours(1), now::get);
      long most = 0;
      for (int tick = 0; tick < 1200; tick++) {
        now.set(15_000L * tick);
        JdbcStoresTest.join(journal.append(batch(tick)));
        long bytes = folder.resolve("kiss.mv.db").toFile().length();
        if (tick < 480) {
          most = Math.max(most, bytes);
        } else {
          assertThat(bytes).as("tick %d", tick).isLessThan(2 * most);
        }
      }
    }
  }

  private static long chunks(MVStore store) {
    return store.getLayoutMap().keySet().stream().filter(key -> key.startsWith("chunk.")).count();
  }

  /** Of scalers by twenties, each of which is a commit a tick of 15 s. */
  @ParameterizedTest
  @ValueSource(ints = {1, 20})
  void ofDecisionsThatStayChunksAreKeptByTheirBytesAndNotByTheirCommits(int namespaces)
      throws SQLException {
    int commits = 400;
    int used = 0;
    try (Database database = open();
        Connection connection = connect()) {
      MVStore store = Housekeeping.store(connection);
      JdbcDecisionJournal journal =
          new JdbcDecisionJournal(database, Runnable::run, Duration.ofDays(7), () -> 0);
      double turns = 0;
      for (int commit = 0; commit < commits; commit++) {
        JdbcStoresTest.join(journal.append(batch(commit)));
        // One a second, until there is nothing left to do.
        turns += 15.0 / namespaces;
        while (turns >= 1 && Housekeeping.tidy(store)) {
          turns--;
          used++;
        }
        turns %= 1;
      }
      System.out.printf(
          "%d commits of %d decisions of %d namespaces: %d chunks, %d kB in the file, %d turns%n",
          commits,
          RECORDS,
          namespaces,
          chunks(store),
          folder.resolve("kiss.mv.db").toFile().length() / 1000,
          used);
      // Each of them is an entry in memory for as long as its decisions are kept.
      assertThat(chunks(store)).isLessThan(commits / 2);
    }
  }

  /** Each commit is a chunk, and most of what is in it is written again by the next ones. */
  private static void fray(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (id INT PRIMARY KEY, text VARCHAR NOT NULL)");
      for (int commit = 0; commit < 200; commit++) {
        for (int i = 0; i < 20; i++) {
          // Far apart, so that each row is on a page of its own.
          statement.execute(
              "INSERT INTO t VALUES (%d, REPEAT('x', 900))".formatted(200 * i + commit));
        }
        connection.commit();
      }
    }
  }

  @Test
  void whatIsLeftInManyChunksIsWrittenTogetherAndStaysAsItIs() throws SQLException {
    try (Connection connection = connect()) {
      fray(connection);
      MVStore store = Housekeeping.store(connection);
      assertThat(store.getFileStore().getChunksFillRate()).isLessThan(DENSE_PERCENT);
      int steps = 0;
      try (Statement statement = connection.createStatement()) {
        while (store.getFileStore().getChunksFillRate() < DENSE_PERCENT) {
          assertThat(++steps).as("steps").isLessThan(100);
          Housekeeping.tidy(store);
          // Chunks of which nothing lives go with somebody's commit.
          statement.execute("UPDATE t SET text = text WHERE id = 0");
          connection.commit();
        }
      }
      for (int i = 0; i < 10; i++) {
        assertThat(Housekeeping.tidy(store)).as("nothing is left to do").isFalse();
      }
    }
    try (Connection again = connect();
        Statement statement = again.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT COUNT(*), SUM(id), SUM(LENGTH(text)) FROM t")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getLong(1)).isEqualTo(4000);
      assertThat(row.getLong(2)).isEqualTo(4000L * 3999 / 2);
      assertThat(row.getLong(3)).isEqualTo(4000L * 900);
    }
  }

  @Test
  void anOpenDatabaseTidiesItsFileByItself() throws SQLException {
    try (Database database = open();
        Connection connection = connect()) {
      fray(connection);
      MVStore store = Housekeeping.store(connection);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> store.getFileStore().getChunksFillRate() >= DENSE_PERCENT);
    }
  }
}
