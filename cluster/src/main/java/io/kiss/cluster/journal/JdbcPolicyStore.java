package io.kiss.cluster.journal;

import akka.Done;
import io.kiss.actors.live.PolicyStore;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Policies' weights in the database, checked against their hash on the way in and out. */
public final class JdbcPolicyStore implements PolicyStore {
  private final Database database;
  private final Executor executor;

  public JdbcPolicyStore(Database database, Executor executor) {
    this.database = database;
    this.executor = executor;
  }

  @Override
  public CompletionStage<Done> put(String sha256, byte[] policy) {
    String actual = PolicySnapshot.sha256(policy);
    if (!actual.equals(sha256)) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              "these bytes have SHA-256 %s, not %s".formatted(actual, sha256)));
    }
    return database.transact(
        executor,
        connection -> {
          String sql =
              database
                  .dialect()
                  .insertOnce(
                      "kiss_policy", "sha256, policy, stored_at_millis", "sha256", "?, ?, ?");
          try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, sha256);
            insert.setBytes(2, policy);
            insert.setLong(3, System.currentTimeMillis());
            insert.executeUpdate();
          }
          return Done.getInstance();
        });
  }

  /** Fails where the bytes are there and no longer what the hash says. */
  @Override
  public CompletionStage<Optional<byte[]>> get(String sha256) {
    return database.transact(
        executor,
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement("SELECT policy FROM kiss_policy WHERE sha256 = ?")) {
            select.setString(1, sha256);
            try (ResultSet row = select.executeQuery()) {
              return row.next() ? Optional.of(verified(sha256, row.getBytes(1))) : Optional.empty();
            }
          }
        });
  }

  private static byte[] verified(String sha256, byte[] policy) {
    if (!PolicySnapshot.sha256(policy).equals(sha256)) {
      throw new IllegalStateException(
          "the stored policy %s is damaged; restore the database from a backup"
              .formatted(sha256.substring(0, 12)));
    }
    return policy;
  }
}
