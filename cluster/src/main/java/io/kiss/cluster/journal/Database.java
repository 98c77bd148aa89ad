package io.kiss.cluster.journal;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.kiss.cluster.boot.BootFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pool of connections to a database whose schema is up to date. To be closed last of all. */
public final class Database implements AutoCloseable {
  private static final int H2_LOCKED = 90020;
  private static final int H2_CORRUPT = 90030;
  private static final int H2_FORMAT = 90048;
  private static final int H2_NO_CONNECTION = 90067;
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  private final HikariDataSource pool;
  private final Dialect dialect;
  private final Optional<Housekeeping> housekeeping;

  private Database(HikariDataSource pool, DatabaseSettings settings) {
    this.pool = pool;
    dialect = settings.dialect();
    housekeeping =
        file(settings) == null ? Optional.empty() : Optional.of(Housekeeping.start(pool));
  }

  /**
   * Opens the database and brings its schema up to date. Blocks: to be called at boot.
   *
   * @throws BootFailure if it is locked, damaged, made by a newer version or out of reach
   */
  public static Database open(DatabaseSettings settings) {
    requireWritable(settings);
    long until = System.nanoTime() + settings.patience().toNanos();
    while (true) {
      try {
        return openNow(settings);
      } catch (SQLException e) {
        if (!isSilent(settings, e) || System.nanoTime() - until >= 0) {
          throw new BootFailure(sentence(settings, e), e);
        }
        LOG.info("The database does not answer yet; waiting for it");
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BootFailure("interrupted while waiting for the database", e);
    }
  }

  /** Not there, or not ready yet: PostgreSQL says 57P03 while it starts. */
  private static boolean isSilent(DatabaseSettings settings, SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return settings.dialect() == Dialect.H2
        ? e.getErrorCode() == H2_NO_CONNECTION
        : state.startsWith("08") || state.equals("57P03");
  }

  private static Database openNow(DatabaseSettings settings) throws SQLException {
    // First without the pool, which would retry and log what is better said in one sentence.
    try (Connection connection =
        DriverManager.getConnection(settings.url(), settings.user(), settings.password())) {
      Schema.bringUpToDate(connection, settings.dialect());
      return new Database(pool(settings), settings);
    }
  }

  private static HikariDataSource pool(DatabaseSettings settings) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("kiss");
    config.setJdbcUrl(settings.url());
    config.setUsername(settings.user());
    config.setPassword(settings.password());
    config.setDriverClassName(settings.dialect().driver());
    config.setMaximumPoolSize(settings.connections());
    config.setMinimumIdle(1);
    config.setConnectionTimeout(10_000);
    return new HikariDataSource(config);
  }

  /** H2 opens a file it may not write as a read-only database, and would fail much later. */
  private static void requireWritable(DatabaseSettings settings) {
    Path file = file(settings);
    if (file != null && Files.exists(file) && !Files.isWritable(file)) {
      throw new BootFailure(
          "no write access to the database %s; grant it or choose another folder with --data"
              .formatted(file));
    }
  }

  private static Path file(DatabaseSettings settings) {
    String prefix = "jdbc:h2:file:";
    if (!settings.url().startsWith(prefix)) {
      return null;
    }
    String path = settings.url().substring(prefix.length());
    int options = path.indexOf(';');
    return Path.of((options < 0 ? path : path.substring(0, options)) + ".mv.db");
  }

  private static String sentence(DatabaseSettings settings, SQLException e) {
    Path file = file(settings);
    String what = file == null ? settings.url().replaceFirst("[;?].*", "") : file.toString();
    int code = settings.dialect() == Dialect.H2 ? e.getErrorCode() : 0;
    String state = String.valueOf(e.getSQLState());
    if (code == H2_LOCKED) {
      return "the database %s is in use by another process; stop it or choose another folder with --data"
          .formatted(what);
    }
    if (code == H2_CORRUPT || code == H2_FORMAT) {
      return "the database %s is damaged; restore it from a backup, or move it away to start anew"
          .formatted(what);
    }
    if (state.startsWith("28")) {
      return "the database %s refuses user '%s'; check kiss.database.user and kiss.database.password"
          .formatted(what, settings.user());
    }
    if (state.startsWith("08") || code == H2_NO_CONNECTION) {
      return "the database %s does not answer; start it or correct kiss.database.url"
          .formatted(what);
    }
    return "the database %s cannot be opened: %s".formatted(what, firstLine(e.getMessage()));
  }

  private static String firstLine(String text) {
    return text == null ? "no reason given" : text.lines().findFirst().orElse("").strip();
  }

  Dialect dialect() {
    return dialect;
  }

  /** JDBC work inside one transaction. */
  @FunctionalInterface
  interface Work<T> {
    T in(Connection connection) throws SQLException;
  }

  /**
   * Runs work in one transaction on {@code executor}: committed if it returns, rolled back if it
   * throws.
   */
  <T> CompletionStage<T> transact(Executor executor, Work<T> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return transact(work);
          } catch (SQLException e) {
            throw new CompletionException(
                new IllegalStateException("the database failed: " + firstLine(e.getMessage()), e));
          }
        },
        executor);
  }

  private <T> T transact(Work<T> work) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      try {
        T result = work.in(connection);
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  /** Completes when the database answers; fails where it does not. */
  public CompletionStage<Boolean> ping(Executor executor) {
    return transact(
        executor,
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return statement.execute("SELECT 1");
          }
        });
  }

  @Override
  public void close() {
    housekeeping.ifPresent(Housekeeping::close);
    pool.close();
  }
}
