package io.kiss.cluster.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiss.kisim.file.UnusableFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
  @TempDir Path temp;
  private final List<String> refused = new ArrayList<>();

  @Test
  void theNewestCheckpointComesBackWhole() throws IOException {
    try (RunFolder folder = RunFolder.open(temp.resolve("run"))) {
      assertThat(folder.newest(refused::add)).isEmpty();
      folder.save(Runs.checkpoint(9));
      folder.save(Runs.checkpoint(10));
      Checkpoint found = folder.newest(refused::add).orElseThrow();
      assertThat(found).usingRecursiveComparison().isEqualTo(Runs.checkpoint(10));
      folder.clear();
      assertThat(folder.newest(refused::add)).isEmpty();
    }
    assertThat(refused).isEmpty();
  }

  @Test
  void ofATornCheckpointItIsSaidAndTheOneBeforeItUsed() throws IOException {
    try (RunFolder folder = RunFolder.open(temp)) {
      folder.save(Runs.checkpoint(9));
      folder.save(Runs.checkpoint(10));
      Path newest = temp.resolve("checkpoint-000000000010.kiss");
      byte[] whole = Files.readAllBytes(newest);
      Files.write(newest, Arrays.copyOf(whole, whole.length - 7));
      assertThat(folder.newest(refused::add).orElseThrow().state().iteration()).isEqualTo(9);
      assertThat(refused)
          .singleElement()
          .asString()
          .startsWith("checkpoint-000000000010.kiss cannot be used: ")
          .contains("torn");
    }
  }

  @Test
  void aFolderInUseOrOneThatCannotBeMadeIsRefused() throws IOException {
    try (RunFolder held = RunFolder.open(temp)) {
      assertThatThrownBy(() -> RunFolder.open(held.path()))
          .isInstanceOf(UnusableFileException.class)
          .hasMessageContaining("another kiss train");
    }
    Path file = Files.createFile(temp.resolve("file"));
    assertThatThrownBy(() -> RunFolder.open(file.resolve("run")))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining(file.toString());
  }
}
