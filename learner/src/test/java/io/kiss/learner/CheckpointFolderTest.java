package io.kiss.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {
  private static byte[] checkpoint(long iteration, int size, boolean pending) {
    Random random = new Random(iteration);
    byte[] optimizer = new byte[size];
    byte[] rollout = new byte[size / 2];
    random.nextBytes(optimizer);
    random.nextBytes(rollout);
    return new TrainingCheckpoint(
            iteration,
            iteration * 100,
            optimizer,
            rollout,
            pending ? Optional.of(optimizer) : Optional.empty())
        .toBytes();
  }

  @Property(tries = 200)
  void whateverByteOfTheNewestFileIsDamagedTheOneBeforeItIsUsed(
      @ForAll @IntRange(min = 0, max = 300) int size,
      @ForAll boolean pending,
      @ForAll boolean truncate,
      @ForAll long where,
      @ForAll @IntRange(min = 1, max = 255) int flip)
      throws IOException {
    Path path = Files.createTempDirectory("checkpoints");
    try {
      CheckpointFolder folder = new CheckpointFolder(path);
      folder.save(100, checkpoint(1, size, pending));
      Path newest = folder.save(200, checkpoint(2, size, pending));
      assertThat(iteration(folder)).contains(2L);
      byte[] bytes = Files.readAllBytes(newest);
      int at = (int) Math.floorMod(where, (long) bytes.length);
      if (truncate) {
        bytes = Arrays.copyOf(bytes, at);
      } else {
        bytes[at] ^= (byte) flip;
      }
      Files.write(newest, bytes);
      assertThat(iteration(folder)).contains(1L);
    } finally {
      delete(path);
    }
  }

  private static Optional<Long> iteration(CheckpointFolder folder) {
    return folder.newest(TrainingCheckpoint::fromBytes).map(TrainingCheckpoint::iteration);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Test
  void everyPartComesBackAsItWas() {
    TrainingCheckpoint saved = TrainingCheckpoint.fromBytes(checkpoint(7, 33, true));
    assertThat(saved.iteration()).isEqualTo(7);
    assertThat(saved.environmentSteps()).isEqualTo(700);
    byte[] optimizer = new byte[33];
    new Random(7).nextBytes(optimizer);
    assertThat(saved.optimizer()).isEqualTo(optimizer);
    assertThat(saved.pendingPolicy()).hasValueSatisfying(p -> assertThat(p).isEqualTo(optimizer));
    assertThat(saved.rollout()).hasSize(16);
  }

  @Test
  void onlyTheNewestFewAreKeptAndNothingUnfinishedIsRead(@TempDir Path path) throws IOException {
    CheckpointFolder folder = new CheckpointFolder(path);
    assertThat(iteration(folder)).isEmpty();
    for (int i = 1; i <= 6; i++) {
      folder.save(10 * i, checkpoint(i, 50, false));
    }
    // A process that was killed while it wrote leaves this behind.
    Files.write(path.resolve("checkpoint.part"), checkpoint(9, 50, false));
    Files.writeString(path.resolve("notes.txt"), "somebody's");
    assertThat(iteration(folder)).contains(6L);
    folder.save(70, checkpoint(7, 50, false));
    try (Stream<Path> files = Files.list(path)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "checkpoint-000000000050.kiss",
              "checkpoint-000000000060.kiss",
              "checkpoint-000000000070.kiss",
              "notes.txt");
    }
  }

  @Test
  void whereNoneIsOfUseEveryReasonIsTold(@TempDir Path path) throws IOException {
    CheckpointFolder folder = new CheckpointFolder(path);
    Files.writeString(folder.save(1, checkpoint(1, 9, false)), "something else altogether");
    byte[] later = checkpoint(2, 9, false);
    Files.write(folder.save(2, later), Arrays.copyOf(later, later.length - 1));
    assertThatThrownBy(() -> iteration(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a checkpoint")
        .hasMessageContaining("torn");
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed(@TempDir Path path) throws IOException {
    Path file = Files.writeString(path.resolve("file"), "");
    assertThatThrownBy(() -> new CheckpointFolder(file.resolve("below")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file.resolve("below").toString());
  }
}
