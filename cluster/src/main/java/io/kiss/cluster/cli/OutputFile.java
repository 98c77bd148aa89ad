package io.kiss.cluster.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a command is to write at its end; {@code -} is standard output. */
record OutputFile(String flag, Path path) {

  boolean isStandardOutput() {
    return path.toString().equals("-");
  }

  /**
   * Finds out before the work whether the file can be written; leaves nothing behind.
   *
   * @throws IllegalArgumentException with a sentence if it cannot
   */
  void requireWritable() {
    if (isStandardOutput()) {
      return;
    }
    if (path.toString().isBlank()) {
      throw new IllegalArgumentException(
          flag + " must name a file, but is empty; is a shell variable unset?");
    }
    if (Files.isDirectory(path)) {
      throw new IllegalArgumentException(flag + ": " + path + " is a folder");
    }
    if (Files.exists(path)) {
      require(Files.isWritable(path), "cannot be written");
      return;
    }
    Path folder = path.toAbsolutePath().getParent();
    require(Files.isDirectory(folder), "cannot be written, there is no folder " + folder);
    try {
      // Asking is not enough: a read-only mount answers only to a write.
      Files.delete(Files.createTempFile(folder, ".kiss", ".probe"));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          flag + ": " + path + " cannot be written, nor anything in its folder", e);
    }
  }

  /**
   * Finds out before the work whether a policy can be written there.
   *
   * @param force whether one that is there may be overwritten
   * @throws IllegalArgumentException with a sentence if it cannot
   */
  void requirePolicy(boolean force) {
    if (isStandardOutput()) {
      throw new IllegalArgumentException(flag + " must name a file: a policy is no text");
    }
    requireWritable();
    if (Files.exists(path) && !force) {
      throw new IllegalArgumentException(path + " exists; --force overwrites it");
    }
  }

  private void require(boolean holds, String why) {
    if (!holds) {
      throw new IllegalArgumentException(flag + ": " + path + " " + why);
    }
  }

  void write(String text, PrintWriter standardOutput) throws IOException {
    if (isStandardOutput()) {
      standardOutput.print(text);
      standardOutput.flush();
    } else {
      Files.writeString(path, text);
    }
  }
}
