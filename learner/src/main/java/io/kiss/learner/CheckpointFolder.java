package io.kiss.learner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints as files of one folder, {@code checkpoint-<number>.kiss}, the newest few of them.
 *
 * <p>A file appears whole or not at all: it is written under another name, forced to the disk, and
 * renamed. Should one still be torn or foreign, the one before it is used.
 */
public final class CheckpointFolder {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointFolder.class);
  private static final Pattern NAME = Pattern.compile("checkpoint-\\d{12}\\.kiss");
  private static final String UNFINISHED = "checkpoint.part";
  private static final int KEPT = 3;

  private final Path folder;

  /**
   * Makes the folder where there is none.
   *
   * @throws UncheckedIOException if it cannot be made
   */
  public CheckpointFolder(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("the folder for checkpoints cannot be made: " + folder, e);
    }
  }

  /**
   * Writes a checkpoint and removes those that are older than the newest few.
   *
   * @param number grows from one checkpoint to the next, such as the environment steps so far
   * @return the file
   * @throws UncheckedIOException if it cannot be written; those before it are still there
   */
  public Path save(long number, byte[] checkpoint) {
    Path part = folder.resolve(UNFINISHED);
    Path file = folder.resolve(String.format("checkpoint-%012d.kiss", number));
    try {
      try (FileChannel out =
          FileChannel.open(
              part,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer buffer = ByteBuffer.wrap(checkpoint);
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
        out.force(true);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      forceFolder();
      List<Path> files = newestFirst();
      for (Path old : files.subList(Math.min(KEPT, files.size()), files.size())) {
        Files.deleteIfExists(old);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the checkpoint cannot be written to " + file, e);
    }
    return file;
  }

  /** Makes the renaming last, where the file system lets a folder be forced. */
  private void forceFolder() {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      LOG.debug("Folder {} cannot be forced to the disk: {}", folder, e.getMessage());
    }
  }

  /**
   * Reads the newest checkpoint that is of use.
   *
   * @param reader throws IllegalArgumentException where a checkpoint is torn or foreign
   * @return empty where the folder has no checkpoint
   * @throws IllegalArgumentException with every reason, where there are some and none is of use
   * @throws UncheckedIOException if the folder cannot be read
   */
  public <T> Optional<T> newest(Function<byte[], T> reader) {
    return newest((file, bytes) -> reader.apply(bytes));
  }

  /**
   * As {@link #newest(Function)}, of a reader that is also told which file it is.
   *
   * @param reader throws IllegalArgumentException where a checkpoint is torn or foreign
   */
  public <T> Optional<T> newest(BiFunction<Path, byte[], T> reader) {
    List<String> reasons = new ArrayList<>();
    for (Path file : newestFirst()) {
      try {
        return Optional.of(reader.apply(file, Files.readAllBytes(file)));
      } catch (IllegalArgumentException | IOException e) {
        reasons.add(file.getFileName() + ": " + e.getMessage());
        LOG.warn("{} is refused, the one before it is tried: {}", file, e.getMessage());
      }
    }
    if (reasons.isEmpty()) {
      return Optional.empty();
    }
    throw new IllegalArgumentException(
        "no checkpoint in " + folder + " is of use: " + String.join("; ", reasons));
  }

  private List<Path> newestFirst() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> NAME.matcher(file.getFileName().toString()).matches())
          .sorted(Comparator.comparing((Path file) -> file.getFileName().toString()).reversed())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the folder for checkpoints cannot be read: " + folder, e);
    }
  }
}
