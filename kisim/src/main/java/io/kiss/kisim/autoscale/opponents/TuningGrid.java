package io.kiss.kisim.autoscale.opponents;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is tried when an autoscaler is tuned: the settings an operator would turn first, each over a
 * stated range. The defaults are always among the candidates, so that tuning never loses to them on
 * what it was tuned on.
 */
public final class TuningGrid {
  private static final List<String> SHARES =
      List.of("0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9");
  private static final List<String> WINDOWS = List.of("0", "60", "300");

  /** Axes by autoscaler; an axis sets one or several keys at once. */
  private static final Map<String, List<List<Map<String, String>>>> AXES =
      Map.of(
          "hpa", List.of(axis("target", SHARES), axis("stabilisation", WINDOWS)),
          "keda", List.of(axis("threshold", SHARES), axis("stabilisation", WINDOWS)),
          "kpa",
              List.of(
                  targets("utilisation", "1"),
                  axis("down-delay", WINDOWS),
                  axis("stable", List.of("30", "60"))),
          "apa",
              List.of(
                  axis("target", SHARES),
                  axis("window", List.of("30", "180")),
                  axis("down-pick", List.of("lowest", "highest"))),
          "wva",
              List.of(
                  List.of(
                      Map.of("queue", "1", "queue-spare", "0.6"),
                      Map.of("queue", "2", "queue-spare", "1.2"),
                      Map.of("queue", "5", "queue-spare", "3"),
                      Map.of("queue", "10", "queue-spare", "6")),
                  axis("interval", List.of("15", "60")),
                  axis("tolerance", List.of("0", "0.1")),
                  List.of(
                      Map.of("up-stabilisation", "0", "stabilisation", "60"),
                      Map.of("up-stabilisation", "240", "stabilisation", "240"))),
          "dynamo", List.of(axis("sensitivity", List.of("0.5", "0.6", "0.7", "0.8", "0.9"))),
          "ray",
              List.of(
                  targets("unit", "replica"),
                  axis("up-delay", List.of("0", "30")),
                  axis("down-delay", List.of("60", "300", "600"))));

  private TuningGrid() {}

  /**
   * What to try, beginning with {@code base} itself. Settings that {@code base} has of its own stay
   * as they are.
   *
   * @throws IllegalArgumentException if there is nothing to tune
   */
  public static List<AutoscalerChoice> of(AutoscalerChoice base) {
    List<List<Map<String, String>>> axes = AXES.get(base.kind().name());
    if (axes == null) {
      throw new IllegalArgumentException(
          base.kind().name()
              + " has no threshold to tune; those that have are "
              + String.join(", ", AXES.keySet().stream().sorted().toList()));
    }
    List<Map<String, String>> combinations = List.of(Map.of());
    for (List<Map<String, String>> axis : axes) {
      if (axis.get(0).keySet().stream().noneMatch(base::sets)) {
        combinations = cross(combinations, axis);
      }
    }
    List<AutoscalerChoice> candidates = new ArrayList<>();
    candidates.add(base);
    for (Map<String, String> combination : combinations) {
      AutoscalerChoice candidate = base.with(combination);
      if (!candidates.contains(candidate)) {
        candidates.add(candidate);
      }
    }
    return List.copyOf(candidates);
  }

  private static List<Map<String, String>> cross(
      List<Map<String, String>> combinations, List<Map<String, String>> axis) {
    List<Map<String, String>> crossed = new ArrayList<>();
    for (Map<String, String> one : combinations) {
      for (Map<String, String> other : axis) {
        Map<String, String> both = new LinkedHashMap<>(one);
        both.putAll(other);
        crossed.add(both);
      }
    }
    return crossed;
  }

  private static List<Map<String, String>> axis(String key, List<String> values) {
    return values.stream().map(value -> Map.of(key, value)).toList();
  }

  /** Targets as shares of what a replica serves, with another setting that goes with that. */
  private static List<Map<String, String>> targets(String key, String setting) {
    List<Map<String, String>> axis = new ArrayList<>();
    for (String share : SHARES) {
      Map<String, String> settings = new LinkedHashMap<>();
      settings.put("target", share);
      settings.put("unit", "replica");
      settings.put(key, setting);
      axis.add(settings);
    }
    return axis;
  }
}
