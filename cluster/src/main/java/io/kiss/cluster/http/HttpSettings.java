package io.kiss.cluster.http;

import com.typesafe.config.Config;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the admin API listens.
 *
 * @param port 0: any free one
 * @param operatorToken of who may do everything; empty: nobody has one
 * @param viewerToken of who may read; empty: nobody has one
 * @param askTimeout how long an actor may take to answer before the caller is told 503
 * @param tokensFile more tokens, by their hashes; read again when it changes
 * @param tlsDirectory of the port's certificate; empty: no TLS
 * @param rate requests a second of one address, in the long run
 * @param burst requests of one address at once
 * @param requireIfMatch whether a change of what is there must name the version it changes
 */
public record HttpSettings(
    String host,
    int port,
    Optional<String> operatorToken,
    Optional<String> viewerToken,
    Duration askTimeout,
    Optional<Path> tokensFile,
    Optional<Path> tlsDirectory,
    double rate,
    double burst,
    boolean requireIfMatch) {
  private static final double USUAL_RATE = 100;
  private static final double USUAL_BURST = 400;
  private static final int SHORTEST_TOKEN = 16;

  public HttpSettings {
    requireToken("operator-token", operatorToken);
    requireToken("viewer-token", viewerToken);
    if (operatorToken.isPresent()
        && operatorToken.map(Tokens::hashed).equals(viewerToken.map(Tokens::hashed))) {
      throw new IllegalArgumentException(
          "kiss.http.operator-token and kiss.http.viewer-token are the same; a viewer could do"
              + " everything");
    }
    operatorToken = operatorToken.map(Tokens::hashed);
    viewerToken = viewerToken.map(Tokens::hashed);
    if (!(rate > 0) || !(burst >= 1)) {
      throw new IllegalArgumentException(
          "kiss.http.rate.per-second must be positive and kiss.http.rate.burst at least 1");
    }
    if (!isLoopback(host) && operatorToken.isEmpty() && tokensFile.isEmpty()) {
      throw new IllegalArgumentException(
          "kiss.http.host is "
              + host
              + ", which others reach, but there is no login: set kiss.http.operator-token"
              + " (KISS_HTTP_OPERATOR_TOKEN), or use 127.0.0.1");
    }
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("kiss.http.port must be in 0..65535, not " + port);
    }
    if (askTimeout.isZero() || askTimeout.isNegative()) {
      throw new IllegalArgumentException("kiss.http.ask-timeout must be positive");
    }
  }

  /** Without what few nodes need. */
  HttpSettings(
      String host,
      int port,
      Optional<String> operatorToken,
      Optional<String> viewerToken,
      Duration askTimeout) {
    this(
        host,
        port,
        operatorToken,
        viewerToken,
        askTimeout,
        Optional.empty(),
        Optional.empty(),
        USUAL_RATE,
        USUAL_BURST,
        false);
  }

  /** Without tokens, whoever reaches the port may do everything. */
  public boolean hasLogin() {
    return operatorToken.isPresent() || viewerToken.isPresent() || tokensFile.isPresent();
  }

  private static void requireToken(String key, Optional<String> token) {
    // The token itself is never told: this sentence goes to a log.
    token.ifPresent(
        text -> {
          if (text.matches("(?i)sha256:[0-9a-f]{64}")) {
            return;
          }
          if (text.length() < SHORTEST_TOKEN || !text.matches("[A-Za-z0-9._~+/=-]+")) {
            throw new IllegalArgumentException(
                "kiss.http.%s must be %d or more of the characters A-Z a-z 0-9 . _ ~ + / = -"
                    .formatted(key, SHORTEST_TOKEN));
          }
        });
  }

  /** Whether only programs of this machine reach the API. */
  boolean isLoopback() {
    return isLoopback(host);
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      // Listening there will fail and say so.
      return false;
    }
  }

  /** Reads {@code kiss.http}. */
  public static HttpSettings from(Config http) {
    return new HttpSettings(
        http.getString("host"),
        http.getInt("port"),
        Optional.of(http.getString("operator-token")).filter(token -> !token.isEmpty()),
        Optional.of(http.getString("viewer-token")).filter(token -> !token.isEmpty()),
        http.getDuration("ask-timeout"),
        Optional.of(http.getString("tokens-file")).filter(f -> !f.isEmpty()).map(Path::of),
        Optional.of(http.getString("tls-directory")).filter(f -> !f.isEmpty()).map(Path::of),
        http.getDouble("rate.per-second"),
        http.getDouble("rate.burst"),
        http.getBoolean("require-if-match"));
  }

  /** Says whether there are tokens, never what they are. */
  @Override
  public String toString() {
    return "HttpSettings[host=%s, port=%d, login=%s]".formatted(host, port, hasLogin());
  }
}
