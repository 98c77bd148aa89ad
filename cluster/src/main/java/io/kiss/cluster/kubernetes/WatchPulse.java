package io.kiss.cluster.kubernetes;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Knows since when an API server has not been heard, for each of its watched collections.
 *
 * <p>A quiet watch and a dead connection look the same from here. So the server is asked to end
 * every watch after a short while; the informer makes it anew, and the server's answer to that is
 * the pulse. It is also where the server's clock can be read.
 */
final class WatchPulse implements Interceptor {
  private static final long UNKNOWN_SKEW = 0;

  /** HTTP dates have no fractions of a second, and answers travel. */
  private static final Duration SMALLEST_SKEW = Duration.ofSeconds(2);

  private static final Pattern SELECTOR = Pattern.compile("(?:^|&)labelSelector=([^&]*)");

  private final long refreshSeconds;
  private final LongSupplier nanoTime;
  private final Map<String, Long> heard = new ConcurrentHashMap<>();
  private volatile long skewMillis = UNKNOWN_SKEW;

  WatchPulse(Duration refresh, LongSupplier nanoTime) {
    refreshSeconds = refresh.toSeconds();
    this.nanoTime = nanoTime;
  }

  /** What tells one watch from another: {@code /apis/apps/v1/namespaces/team/deployments}. */
  static String key(String path, String selector) {
    return path + "?" + selector;
  }

  /** How long ago a watch was last answered; empty: never. */
  Optional<Duration> silence(String key) {
    return Optional.ofNullable(heard.get(key))
        .map(at -> Duration.ofNanos(nanoTime.getAsLong() - at));
  }

  /** A watch that has begun was answered, though its response may reach {@link #after} later. */
  void began(String key) {
    heard.put(key, nanoTime.getAsLong());
  }

  /** Forgets a watch that has ended. */
  void forget(String key) {
    heard.remove(key);
  }

  /** Milliseconds by which this machine's clock is ahead of the server's. */
  long skewMillis() {
    return skewMillis;
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    String query = request.uri().getRawQuery();
    if (isWatch(request.uri())) {
      String rest = query.replaceAll("&?timeoutSeconds=\\d+", "");
      String path = request.uri().toString().substring(0, request.uri().toString().indexOf('?'));
      builder.uri(URI.create(path + "?" + rest + "&timeoutSeconds=" + refreshSeconds));
    }
  }

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    boolean taken = response.isSuccessful() || response.code() == 101;
    if (taken && isWatch(request.uri())) {
      heard.put(key(request.uri()), nanoTime.getAsLong());
    }
    if (taken) {
      readClock(response.header("Date"));
    }
  }

  private void readClock(String date) {
    if (date == null) {
      return;
    }
    try {
      Instant server = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration skew = Duration.between(server, Instant.now());
      skewMillis = skew.abs().compareTo(SMALLEST_SKEW) < 0 ? 0 : skew.toMillis();
    } catch (DateTimeParseException e) {
      skewMillis = UNKNOWN_SKEW;
    }
  }

  /** Proxies in front of the server may add to the path's beginning. */
  private static String key(URI uri) {
    String path = uri.getPath();
    Matcher selector = SELECTOR.matcher(uri.getQuery());
    return key(
        path.substring(
            Math.max(0, Math.max(path.lastIndexOf("/apis/"), path.lastIndexOf("/api/")))),
        selector.find() ? selector.group(1) : "");
  }

  private static boolean isWatch(URI uri) {
    String query = uri.getRawQuery();
    return query != null && (query.contains("watch=true") || query.contains("watch=1"));
  }
}
