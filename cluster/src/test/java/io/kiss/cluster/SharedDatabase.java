package io.kiss.cluster;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.h2.tools.Server;

/**
 * A database that several nodes share: PostgreSQL where it is installed, else an H2 server here.
 */
public final class SharedDatabase implements AutoCloseable {
  private final PostgresServer postgres;
  private final Server h2;
  private final int h2Port;

  private SharedDatabase(PostgresServer postgres, Server h2, int h2Port) {
    this.postgres = postgres;
    this.h2 = h2;
    this.h2Port = h2Port;
  }

  public static SharedDatabase start() throws IOException, InterruptedException, SQLException {
    if (PostgresServer.programs().isPresent()) {
      return new SharedDatabase(PostgresServer.start(), null, 0);
    }
    int port = FreePorts.take();
    Server server =
        Server.createTcpServer("-tcpPort", Integer.toString(port), "-ifNotExists").start();
    SharedDatabase database = new SharedDatabase(null, server, port);
    // The one in memory is gone with its last connection unless told otherwise.
    database.connect().close();
    return database;
  }

  /** As whoever knows this machine by that address reaches it. */
  public String url(String host) {
    return postgres != null
        ? postgres.url(host, "kiss")
        : "jdbc:h2:tcp://" + host + ":" + h2Port + "/mem:kiss;DB_CLOSE_DELAY=-1";
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url("127.0.0.1"), "kiss", "");
  }

  /** One number. */
  long ask(String sql) throws SQLException {
    try (Connection connection = connect();
        ResultSet row = connection.createStatement().executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public void close() throws InterruptedException, IOException {
    if (postgres != null) {
      postgres.close();
    } else {
      h2.stop();
    }
  }
}
