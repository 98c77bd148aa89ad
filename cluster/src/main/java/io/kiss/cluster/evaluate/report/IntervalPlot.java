package io.kiss.cluster.evaluate.report;

import io.kiss.kisim.evaluate.Comparison;
import io.kiss.kisim.evaluate.Comparison.Row;
import io.kiss.kisim.evaluate.Interval;
import io.kiss.kisim.evaluate.result.EntrantInfo.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;

/**
 * Figures with their intervals one under another, placed in percent of the width, so that the page
 * can be as narrow as it likes.
 *
 * @param ticks of the axis
 * @param lines one an autoscaler
 */
record IntervalPlot(List<Axis.Tick> ticks, List<Line> lines) {

  /**
   * One autoscaler.
   *
   * @param rank such as {@code 1} or {@code =1}; empty for one that is not ranked
   * @param name whose it is
   * @param role in words
   * @param colour class of its colour
   * @param left where the interval begins, percent
   * @param width of the interval, percent
   * @param at where the estimate lies, percent
   * @param value estimate as text
   * @param interval ends as text
   * @param note who it ties with
   * @param lead whether it is the one the others are compared with
   */
  record Line(
      String rank,
      String name,
      String role,
      String colour,
      String left,
      String width,
      String at,
      String value,
      String interval,
      String note,
      boolean lead) {}

  /** Cost-at-SLO, best first. */
  static IntervalPlot costs(Comparison comparison, Styles styles) {
    return of(comparison, comparison.rows(), styles, Row::costAtSlo, null, Show::number);
  }

  /** Probability that a run of the reference costs less than one of each other. */
  static IntervalPlot improvements(Comparison comparison, Styles styles) {
    List<Row> others =
        comparison.rows().stream()
            .filter(row -> row.against().isPresent() && row.role() != Role.ORACLE)
            .toList();
    Axis axis = new Axis(0, 1, false, 0, 100);
    return of(comparison, others, styles, IntervalPlot::ofReference, axis, Show::percent);
  }

  /** The row has its own probability against the reference, which has the rest. */
  private static Interval ofReference(Row row) {
    Interval own = row.against().orElseThrow().improvement();
    return new Interval(1 - own.estimate(), 1 - own.high(), 1 - own.low());
  }

  private static IntervalPlot of(
      Comparison comparison,
      List<Row> rows,
      Styles styles,
      Function<Row, Interval> figure,
      Axis given,
      DoubleFunction<String> text) {
    if (rows.isEmpty()) {
      return new IntervalPlot(List.of(), List.of());
    }
    Axis axis = given == null ? around(rows.stream().map(figure).toList()) : given;
    List<Line> lines = new ArrayList<>();
    for (Row row : rows) {
      Interval interval = figure.apply(row);
      double at = axis.at(interval.estimate());
      double low = interval.known() ? axis.at(interval.low()) : at;
      double high = interval.known() ? axis.at(interval.high()) : at;
      lines.add(
          new Line(
              rank(row, comparison),
              row.autoscaler(),
              Tables.role(row.role()),
              styles.of(row.autoscaler()).colour(),
              percent(low),
              percent(high - low),
              percent(at),
              text.apply(interval.estimate()),
              interval.known()
                  ? text.apply(interval.low()) + " to " + text.apply(interval.high())
                  : "",
              row.tiedWith().isEmpty() || !comparison.judged()
                  ? ""
                  : "ties with " + String.join(", ", row.tiedWith()),
              comparison.reference().filter(row.autoscaler()::equals).isPresent()));
    }
    return new IntervalPlot(axis.ticks(5, given == null ? Show::trimmed : text), lines);
  }

  private static Axis around(List<Interval> intervals) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (Interval each : intervals) {
      least = Math.min(least, each.known() ? each.low() : each.estimate());
      most = Math.max(most, each.known() ? each.high() : each.estimate());
    }
    return Axis.fitting(least, most, 0, 100);
  }

  /** As in sports: an equals sign where somebody of the same rank ties with it. */
  static String rank(Row row, Comparison comparison) {
    if (row.rank() == 0 || !comparison.judged()) {
      return "";
    }
    boolean shared =
        row.tiedWith().stream()
            .anyMatch(other -> comparison.row(other).orElseThrow().rank() == row.rank());
    return (shared ? "=" : "") + row.rank();
  }

  private static String percent(double at) {
    return Show.at(at) + "%";
  }
}
