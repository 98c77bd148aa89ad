package io.kiss.cluster.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiss.cluster.boot.BootFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {
  /** Of the text {@code abc}, as FIPS 180-2 has it. */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @TempDir Path folder;

  private static HttpSettings settings(Optional<String> operator, Optional<Path> file) {
    return new HttpSettings(
        "127.0.0.1",
        0,
        operator,
        Optional.empty(),
        Duration.ofSeconds(1),
        file,
        Optional.empty(),
        100,
        100,
        false);
  }

  @Test
  void aTokenIsKnownByItsHashAlone() {
    Tokens tokens = new Tokens(settings(Optional.of("sha256:" + ABC), Optional.empty()));
    assertThat(tokens.find("abc")).contains(new Caller("operator", Caller.Role.OPERATOR));
    assertThat(tokens.find("abd")).isEmpty();
    assertThat(tokens.find(ABC)).as("the hash itself is no token").isEmpty();
    assertThat(settings(Optional.of("plain-token-of-compose"), Optional.empty()).operatorToken())
        .hasValueSatisfying(kept -> assertThat(kept).startsWith("sha256:").doesNotContain("plain"));
  }

  @Test
  void tokensComeAndGoWithTheFileAndStayWhereItIsBroken() throws Exception {
    Path file = folder.resolve("tokens");
    write(file, "# ours\nviewer alice " + ABC + "\n", 1);
    Tokens tokens = new Tokens(settings(Optional.empty(), Optional.of(file)));
    assertThat(tokens.find("abc")).contains(new Caller("alice", Caller.Role.VIEWER));
    write(file, "operator bob " + ABC + "\n", 2);
    assertThat(tokens.find("abc")).contains(new Caller("bob", Caller.Role.OPERATOR));
    write(file, "operator bob\n", 3);
    assertThat(tokens.find("abc")).contains(new Caller("bob", Caller.Role.OPERATOR));
    write(file, "", 4);
    assertThat(tokens.find("abc")).isEmpty();
    write(file, "king carl " + ABC + "\n", 5);
    assertThatThrownBy(() -> new Tokens(settings(Optional.empty(), Optional.of(file))))
        .isInstanceOf(BootFailure.class)
        .hasMessageContaining("line 1");
  }

  private static void write(Path file, String text, long seconds) throws Exception {
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L + 1000 * seconds));
  }

  @Test
  void anAddressGetsItsBurstAndThenItsRate() {
    AtomicLong nanos = new AtomicLong();
    RateLimit limit = new RateLimit(2, 3, nanos::get);
    for (int i = 0; i < 3; i++) {
      assertThat(limit.take("a")).isZero();
    }
    assertThat(limit.take("a")).isEqualTo(1);
    assertThat(limit.take("b")).as("another address").isZero();
    nanos.addAndGet(500_000_000);
    assertThat(limit.take("a")).isZero();
    assertThat(limit.take("a")).isEqualTo(1);
  }
}
