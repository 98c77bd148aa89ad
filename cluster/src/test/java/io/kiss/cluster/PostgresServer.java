package io.kiss.cluster;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PostgreSQL of this machine's package as a process of its own, on a port that was free. */
public final class PostgresServer implements AutoCloseable {
  /** Why there is none. */
  public static final String MISSING = "PostgreSQL is not installed (apt-get install postgresql)";

  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

  private final Path folder;
  private final Process process;
  private final int port;

  private PostgresServer(Path folder, Process process, int port) {
    this.folder = folder;
    this.process = process;
    this.port = port;
  }

  /** Where {@code initdb} and {@code postgres} are; empty where they are not. */
  public static Optional<Path> programs() {
    if (!Files.isDirectory(DEBIAN)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(DEBIAN)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Comparator.comparing(Path::toString));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts one that trusts this machine and the test networks on it, with an empty database {@code
   * kiss}.
   */
  public static PostgresServer start() throws IOException, InterruptedException {
    Path bin = programs().orElseThrow();
    Path folder = Files.createTempDirectory("kiss-postgres");
    Path data = folder.resolve("data");
    if (ROOT) {
      // It refuses to run as root, so whoever came with its package runs it.
      run(List.of("chown", "postgres", folder.toString()));
    }
    run(
        asOwner(
            bin.resolve("initdb").toString(),
            "--no-sync",
            "--auth=trust",
            "--username=kiss",
            "--pgdata=" + data));
    Files.writeString(
        folder.resolve("hba"), "host all all 127.0.0.0/8 trust\nhost all all 10.77.0.0/16 trust\n");
    int port = FreePorts.take();
    Process process =
        new ProcessBuilder(
                asOwner(
                    bin.resolve("postgres").toString(),
                    "-D",
                    data.toString(),
                    "-p",
                    Integer.toString(port),
                    "-h",
                    "0.0.0.0",
                    "-k",
                    folder.toString(),
                    "-c",
                    "hba_file=" + folder.resolve("hba")))
            .redirectErrorStream(true)
            .redirectOutput(Files.createTempFile("kiss-postgres", ".log").toFile())
            .start();
    PostgresServer server = new PostgresServer(folder, process, port);
    await().atMost(Duration.ofSeconds(60)).until(() -> server.createDatabase("kiss"));
    return server;
  }

  private boolean createDatabase(String name) {
    try (Connection connection = DriverManager.getConnection(url("postgres"), "kiss", "")) {
      return !connection.createStatement().execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      // Still starting.
      return false;
    }
  }

  /** Makes another, empty database. */
  public String newDatabase(String name) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url("postgres"), "kiss", "")) {
      connection.createStatement().execute("CREATE DATABASE " + name);
      return url(name);
    }
  }

  /** Of a database, for this machine. */
  public String url(String database) {
    return url("127.0.0.1", database);
  }

  /** Of a database, for whoever knows this machine by that address. */
  public String url(String host, String database) {
    return "jdbc:postgresql://" + host + ":" + port + "/" + database;
  }

  private static List<String> asOwner(String... command) {
    List<String> all = new ArrayList<>();
    if (ROOT) {
      all.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    all.addAll(List.of(command));
    return all;
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(command + " failed: " + said);
    }
  }

  @Override
  public void close() throws InterruptedException, IOException {
    // runuser passes signals on; a fast shutdown is asked for by SIGINT, but the data is thrown
    // away
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
