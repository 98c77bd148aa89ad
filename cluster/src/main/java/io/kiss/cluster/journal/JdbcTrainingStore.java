package io.kiss.cluster.journal;

import akka.Done;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.learner.TrainingStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The training run in the database: the last save and the one before it. */
public final class JdbcTrainingStore implements TrainingStore {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcTrainingStore.class);
  private static final String NAME = "learner";

  private final Database database;
  private final Executor executor;

  public JdbcTrainingStore(Database database, Executor executor) {
    this.database = database;
    this.executor = executor;
  }

  @Override
  public CompletionStage<Long> takeEpoch() {
    return database.transact(
        executor,
        connection -> {
          long taken;
          do {
            taken = epoch(connection, "") + 1;
          } while (!compareAndSet(connection, taken - 1, taken));
          return taken;
        });
  }

  private static boolean compareAndSet(Connection connection, long expected, long epoch)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE kiss_epoch SET epoch = ? WHERE name = ? AND epoch = ?")) {
      update.setLong(1, epoch);
      update.setString(2, NAME);
      update.setLong(3, expected);
      return update.executeUpdate() == 1;
    }
  }

  private static long epoch(Connection connection, String lock) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT epoch FROM kiss_epoch WHERE name = ?" + lock)) {
      select.setString(1, NAME);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  @Override
  public CompletionStage<Done> save(long epoch, SavedRun run) {
    return database.transact(
        executor,
        connection -> {
          // The row stays locked until the commit: nobody takes a newer epoch in between.
          long newest = epoch(connection, " FOR UPDATE");
          if (epoch != newest) {
            throw new StaleEpoch(
                "a learner of epoch %d has taken over from epoch %d; this one must stop"
                    .formatted(newest, epoch));
          }
          long id = newestSave(connection) + 1;
          insert(connection, id, epoch, run);
          try (PreparedStatement delete =
              connection.prepareStatement("DELETE FROM kiss_training WHERE save_id < ?")) {
            delete.setLong(1, id - 1);
            delete.executeUpdate();
          }
          return Done.getInstance();
        });
  }

  private static long newestSave(Connection connection) throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement("SELECT MAX(save_id) FROM kiss_training");
        ResultSet row = select.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void insert(Connection connection, long id, long epoch, SavedRun run)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO kiss_training (save_id, epoch, run, seed, state, iteration,"
                + " environment_steps, seconds, budget_seconds, budget_steps, checkpoint, crc)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.setLong(1, id);
      insert.setLong(2, epoch);
      insert.setString(3, run.run());
      insert.setLong(4, run.seed());
      insert.setString(5, run.state().name());
      insert.setLong(6, run.iteration());
      insert.setLong(7, run.environmentSteps());
      insert.setDouble(8, run.seconds());
      insert.setDouble(9, run.budget().seconds());
      insert.setLong(10, run.budget().environmentSteps());
      insert.setBytes(11, run.checkpoint());
      insert.setLong(12, crc(run));
      insert.executeUpdate();
    }
  }

  @Override
  public CompletionStage<Optional<SavedRun>> load() {
    return database.transact(executor, JdbcTrainingStore::newestWhole);
  }

  private static Optional<SavedRun> newestWhole(Connection connection) throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement("SELECT * FROM kiss_training ORDER BY save_id DESC");
        ResultSet row = select.executeQuery()) {
      int torn = 0;
      while (row.next()) {
        Optional<SavedRun> run = read(row);
        if (run.isPresent()) {
          return run;
        }
        LOG.warn("Save {} of the training run is damaged; taking the one before", row.getLong(1));
        torn++;
      }
      if (torn > 0) {
        throw new IllegalStateException(
            "all saves of the training run are damaged; restore the database from a backup, or"
                + " delete the rows of kiss_training to train anew");
      }
      return Optional.empty();
    }
  }

  /** The run of a row; empty if it is not what was saved. */
  private static Optional<SavedRun> read(ResultSet row) throws SQLException {
    try {
      SavedRun run =
          new SavedRun(
              row.getString("run"),
              row.getLong("seed"),
              TrainingProgress.State.valueOf(row.getString("state")),
              row.getLong("iteration"),
              row.getLong("environment_steps"),
              row.getDouble("seconds"),
              new TrainingBudget(row.getDouble("budget_seconds"), row.getLong("budget_steps")),
              row.getBytes("checkpoint"));
      return crc(run) == row.getLong("crc") ? Optional.of(run) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** CRC-32 over every field, so that a row half of one save and half of another is noticed. */
  private static long crc(SavedRun run) {
    CRC32 crc = new CRC32();
    crc.update((run.run() + '\n' + run.state()).getBytes(StandardCharsets.UTF_8));
    crc.update(
        ByteBuffer.allocate(6 * Long.BYTES)
            .putLong(run.seed())
            .putLong(run.iteration())
            .putLong(run.environmentSteps())
            .putDouble(run.seconds())
            .putDouble(run.budget().seconds())
            .putLong(run.budget().environmentSteps())
            .flip());
    crc.update(run.checkpoint());
    return crc.getValue();
  }
}
