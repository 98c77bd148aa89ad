package io.kiss.cluster.train;

import io.kiss.kisim.file.UnusableFileException;
import io.kiss.learner.CheckpointFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The folder of a run, one process's at a time: its newest checkpoints, and what else belongs to
 * it. A checkpoint that is torn is refused, and the one before it used.
 */
public final class RunFolder implements AutoCloseable {
  private static final String LOCK = "lock";
  private static final String CHECKPOINTS = "checkpoint-*.kiss";

  private final Path folder;
  private final CheckpointFolder checkpoints;
  private final FileChannel channel;
  private final FileLock lock;
  private final boolean made;

  private RunFolder(Path folder, FileChannel channel, FileLock lock, boolean made) {
    this.made = made;
    this.folder = folder;
    checkpoints = new CheckpointFolder(folder);
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Makes the folder where it is missing, and takes it.
   *
   * @throws UnusableFileException if it cannot be written to, or another process has it
   */
  public static RunFolder open(Path wanted) {
    Path folder = wanted.toAbsolutePath().normalize();
    try {
      boolean made = !Files.exists(folder);
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new UnusableFileException(
            "another kiss train is at work in " + wanted + "; wait for it, or use another --out");
      }
      return new RunFolder(folder, channel, lock, made);
    } catch (IOException e) {
      throw new UnusableFileException(
          "the folder " + wanted + " of the run cannot be written to: " + reason(e), e);
    }
  }

  /** Whether there is a run in a folder, whole or torn; changes nothing there. */
  public static boolean holdsARun(Path folder) {
    try (DirectoryStream<Path> checkpoints = Files.newDirectoryStream(folder, CHECKPOINTS)) {
      return checkpoints.iterator().hasNext();
    } catch (IOException e) {
      return false;
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held by this very process.
      return null;
    }
  }

  private static String reason(IOException e) {
    String message = String.valueOf(e.getMessage());
    return e.getClass().getSimpleName().replace("Exception", "") + " " + message;
  }

  /** Where it is. */
  public Path path() {
    return folder;
  }

  /**
   * Saves a checkpoint; older ones go, but for a few.
   *
   * @throws UncheckedIOException if it cannot be written; those before it are still there
   */
  public void save(Checkpoint checkpoint) {
    checkpoints.save(checkpoint.state().iteration(), checkpoint.toBytes());
  }

  /** Forgets the checkpoints of an earlier run. */
  public void clear() throws IOException {
    try (DirectoryStream<Path> old = Files.newDirectoryStream(folder, CHECKPOINTS)) {
      for (Path file : old) {
        Files.deleteIfExists(file);
      }
    }
  }

  /**
   * The newest checkpoint that is whole.
   *
   * @param refused is told of each that is not, in a sentence
   * @return empty where there is none
   */
  public Optional<Checkpoint> newest(Consumer<String> refused) {
    try {
      return checkpoints.newest(
          (file, bytes) -> {
            try {
              return Checkpoint.fromBytes(bytes);
            } catch (UnusableFileException e) {
              refused.accept(file.getFileName() + " cannot be used: " + e.getMessage());
              throw new IllegalArgumentException(e.getMessage(), e);
            }
          });
    } catch (IllegalArgumentException e) {
      // Each was told of.
      return Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    if (made && isBare()) {
      // Nothing came of the run: as if it had never been.
      Files.delete(folder.resolve(LOCK));
      Files.delete(folder);
    }
    lock.release();
    channel.close();
  }

  private boolean isBare() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.allMatch(file -> file.endsWith(LOCK));
    }
  }
}
