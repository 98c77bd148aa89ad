package io.kiss.cluster.kubernetes;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;

/**
 * How clusters are spoken to; {@code reference.conf} says what every value trades for what.
 *
 * @param kinds what is scaled, as {@code plural.group}
 * @param threads that wait for an API server's answers, a cluster
 * @param requestTimeout of one request
 * @param callTimeout after which no further attempt is made
 * @param attempts of a request that the server could not take
 * @param backoff before the second attempt, doubled before each further one
 * @param watchRefresh how long a watch lasts before it is made anew, which shows that the server is
 *     there
 * @param staleAfter without a sign of life no workloads are shown any more
 * @param idleAfter a namespace that nobody asks for is not watched any more
 * @param leaseDuration after which others may take the lease
 * @param leaseMargin so long before that nothing is written any more
 */
public record KubernetesSettings(
    List<String> kinds,
    int threads,
    Duration requestTimeout,
    Duration callTimeout,
    int attempts,
    Duration backoff,
    Duration watchRefresh,
    Duration staleAfter,
    Duration idleAfter,
    Duration leaseDuration,
    Duration leaseMargin) {

  /** Reading the object, and patching its scale. */
  private static final int REQUESTS_OF_A_WRITE = 2;

  public KubernetesSettings {
    kinds = List.copyOf(kinds);
    require(!kinds.isEmpty(), "kinds must name at least one, such as deployments.apps");
    kinds.forEach(
        kind ->
            require(
                kind.matches("[a-z0-9-]+(\\.[a-z0-9.-]+)?"),
                "kinds must be like deployments.apps, not '" + kind + "'"));
    require(threads >= 1, "threads must be at least 1, not " + threads);
    require(attempts >= 1, "attempts must be at least 1, not " + attempts);
    requirePositive("request-timeout", requestTimeout);
    requirePositive("call-timeout", callTimeout);
    requirePositive("backoff", backoff);
    requirePositive("idle-after", idleAfter);
    require(
        watchRefresh.toSeconds() >= 1, "watch-refresh must be at least 1 s, not " + watchRefresh);
    require(
        staleAfter.compareTo(watchRefresh) > 0,
        "stale-after (%s) must be longer than watch-refresh (%s)"
            .formatted(staleAfter, watchRefresh));
    require(
        leaseDuration.toSeconds() >= 1,
        "lease-duration must be at least 1 s, not " + leaseDuration);
    require(
        !leaseMargin.isNegative()
            && leaseMargin
                    .plus(requestTimeout.multipliedBy(REQUESTS_OF_A_WRITE))
                    .compareTo(leaseDuration)
                < 0,
        "lease-duration (%s) must be longer than lease-margin (%s) and twice request-timeout (%s) together"
            .formatted(leaseDuration, leaseMargin, requestTimeout));
  }

  /** What one attempt of a write may take from its start until the server has it. */
  Duration writeTimeout() {
    return requestTimeout.multipliedBy(REQUESTS_OF_A_WRITE);
  }

  /** Reads {@code kiss.kubernetes}. */
  public static KubernetesSettings from(Config kubernetes) {
    return new KubernetesSettings(
        kubernetes.getStringList("kinds"),
        kubernetes.getInt("threads"),
        kubernetes.getDuration("request-timeout"),
        kubernetes.getDuration("call-timeout"),
        kubernetes.getInt("attempts"),
        kubernetes.getDuration("backoff"),
        kubernetes.getDuration("watch-refresh"),
        kubernetes.getDuration("stale-after"),
        kubernetes.getDuration("idle-after"),
        kubernetes.getDuration("lease-duration"),
        kubernetes.getDuration("lease-margin"));
  }

  private static void requirePositive(String key, Duration value) {
    require(value.toMillis() > 0, key + " must be above 0, not " + value);
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException("kiss.kubernetes." + problem);
    }
  }
}
