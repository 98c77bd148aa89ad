package io.kiss.cluster.train;

import io.kiss.kisim.file.SealedFormat;
import io.kiss.kisim.file.UnusableFileException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of a run, one process's at a time: its two newest checkpoints, and what else belongs
 * to it. A checkpoint that is torn is refused, and the one before it used.
 */
public final class RunFolder implements AutoCloseable {
  private static final SealedFormat FORMAT =
      new SealedFormat("KIS-S training checkpoint", "KISSTRCP", 1);

  private static final Pattern CHECKPOINT = Pattern.compile("checkpoint-\\d{12}\\.kiss");
  private static final Pattern UNFINISHED = Pattern.compile("checkpoint-\\d{12}\\.kiss\\.tmp");
  private static final int KEPT = 2;

  private final Path folder;
  private final FileChannel channel;
  private final FileLock lock;

  private RunFolder(Path folder, FileChannel channel, FileLock lock) {
    this.folder = folder;
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
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new UnusableFileException(
            "another kiss train is at work in " + wanted + "; wait for it, or use another --out");
      }
      RunFolder taken = new RunFolder(folder, channel, lock);
      // A process that was killed while it wrote leaves one of these.
      for (Path unfinished : taken.files(UNFINISHED)) {
        Files.deleteIfExists(unfinished);
      }
      return taken;
    } catch (IOException e) {
      throw new UnusableFileException(
          "the folder " + wanted + " of the run cannot be written to: " + reason(e), e);
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

  /** Saves a checkpoint, and deletes those before the one before it. */
  public void save(Checkpoint checkpoint) throws IOException {
    FORMAT.write(
        folder.resolve("checkpoint-%012d.kiss".formatted(checkpoint.state().iteration())),
        checkpoint.toBytes());
    List<Path> files = files(CHECKPOINT);
    for (Path old : files.subList(Math.min(KEPT, files.size()), files.size())) {
      Files.deleteIfExists(old);
    }
  }

  /** Forgets the checkpoints of an earlier run. */
  public void clear() throws IOException {
    for (Path old : files(CHECKPOINT)) {
      Files.deleteIfExists(old);
    }
  }

  /**
   * The newest checkpoint that is whole.
   *
   * @param refused is told of each that is not, in a sentence
   * @return empty where there is none at all
   */
  public Optional<Checkpoint> newest(Consumer<String> refused) throws IOException {
    for (Path file : files(CHECKPOINT)) {
      try {
        return Optional.of(Checkpoint.fromBytes(FORMAT.read(file)));
      } catch (UnusableFileException e) {
        refused.accept(e.getMessage());
      } catch (IllegalArgumentException e) {
        refused.accept(file + " cannot be used: " + e.getMessage());
      }
    }
    return Optional.empty();
  }

  /** The newest, by name, first. */
  private List<Path> files(Pattern name) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> name.matcher(file.getFileName().toString()).matches())
          .sorted(Comparator.<Path>naturalOrder().reversed())
          .toList();
    }
  }

  @Override
  public void close() throws IOException {
    lock.release();
    channel.close();
  }
}
