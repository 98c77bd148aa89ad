package io.kiss.cluster.prometheus;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * How Prometheus is asked.
 *
 * @param source the templates where an attachment names none
 * @param window of rates and quantiles; the one that policies were trained with
 * @param queryTimeout how long one attempt of a query may take
 * @param roundTimeout how long all queries of a namespace's tick may take, retries included
 * @param attempts most times a query is sent in a round
 * @param responseLimit bytes of an answer, unpacked, beyond which it is refused
 * @param concurrency most queries under way at once; others wait
 * @param splitFrom pods of a namespace from which on its histogram is asked for in parts at once
 * @param leastReporting share of the pods ready for long that must tell arrivals, or those are
 *     unknown
 */
public record PrometheusSettings(
    String source,
    Duration window,
    Duration queryTimeout,
    Duration roundTimeout,
    int attempts,
    long responseLimit,
    int concurrency,
    int splitFrom,
    double leastReporting) {
  private static final int MOST_CONCURRENT = 1000;

  public PrometheusSettings {
    require(!source.isBlank(), "source", "must name a template", source);
    require(window.toSeconds() >= 1, "window", "must be at least 1 s", window);
    require(!queryTimeout.isNegative() && !queryTimeout.isZero(), "query-timeout", POSITIVE, "0");
    require(
        roundTimeout.compareTo(queryTimeout) >= 0,
        "round-timeout",
        "must be at least query-timeout, " + queryTimeout,
        roundTimeout);
    require(attempts >= 1 && attempts <= 10, "attempts", "must be in 1..10", attempts);
    require(responseLimit >= 1024, "response-limit", "must be at least 1 KiB", responseLimit);
    require(
        responseLimit <= Integer.MAX_VALUE / 2, "response-limit", "must be below 1 GiB", "more");
    require(
        concurrency >= 1 && concurrency <= MOST_CONCURRENT,
        "concurrency",
        "must be in 1.." + MOST_CONCURRENT,
        concurrency);
    require(splitFrom >= 1, "split-from", "must be at least 1", splitFrom);
    require(
        leastReporting >= 0 && leastReporting <= 1,
        "least-reporting",
        "must be in 0..1",
        leastReporting);
  }

  private static final String POSITIVE = "must be positive";

  private static void require(boolean met, String key, String rule, Object value) {
    if (!met) {
      throw new IllegalArgumentException(
          "kiss.prometheus." + key + " " + rule + ", not '" + value + "'");
    }
  }

  /** Reads {@code kiss.prometheus}. */
  public static PrometheusSettings from(Config prometheus) {
    return new PrometheusSettings(
        prometheus.getString("source"),
        prometheus.getDuration("window"),
        prometheus.getDuration("query-timeout"),
        prometheus.getDuration("round-timeout"),
        prometheus.getInt("attempts"),
        prometheus.getBytes("response-limit"),
        prometheus.getInt("concurrency"),
        prometheus.getInt("split-from"),
        prometheus.getDouble("least-reporting"));
  }
}
