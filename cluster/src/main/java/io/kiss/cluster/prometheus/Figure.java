package io.kiss.cluster.prometheus;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a source is asked for, each by one query for a whole namespace. */
enum Figure {
  /** Requests a second, received or answered. */
  ARRIVALS,
  /** By how many a second the requests inside grow; added to arrivals counted when answered. */
  GROWTH,
  /** Requests answered a second, where the latency histogram does not count them. */
  COMPLETIONS,
  /** Rates of a latency histogram's cumulative buckets. */
  LATENCY,
  /** Requests waiting now. */
  QUEUED,
  /** Requests in service now. */
  RUNNING,
  /** Share of time a kernel ran. */
  GPU,
  /** Age of the newest sample behind the arrivals. */
  AGE;

  /** As templates and sentences spell it. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Figure> ofKey(String key) {
    return Arrays.stream(values()).filter(figure -> figure.key().equals(key)).findFirst();
  }

  static List<String> keys() {
    return Arrays.stream(values()).map(Figure::key).toList();
  }
}
