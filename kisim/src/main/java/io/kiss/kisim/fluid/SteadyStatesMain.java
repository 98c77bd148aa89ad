package io.kiss.kisim.fluid;

import io.kiss.kisim.file.AtomicFiles;
import io.kiss.kisim.file.UnusableFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the build runs to make the resource of {@link SteadyStates}. */
final class SteadyStatesMain {
  private SteadyStatesMain() {}

  /**
   * Measures, unless this very code already did.
   *
   * @param args the folder of the class files
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    Path file =
        folder
            .resolve(SteadyStates.class.getPackageName().replace('.', '/'))
            .resolve(SteadyStates.RESOURCE);
    byte[] digest = SteadyStates.digest();
    if (!isMeasuredBy(digest, file)) {
      AtomicFiles.write(file, SteadyStates.measure(digest));
    }
  }

  private static boolean isMeasuredBy(byte[] digest, Path file) throws IOException {
    if (!Files.exists(file)) {
      return false;
    }
    try {
      SteadyStates.decode(Files.readAllBytes(file), digest);
      return true;
    } catch (UnusableFileException e) {
      return false;
    }
  }
}
