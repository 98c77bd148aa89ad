package io.kiss.cluster.boot;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder a node keeps everything in: database and logs. */
public record DataDirectory(Path path) {

  /**
   * Makes the folder where it is missing.
   *
   * @throws BootFailure if it cannot be made or written to
   */
  public static DataDirectory open(Path wanted) {
    Path path = wanted.toAbsolutePath().normalize();
    try {
      Files.createDirectories(path);
      // Asking is not enough: a read-only mount answers only to a write.
      Files.delete(Files.createTempFile(path, ".kiss", ".probe"));
    } catch (FileAlreadyExistsException e) {
      throw new BootFailure(
          "the data folder %s is a file; choose another folder with --data".formatted(path), e);
    } catch (IOException | SecurityException e) {
      throw new BootFailure(
          "no write access to the data folder %s; grant it or choose another folder with --data"
              .formatted(path),
          e);
    }
    return new DataDirectory(path);
  }

  /** Where the log files go. */
  public Path logs() {
    return path.resolve("logs");
  }

  /** The embedded database, without H2's own ending. */
  public Path database() {
    return path.resolve("kiss");
  }
}
