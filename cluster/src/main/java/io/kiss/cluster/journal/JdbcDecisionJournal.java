package io.kiss.cluster.journal;

import akka.Done;
import akka.NotUsed;
import akka.japi.Pair;
import akka.stream.javadsl.Source;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.kiss.actors.live.DecisionJournal;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.live.NamespaceRef;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decision records in the database for as long as they are to be kept. Time to keep is the wall's:
 * a demo's clock runs faster.
 */
public final class JdbcDecisionJournal implements DecisionJournal {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcDecisionJournal.class);

  private static final long PRUNE_EVERY_MILLIS = Duration.ofSeconds(30).toMillis();

  /** Rows that one transaction takes away: others wait for it, and it can be undone in memory. */
  private static final int PRUNED_AT_ONCE = 1000;

  /** Old records stay readable: a field this version does not know is skipped. */
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private final Database database;
  private final Executor executor;
  private final Duration retention;
  private final LongSupplier wallMillis;
  private final AtomicLong prunedAtMillis = new AtomicLong(Long.MIN_VALUE / 2);

  /**
   * Keeps records for {@code retention}.
   *
   * @param wallMillis Unix time
   */
  public JdbcDecisionJournal(
      Database database, Executor executor, Duration retention, LongSupplier wallMillis) {
    this.database = database;
    this.executor = executor;
    this.retention = retention;
    this.wallMillis = wallMillis;
  }

  @Override
  public CompletionStage<Done> append(List<DecisionRecord> records) {
    if (records.isEmpty()) {
      return CompletableFuture.completedFuture(Done.getInstance());
    }
    List<DecisionRecord> batch = List.copyOf(records);
    return database
        .transact(
            executor,
            connection -> {
              insert(connection, batch);
              return Done.getInstance();
            })
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                pruneWhenDue();
              }
            });
  }

  private void insert(Connection connection, List<DecisionRecord> records) throws SQLException {
    String sql =
        database
            .dialect()
            .insertOnce(
                "kiss_decision",
                "id, cluster, namespace, deployment, time_seconds, recorded_at_millis, record",
                "id",
                "?, ?, ?, ?, ?, ?, ?");
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      long now = wallMillis.getAsLong();
      for (DecisionRecord record : records) {
        insert.setString(1, record.id());
        insert.setString(2, record.cluster());
        insert.setString(3, record.namespace());
        insert.setString(4, record.deployment());
        insert.setDouble(5, record.timeSeconds());
        insert.setLong(6, now);
        insert.setString(7, write(record));
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /** Behind the append, which waits for none of it. */
  private void pruneWhenDue() {
    long now = wallMillis.getAsLong();
    long last = prunedAtMillis.get();
    if (now - last >= PRUNE_EVERY_MILLIS && prunedAtMillis.compareAndSet(last, now)) {
      prune(now - retention.toMillis())
          .exceptionally(
              failure -> {
                LOG.warn("Decisions that are old enough cannot be taken away", failure);
                return Done.getInstance();
              });
    }
  }

  private CompletionStage<Done> prune(long beforeMillis) {
    return database
        .transact(executor, connection -> pruneSome(connection, beforeMillis))
        .thenCompose(
            all ->
                all ? CompletableFuture.completedFuture(Done.getInstance()) : prune(beforeMillis));
  }

  /** Takes the oldest away; says whether that were all. */
  private static boolean pruneSome(Connection connection, long beforeMillis) throws SQLException {
    long until = beforeMillis;
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT recorded_at_millis FROM kiss_decision WHERE recorded_at_millis < ?"
                + " ORDER BY recorded_at_millis OFFSET "
                + PRUNED_AT_ONCE
                + " ROWS FETCH FIRST ROW ONLY")) {
      select.setLong(1, beforeMillis);
      try (ResultSet row = select.executeQuery()) {
        if (row.next()) {
          // One moment's go together, so that each time some do.
          until = row.getLong(1) + 1;
        }
      }
    }
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM kiss_decision WHERE recorded_at_millis < ?")) {
      delete.setLong(1, until);
      delete.executeUpdate();
    }
    return until == beforeMillis;
  }

  @Override
  public CompletionStage<List<DecisionRecord>> newest(
      NamespaceRef namespace, Set<String> deployments) {
    return database.transact(
        executor,
        connection -> {
          List<DecisionRecord> newest = new ArrayList<>();
          for (String deployment : deployments) {
            DecisionRange range =
                new DecisionRange(
                    namespace.cluster(),
                    namespace.namespace(),
                    Optional.of(deployment),
                    Optional.empty(),
                    Optional.empty());
            newest.addAll(select(connection, range, Optional.empty(), false, 1));
          }
          return newest;
        });
  }

  /** The decisions asked for, newest first; fails where {@code before} names none. */
  public CompletionStage<List<DecisionRecord>> query(DecisionQuery query) {
    return database.transact(executor, connection -> query(connection, query));
  }

  private static List<DecisionRecord> query(Connection connection, DecisionQuery query)
      throws SQLException {
    Optional<Place> before = Optional.empty();
    if (query.before().isPresent()) {
      String id = query.before().get();
      before = Optional.of(new Place(timeOf(connection, id), id));
    }
    return select(connection, query.range(), before, false, query.limit());
  }

  /**
   * All decisions of a range, oldest first; read from the database a thousand at a time, as fast as
   * they are taken. Those that outlive their retention meanwhile are left out.
   */
  public Source<DecisionRecord, NotUsed> stream(DecisionRange range) {
    return Source.unfoldAsync(
            Optional.<Place>empty(),
            after ->
                database
                    .transact(
                        executor,
                        connection ->
                            select(connection, range, after, true, DecisionQuery.MAX_LIMIT))
                    .thenApply(JdbcDecisionJournal::next))
        .mapConcat(page -> page);
  }

  private static Optional<Pair<Optional<Place>, List<DecisionRecord>>> next(
      List<DecisionRecord> page) {
    return page.isEmpty()
        ? Optional.empty()
        : Optional.of(Pair.create(Optional.of(Place.of(page.get(page.size() - 1))), page));
  }

  /** The decision of that id; empty where there is none any more. */
  public CompletionStage<Optional<DecisionRecord>> find(String id) {
    return database.transact(
        executor,
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement("SELECT record FROM kiss_decision WHERE id = ?")) {
            select.setString(1, id);
            try (ResultSet row = select.executeQuery()) {
              return row.next() ? Optional.of(read(row.getString(1))) : Optional.empty();
            }
          }
        });
  }

  /** Where a decision stands in the order of time; ids decide between those of one moment. */
  private record Place(double timeSeconds, String id) {
    static Place of(DecisionRecord record) {
      return new Place(record.timeSeconds(), record.id());
    }
  }

  private static List<DecisionRecord> select(
      Connection connection,
      DecisionRange range,
      Optional<Place> beyond,
      boolean oldestFirst,
      int limit)
      throws SQLException {
    String further = oldestFirst ? ">" : "<";
    String order = oldestFirst ? "ASC" : "DESC";
    String sql =
        "SELECT record FROM kiss_decision WHERE "
            + range.condition()
            + (beyond.isPresent()
                ? " AND time_seconds %1$s= ? AND (time_seconds %1$s ? OR id %1$s ?)"
                    .formatted(further)
                : "")
            + " ORDER BY time_seconds %1$s, id %1$s FETCH FIRST %2$d ROWS ONLY"
                .formatted(order, limit);
    List<Object> parameters = new ArrayList<>(range.parameters());
    beyond.ifPresent(
        place -> parameters.addAll(List.of(place.timeSeconds(), place.timeSeconds(), place.id())));
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.size(); i++) {
        select.setObject(i + 1, parameters.get(i));
      }
      List<DecisionRecord> records = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          records.add(read(rows.getString(1)));
        }
      }
      return records;
    }
  }

  private static double timeOf(Connection connection, String id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT time_seconds FROM kiss_decision WHERE id = ?")) {
      select.setString(1, id);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new IllegalArgumentException("before: there is no decision '" + id + "'");
        }
        return row.getDouble(1);
      }
    }
  }

  private static String write(DecisionRecord record) {
    try {
      return JSON.writeValueAsString(record);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DecisionRecord read(String json) {
    try {
      return JSON.readValue(json, DecisionRecord.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a decision record cannot be read", e);
    }
  }
}
