package io.kiss.cluster.journal;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.FileStore;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.RandomAccessStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an embedded H2 file dense.
 *
 * <p>Each commit is a chunk of the file, which is free again once nothing in it lives. What still
 * does keeps the whole chunk, and an entry in memory for it, until it is written again somewhere
 * else. H2 has a thread for that, and does not start it where {@code WRITE_DELAY} is 0, as {@link
 * DatabaseSettings} has it: a chunk a commit would then stay for as long as its longest-lived page.
 * So this does what that thread would do, through the same methods.
 */
final class Housekeeping implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  /** Live share of the chunks, in percent, below which the emptiest are written again. */
  private static final int DENSE_PERCENT = 70;

  /** Most to write again at a time: some milliseconds in which commits wait. */
  private static final int BYTES = 1 << 20;

  /** Dead bytes in the file that nobody minds. */
  private static final long WASTE_BYTES = 1 << 20;

  private static final long EVERY_MILLIS = 1000;

  private final DataSource pool;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = new Thread(this::work, "kiss-database-housekeeping");
  private long seenVersion = -1;

  private Housekeeping(DataSource pool) {
    this.pool = pool;
  }

  /** Begins, on a thread of its own. */
  static Housekeeping start(DataSource pool) {
    Housekeeping housekeeping = new Housekeeping(pool);
    housekeeping.thread.setDaemon(true);
    housekeeping.thread.start();
    return housekeeping;
  }

  private void work() {
    try {
      while (!closing.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
        try (Connection connection = pool.getConnection()) {
          tidy(connection);
        } catch (SQLException | RuntimeException e) {
          // The next commit says what is wrong with the database, to somebody who can act on it.
          LOG.debug("The database could not be tidied", e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Writes again what is in the emptiest chunks; nothing where nothing has happened since. */
  private void tidy(Connection connection) throws SQLException {
    MVStore store = store(connection);
    if (store.getCurrentVersion() == seenVersion) {
      return;
    }
    seenVersion = tidy(store) ? -1 : store.getCurrentVersion();
  }

  /**
   * One step of tidying; says whether anything was written again. Chunks are not moved towards the
   * file's beginning, which would make it shorter: what is free is used again, and moving syncs the
   * file, for which all commits wait.
   */
  static boolean tidy(MVStore store) {
    boolean rewritten = isWasteful(store.getFileStore()) && store.compact(DENSE_PERCENT, BYTES);
    if (rewritten) {
      store.commit();
      if (store.getFileStore() instanceof RandomAccessStore) {
        // Moves nothing, but frees what was left by what is written again.
        ((RandomAccessStore) store.getFileStore()).compactMoveChunks(0, 0, store);
      }
    }
    return rewritten;
  }

  /** A small file is never dense: what is common to all commits would be written again for ever. */
  private static boolean isWasteful(FileStore<?> file) {
    return file.size() / 100 * (100 - file.getChunksFillRate()) > WASTE_BYTES;
  }

  /** What is behind a connection to an embedded database, which stays open as long as that does. */
  static MVStore store(Connection connection) throws SQLException {
    SessionLocal session = (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
    return session.getDatabase().getStore().getMvStore();
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
