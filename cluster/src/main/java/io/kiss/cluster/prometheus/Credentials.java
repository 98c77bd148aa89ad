package io.kiss.cluster.prometheus;

import io.kiss.cluster.boot.Authority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/** What shows a Prometheus who asks, from files that are read again as they are renewed. */
final class Credentials {
  private static final long KEPT_NANOS = Duration.ofSeconds(30).toNanos();
  private static final long MOST_BYTES = 1 << 16;
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

  private final PrometheusEndpoint endpoint;
  private final LongSupplier nanoTime;
  private Optional<String> header = Optional.empty();
  private boolean read;
  private long readNanos;

  Credentials(PrometheusEndpoint endpoint, LongSupplier nanoTime) {
    this.endpoint = endpoint;
    this.nanoTime = nanoTime;
  }

  /**
   * The header {@code Authorization}; reads files, so not for a caller that must not wait.
   *
   * @throws QueryFailure where a file cannot be used, without what is in it
   */
  synchronized Optional<String> authorization() {
    if (!read || nanoTime.getAsLong() - readNanos > KEPT_NANOS) {
      header = fresh();
      read = true;
      readNanos = nanoTime.getAsLong();
    }
    return header;
  }

  private Optional<String> fresh() {
    if (endpoint.bearerTokenFile().isPresent()) {
      return Optional.of("Bearer " + secret("bearer-token-file", endpoint.bearerTokenFile().get()));
    }
    return endpoint
        .passwordFile()
        .map(
            file -> {
              String login = endpoint.user().orElseThrow() + ":" + secret("password-file", file);
              return "Basic "
                  + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
            });
  }

  private static String secret(String key, Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw unusable(key, file, "is too large");
      }
      String text = Files.readString(file).strip();
      if (key.equals("bearer-token-file") ? !TOKEN.matcher(text).matches() : text.isEmpty()) {
        throw unusable(key, file, "has nothing of that kind in it");
      }
      return text;
    } catch (IOException e) {
      throw unusable(key, file, "cannot be read");
    }
  }

  private static QueryFailure unusable(String key, Path file, String why) {
    return QueryFailure.lasting("is not asked: kiss.prometheus.%s %s %s".formatted(key, file, why));
  }

  /**
   * Trusts the certificates of {@code caFile} only.
   *
   * @throws IllegalArgumentException where the file cannot be used
   */
  static Optional<SSLContext> trust(PrometheusEndpoint endpoint) {
    return endpoint.caFile().map(file -> Authority.trusting("kiss.prometheus.ca-file", file));
  }
}
