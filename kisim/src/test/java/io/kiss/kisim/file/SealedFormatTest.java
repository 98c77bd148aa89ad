package io.kiss.kisim.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealedFormatTest {
  private static final SealedFormat FORMAT = new SealedFormat("KIS-S sample", "KISSSMPL", 3);

  @TempDir Path folder;

  @Test
  void whatIsWrittenIsReadAndNothingElseIsLeftInTheFolder() throws IOException {
    Path file = folder.resolve("a");
    byte[] body = "body".getBytes(StandardCharsets.UTF_8);
    FORMAT.write(file, new byte[100]);
    FORMAT.write(file, body);
    assertThat(FORMAT.read(file)).isEqualTo(body);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
    // 8 of magic, 4 of version, 8 of length, 32 of SHA-256.
    assertThat(Files.size(file)).isEqualTo(8 + 4 + 8 + body.length + 32);
  }

  @Test
  void aFileThatEndsTooEarlyOrTooLateIsRefusedWhereverItEnds() {
    byte[] whole = FORMAT.seal(new byte[] {1, 2, 3});
    for (int length = 0; length < whole.length; length++) {
      byte[] torn = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> FORMAT.open("f", torn))
          .as("%d bytes", length)
          .isInstanceOf(UnusableFileException.class)
          .hasMessageMatching("f is (empty|torn: .*)");
    }
    assertThatThrownBy(() -> FORMAT.open("f", Arrays.copyOf(whole, whole.length + 1)))
        .hasMessageContaining("torn");
  }

  @Test
  void anyByteThatChangedIsNoticed() {
    byte[] whole = FORMAT.seal(new byte[] {1, 2, 3});
    for (int at = 0; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= 0x10;
      assertThatThrownBy(() -> FORMAT.open("f", changed))
          .as("byte %d", at)
          .isInstanceOf(UnusableFileException.class);
    }
  }

  @Test
  void aForeignFileAnotherVersionAFolderAndNoFileAreEachSaid() throws IOException {
    Path foreign = Files.writeString(folder.resolve("notes.txt"), "not what you think it is");
    assertThatThrownBy(() -> FORMAT.read(foreign)).hasMessage(foreign + " is no KIS-S sample file");
    Path newer = folder.resolve("newer");
    new SealedFormat("KIS-S sample", "KISSSMPL", 4).write(newer, new byte[1]);
    assertThatThrownBy(() -> FORMAT.read(newer))
        .hasMessage(newer + " is a KIS-S sample file of format 4, and this version reads 3");
    assertThatThrownBy(() -> FORMAT.read(folder)).hasMessageContaining("is a folder");
    Path none = folder.resolve("none");
    assertThatThrownBy(() -> FORMAT.read(none)).hasMessage("there is no file " + none);
  }
}
