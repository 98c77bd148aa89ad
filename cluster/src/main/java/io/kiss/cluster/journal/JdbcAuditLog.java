package io.kiss.cluster.journal;

import akka.Done;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Changes that people made, in the database; nothing here ever deletes one. */
public final class JdbcAuditLog {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_CHARACTERS = 256 * 1024;
  private static final int MOST_PATH = 1024;

  private final Database database;
  private final Executor executor;

  public JdbcAuditLog(Database database, Executor executor) {
    this.database = database;
    this.executor = executor;
  }

  /** Keeps a record, whose id the database gives. */
  public CompletionStage<Done> add(AuditRecord record) {
    return database.transact(
        executor,
        connection -> {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO kiss_audit (at_millis, who, role, request_id, method, path, status,"
                      + " before_change, after_change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            insert.setLong(1, record.time().toEpochMilli());
            insert.setString(2, record.who());
            insert.setString(3, record.role());
            insert.setString(4, record.requestId());
            insert.setString(5, record.method());
            insert.setString(6, cut(record.path()));
            insert.setInt(7, record.status());
            insert.setString(8, text(record.before()));
            insert.setString(9, text(record.after()));
            insert.executeUpdate();
          }
          return Done.getInstance();
        });
  }

  private static String cut(String path) {
    return path.length() > MOST_PATH ? path.substring(0, MOST_PATH) : path;
  }

  private static String text(Optional<JsonNode> json) {
    return json.map(JsonNode::toString).filter(t -> t.length() <= MOST_CHARACTERS).orElse(null);
  }

  /** The newest records older than {@code before}, the newest first. */
  public CompletionStage<List<AuditRecord>> newest(long before, int limit) {
    return database.transact(
        executor,
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT id, at_millis, who, role, request_id, method, path, status,"
                      + " before_change, after_change FROM kiss_audit WHERE id < ?"
                      + " ORDER BY id DESC LIMIT ?")) {
            select.setLong(1, before);
            select.setInt(2, limit);
            List<AuditRecord> records = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                records.add(record(row));
              }
            }
            return records;
          }
        });
  }

  private static AuditRecord record(ResultSet row) throws SQLException {
    return new AuditRecord(
        row.getLong(1),
        Instant.ofEpochMilli(row.getLong(2)),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        row.getString(7),
        row.getInt(8),
        json(row.getString(9)),
        json(row.getString(10)));
  }

  private static Optional<JsonNode> json(String text) {
    try {
      return text == null ? Optional.empty() : Optional.of(JSON.readTree(text));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of kiss_audit is damaged", e);
    }
  }
}
