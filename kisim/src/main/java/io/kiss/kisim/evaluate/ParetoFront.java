package io.kiss.kisim.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Of settings with two costs, those that no other beats in both. */
public final class ParetoFront {
  private ParetoFront() {}

  /**
   * The points that are not dominated, the first cost ascending and so the second descending. Of
   * equal points one is kept.
   */
  public static <P> List<P> of(
      List<P> points, ToDoubleFunction<P> first, ToDoubleFunction<P> second) {
    List<P> sorted = new ArrayList<>(points);
    sorted.sort(Comparator.comparingDouble(first).thenComparingDouble(second));
    List<P> front = new ArrayList<>();
    double lowest = Double.POSITIVE_INFINITY;
    for (P point : sorted) {
      if (second.applyAsDouble(point) < lowest) {
        lowest = second.applyAsDouble(point);
        front.add(point);
      }
    }
    return front;
  }
}
