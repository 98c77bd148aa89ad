package io.kiss.cluster.journal;

import io.kiss.cluster.boot.BootFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The tables, step by step: {@code kiss_schema} names the steps done. A step may be cut off in the
 * middle (H2 commits each definition by itself), so every statement leaves alone what is there.
 */
final class Schema {
  /** Any number, the same on all nodes that may start at once on one PostgreSQL. */
  private static final long ADVISORY_LOCK = 0x4b4953_53L;

  private static final int AKKA_PERSISTENCE = 1;
  private static final int KISS_TABLES = 2;
  private static final int AUDIT = 3;
  static final int NEWEST = AUDIT;

  private Schema() {}

  /** Does the steps that are missing. */
  static void bringUpToDate(Connection connection, Dialect dialect) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      if (dialect == Dialect.POSTGRES) {
        statement.execute("SELECT pg_advisory_xact_lock(" + ADVISORY_LOCK + ")");
      }
      statement.execute(
          "CREATE TABLE IF NOT EXISTS kiss_schema (version INTEGER PRIMARY KEY, applied_at_millis"
              + " BIGINT NOT NULL)");
      int version = version(statement);
      if (version > NEWEST) {
        throw new BootFailure(
            "the database has schema %d and this version knows %d at most; start the newer KIS-S that wrote it, or choose another folder with --data"
                .formatted(version, NEWEST));
      }
      for (int step = version + 1; step <= NEWEST; step++) {
        String script =
            switch (step) {
              case AKKA_PERSISTENCE -> akkaPersistence(dialect);
              case KISS_TABLES -> resource("schema/kiss.sql");
              default -> resource("schema/audit.sql");
            };
        execute(statement, script.replace("${bytes}", dialect.bytesType()));
        markDone(connection, step);
      }
      connection.commit();
    }
  }

  private static int version(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT MAX(version) FROM kiss_schema")) {
      row.next();
      return row.getInt(1);
    }
  }

  private static void markDone(Connection connection, int step) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO kiss_schema VALUES (?, ?)")) {
      insert.setInt(1, step);
      insert.setLong(2, System.currentTimeMillis());
      insert.executeUpdate();
    }
  }

  /** Its plain index definitions would fail the second time; concurrent ones, in a transaction. */
  private static String akkaPersistence(Dialect dialect) {
    return resource(dialect.akkaScript())
        .replaceAll(
            "(?i)CREATE (UNIQUE )?INDEX (CONCURRENTLY )?(IF NOT EXISTS )?",
            "CREATE $1INDEX IF NOT EXISTS ");
  }

  private static void execute(Statement statement, String script) throws SQLException {
    for (String sql : script.replaceAll("(?m)--.*$", "").split(";")) {
      if (!sql.isBlank()) {
        statement.execute(sql);
      }
    }
  }

  private static String resource(String name) {
    try (InputStream in = Schema.class.getClassLoader().getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
