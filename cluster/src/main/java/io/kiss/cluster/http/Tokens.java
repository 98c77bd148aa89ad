package io.kiss.cluster.http;

import io.kiss.cluster.boot.BootFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may do what, by the SHA-256 of their tokens. The file with more of them is read again when it
 * changes, so that tokens come and go without a restart; where it cannot be used then, those of
 * before stay in force.
 */
final class Tokens {
  static final String HASHED = "sha256:";
  private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);
  private static final int WORDS = 3;

  private final List<Token> fixed;
  private final Optional<Path> file;
  private List<Token> read = List.of();
  private FileTime readAt;

  private record Token(Caller caller, byte[] sha256) {}

  /**
   * The tokens of a node.
   *
   * @throws BootFailure if the file cannot be used
   */
  Tokens(HttpSettings settings) {
    List<Token> told = new ArrayList<>();
    settings.operatorToken().ifPresent(t -> told.add(token("operator", Caller.Role.OPERATOR, t)));
    settings.viewerToken().ifPresent(t -> told.add(token("viewer", Caller.Role.VIEWER, t)));
    fixed = List.copyOf(told);
    file = settings.tokensFile();
    file.ifPresent(
        path -> {
          try {
            readAt = Files.getLastModifiedTime(path);
            read = parse(path);
          } catch (IOException | IllegalArgumentException e) {
            throw new BootFailure("kiss.http.tokens-file cannot be used: " + e.getMessage(), e);
          }
        });
  }

  private static Token token(String name, Caller.Role role, String hashed) {
    return new Token(
        new Caller(name, role), HexFormat.of().parseHex(hashed.substring(HASHED.length())));
  }

  /** As it stands in settings: the hash, whatever was told. */
  static String hashed(String told) {
    return told.startsWith(HASHED)
        ? told.toLowerCase(Locale.ROOT)
        : HASHED + HexFormat.of().formatHex(sha256(told));
  }

  private static List<Token> parse(Path file) throws IOException {
    List<Token> tokens = new ArrayList<>();
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      String text = line.strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      String[] words = text.split("\\s+");
      if (words.length != WORDS
          || !words[0].matches("viewer|operator")
          || !words[2].matches("[0-9a-fA-F]{64}")) {
        throw new IllegalArgumentException(
            "%s, line %d: must be viewer or operator, a name, and the SHA-256 of the token in hex"
                .formatted(file, number));
      }
      tokens.add(
          token(
              words[1],
              Caller.Role.valueOf(words[0].toUpperCase(Locale.ROOT)),
              HASHED + words[2].toLowerCase(Locale.ROOT)));
    }
    return List.copyOf(tokens);
  }

  /** Whose token it is. All are compared, so that the time it takes says nothing. */
  Optional<Caller> find(String token) {
    byte[] told = sha256(token);
    Optional<Caller> found = Optional.empty();
    for (List<Token> tokens : List.of(fixed, current())) {
      for (Token each : tokens) {
        if (MessageDigest.isEqual(each.sha256(), told)) {
          found = Optional.of(each.caller());
        }
      }
    }
    return found;
  }

  private synchronized List<Token> current() {
    if (file.isEmpty()) {
      return read;
    }
    try {
      FileTime now = Files.getLastModifiedTime(file.get());
      if (!now.equals(readAt)) {
        readAt = now;
        read = parse(file.get());
        LOG.info("Tokens of {} read again: {}", file.get(), read.size());
      }
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("kiss.http.tokens-file cannot be used, the tokens of before stay: {}", e.toString());
    }
    return read;
  }

  private static byte[] sha256(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
