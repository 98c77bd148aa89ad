package io.kiss.cluster.prometheus;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a source tells a figure.
 *
 * @param source that it comes from
 * @param promql with {@code $namespace}, {@code $window}, {@code $seconds} and {@code $by} in it
 * @param divisor that makes shares or seconds of values, or of a histogram's bounds
 * @param whenAnswered of arrivals: whether requests are counted when they are answered
 */
record FigureQuery(
    String source, String promql, Grouping grouping, double divisor, boolean whenAnswered) {
  static final Set<String> PLACEHOLDERS = Set.of("namespace", "window", "seconds", "by");
  static final Pattern PLACEHOLDER = Pattern.compile("\\$([A-Za-z_]+)");

  /** Whether it looks back over a window. */
  boolean looksBack() {
    return PLACEHOLDER
        .matcher(promql)
        .results()
        .map(match -> match.group(1))
        .anyMatch(name -> name.equals("window") || name.equals("seconds"));
  }

  /** The query for a namespace. */
  String of(String namespace, Duration window) {
    Map<String, String> values =
        Map.of(
            "namespace", namespace,
            "window", duration(window.toMillis()),
            "seconds", Double.toString(window.toMillis() / 1000.0),
            "by", grouping.list());
    return PLACEHOLDER
        .matcher(promql)
        .replaceAll(match -> Matcher.quoteReplacement(values.get(match.group(1))));
  }

  private static String duration(long millis) {
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }
}
