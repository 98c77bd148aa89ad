package io.kiss.cluster.prometheus;

import java.time.Duration;
import java.util.List;
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
  static final Set<String> PLACEHOLDERS = Set.of("namespace", "window", "seconds", "by", "part");
  static final Pattern PLACEHOLDER = Pattern.compile("\\$([A-Za-z_]+)");

  /** Whether it looks back over a window. */
  boolean looksBack() {
    return PLACEHOLDER
        .matcher(promql)
        .results()
        .map(match -> match.group(1))
        .anyMatch(name -> name.equals("window") || name.equals("seconds"));
  }

  /**
   * Matchers of the label {@code le} each of which takes some of a histogram's buckets, and all of
   * them each bucket once. By the first digit that is not 0: one in three begins with 1, few with
   * 9, and what people choose by hand goes 1, 2, 5.
   */
  private static final List<String> PARTS =
      List.of(
          ", le=~\"[0.]*1.*\"",
          ", le=~\"[0.]*[23].*\"",
          ", le=~\"[0.]*5.*\"",
          ", le!~\"[0.]*[1235].*\"");

  private static final List<String> WHOLE = List.of("");

  /**
   * The queries for a namespace, whose answers together are the figure's.
   *
   * @param split whether a histogram may be asked for in parts, at once
   */
  List<String> of(String namespace, Duration window, boolean split) {
    boolean inParts = split && promql.contains("$part");
    return (inParts ? PARTS : WHOLE).stream().map(part -> of(namespace, window, part)).toList();
  }

  private String of(String namespace, Duration window, String part) {
    return of(namespace, window, part, "");
  }

  /** The same of the age, but of samples that were there so long ago. */
  String before(String namespace, Duration ago) {
    return of(namespace, ago, "", " offset " + duration(ago.toMillis()));
  }

  private String of(String namespace, Duration window, String part, String offset) {
    Map<String, String> values =
        Map.of(
            "namespace",
            namespace,
            "window",
            duration(window.toMillis()),
            "seconds",
            Double.toString(window.toMillis() / 1000.0),
            "by",
            grouping.list(),
            "part",
            part,
            "offset",
            offset);
    return PLACEHOLDER
        .matcher(promql)
        .replaceAll(match -> Matcher.quoteReplacement(values.get(match.group(1))));
  }

  private static String duration(long millis) {
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }
}
