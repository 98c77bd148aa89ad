package io.kiss.cluster.journal;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.kiss.cluster.boot.DataDirectory;
import java.time.Duration;
import java.util.Map;

/**
 * Which database, and as whom.
 *
 * @param url JDBC, {@code jdbc:h2:…} or {@code jdbc:postgresql:…}
 * @param patience how long to wait at boot for one that does not answer yet
 * @param connections most connections of each of the two pools, the stores' and Akka Persistence's
 */
public record DatabaseSettings(
    String url, String user, String password, int connections, Duration patience) {

  /**
   * What an embedded database is opened with.
   *
   * <p>{@code WRITE_DELAY=0} hands every commit to the operating system before it is acknowledged,
   * so that a node killed with -9 loses nothing it confirmed (H2's default keeps up to half a
   * second back). {@code DB_CLOSE_ON_EXIT=FALSE}: H2 would otherwise close in a JVM hook of its
   * own, in the middle of the coordinated shutdown.
   */
  private static final String EMBEDDED_OPTIONS =
      ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";

  public DatabaseSettings {
    if (!url.startsWith("jdbc:h2:") && !url.startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException(
          "kiss.database.url must start with jdbc:h2: or jdbc:postgresql:, not '" + url + "'");
    }
    if (connections < 2) {
      throw new IllegalArgumentException("kiss.database.connections must be at least 2");
    }
  }

  /** Reads {@code kiss.database}; an empty URL means the embedded file in the data folder. */
  public static DatabaseSettings from(Config database, DataDirectory data) {
    String url = database.getString("url");
    return new DatabaseSettings(
        url.isEmpty() ? embeddedUrl(data) : url,
        database.getString("user"),
        database.getString("password"),
        database.getInt("connections"),
        database.getDuration("patience"));
  }

  private static String embeddedUrl(DataDirectory data) {
    String path = data.database().toString();
    if (path.contains(";")) {
      throw new IllegalArgumentException(
          "the data folder "
              + data.path()
              + " has a ';' in its name, which the embedded database cannot open; choose another"
              + " with --data");
    }
    return "jdbc:h2:file:" + path + EMBEDDED_OPTIONS;
  }

  /** The dialect the URL names. */
  Dialect dialect() {
    return url.startsWith("jdbc:h2:") ? Dialect.H2 : Dialect.POSTGRES;
  }

  /** Points Akka Persistence's JDBC plugins at the same database. */
  public Config akkaPersistence() {
    return ConfigFactory.parseMap(
        Map.of(
            "akka-persistence-jdbc.shared-databases.slick.profile",
            dialect().slickProfile(),
            "akka-persistence-jdbc.shared-databases.slick.db",
            Map.of(
                "url", url,
                "user", user,
                "password", password,
                "driver", dialect().driver(),
                "numThreads", connections,
                "maxConnections", connections,
                "minConnections", 1)));
  }
}
