package io.kiss.cluster.prometheus;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Where the figures come from: a template, or several of which a later one wins.
 *
 * @param name as asked for, such as {@code triton+istio}
 * @param figures those it can tell; the others are {@code NaN}
 */
record MetricsSource(String name, Map<Figure, FigureQuery> figures) {

  MetricsSource {
    figures = Map.copyOf(figures);
  }

  /**
   * Puts sources together. The age goes with the arrivals; and one that tells latency also tells
   * what is completed: its histogram's count, unless it says otherwise.
   *
   * @throws IllegalArgumentException if none tells the arrivals
   */
  static MetricsSource together(String name, List<MetricsSource> parts) {
    Map<Figure, FigureQuery> all = new EnumMap<>(Figure.class);
    for (MetricsSource part : parts) {
      if (part.figures.containsKey(Figure.LATENCY)) {
        all.remove(Figure.COMPLETIONS);
      }
      all.putAll(part.figures);
    }
    if (!all.containsKey(Figure.ARRIVALS)) {
      throw new IllegalArgumentException(
          "metrics source '%s' does not tell how many requests arrive; combine it with one that does, as in triton+%s"
              .formatted(name, name));
    }
    return new MetricsSource(name, all);
  }
}
