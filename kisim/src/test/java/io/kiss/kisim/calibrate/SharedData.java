package io.kiss.kisim.calibrate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The folder of measurements that is not part of the repository: the system property {@code
 * kiss.shared}, the environment variable {@code KISS_SHARED}, or {@code shared} beside the
 * checkout.
 */
public final class SharedData {
  private SharedData() {}

  /** A file below {@code data/profiles}, if there. */
  public static Optional<Path> profile(String name) {
    return folder().map(folder -> folder.resolve("data/profiles").resolve(name));
  }

  private static Optional<Path> folder() {
    String stated = System.getProperty("kiss.shared", System.getenv("KISS_SHARED"));
    if (stated != null && !stated.isBlank()) {
      return Optional.of(Path.of(stated))
          .filter(folder -> Files.isDirectory(folder.resolve("data")));
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path folder = at.resolve("shared");
      if (Files.isDirectory(folder.resolve("data/profiles"))) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }
}
