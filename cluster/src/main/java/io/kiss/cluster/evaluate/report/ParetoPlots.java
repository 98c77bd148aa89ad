package io.kiss.cluster.evaluate.report;

import io.kiss.kisim.evaluate.Comparison;
import io.kiss.kisim.evaluate.Means;
import io.kiss.kisim.evaluate.ParetoFront;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import io.kiss.kisim.evaluate.result.SweepPoint;
import io.kiss.kisim.evaluate.result.TraceInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** GPU time against violations: a plot a trace, and one of all together where there are several. */
final class ParetoPlots {
  private static final double WIDTH = 380;
  private static final double HEIGHT = 290;
  private static final double LEFT = 56;
  private static final double RIGHT = WIDTH - 12;
  private static final double TOP = 12;
  private static final double BOTTOM = HEIGHT - 44;

  /** Fewer violations than this are drawn as this many: a logarithm has no zero. */
  private static final double FEWEST = 1e-4;

  /**
   * A plot.
   *
   * @param title what it is of
   * @param across ticks of the horizontal axis
   * @param up ticks of the vertical axis
   * @param curves of settings that were tried
   * @param points one an autoscaler
   */
  record Plot(
      String title,
      List<Axis.Tick> across,
      List<Axis.Tick> up,
      List<Curve> curves,
      List<Point> points) {}

  /**
   * Settings of one kind of autoscaler.
   *
   * @param colour class of its colour
   * @param line through those that no other beats
   * @param dots all of them
   * @param label drawn beside it, empty for none
   * @param labelX where
   * @param labelY where
   * @param anchor which end of the label is there
   */
  record Curve(
      String colour,
      String line,
      List<Point> dots,
      String label,
      String labelX,
      String labelY,
      String anchor) {}

  /**
   * A point.
   *
   * @param x its place
   * @param y its place
   * @param colour class of its colour
   * @param marker symbol
   * @param says text for the mouse and for screen readers
   * @param label drawn beside it, empty for none
   * @param labelX where
   * @param labelY where
   * @param anchor which end of the label is there
   */
  record Point(
      String x,
      String y,
      String colour,
      String marker,
      String says,
      String label,
      String labelX,
      String labelY,
      String anchor) {}

  private record Spot(String name, double gpuShare, double violatingShare) {}

  private final EvaluationResults results;
  private final Comparison comparison;
  private final Styles styles;

  ParetoPlots(EvaluationResults results, Comparison comparison, Styles styles) {
    this.results = results;
    this.comparison = comparison;
    this.styles = styles;
  }

  List<Plot> all() {
    List<Plot> plots = new ArrayList<>();
    if (results.traces().size() > 1 && !comparison.rows().isEmpty()) {
      List<Spot> spots =
          comparison.rows().stream().map(row -> spot(row.autoscaler(), row.means())).toList();
      plots.add(plot("All traces, means", spots, pooledSweep()));
    }
    for (TraceInfo trace : results.traces()) {
      List<Spot> spots =
          comparison.traces().stream()
              .filter(row -> row.trace().equals(trace.name()))
              .map(row -> spot(row.autoscaler(), row.means()))
              .toList();
      if (!spots.isEmpty()) {
        plots.add(
            plot(
                trace.name(),
                spots,
                results.sweep().stream().filter(p -> p.trace().equals(trace.name())).toList()));
      }
    }
    return plots;
  }

  private static Spot spot(String name, Means means) {
    return new Spot(name, means.gpuShare(), means.violatingShare());
  }

  /** Settings that were tried on every trace, by their means. */
  private List<SweepPoint> pooledSweep() {
    Map<String, List<SweepPoint>> byKind =
        results.sweep().stream()
            .collect(
                Collectors.groupingBy(
                    point -> point.kind() + ":" + point.settings(),
                    LinkedHashMap::new,
                    Collectors.toList()));
    return byKind.values().stream()
        .filter(points -> points.size() == results.traces().size())
        .map(
            points ->
                new SweepPoint(
                    "",
                    points.get(0).kind(),
                    points.get(0).settings(),
                    mean(points.stream().mapToDouble(SweepPoint::gpuShare).toArray()),
                    mean(points.stream().mapToDouble(SweepPoint::violatingShare).toArray())))
        .toList();
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private Plot plot(String title, List<Spot> spots, List<SweepPoint> sweep) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    double highest = FEWEST * 10;
    for (Spot spot : spots) {
      least = Math.min(least, spot.gpuShare);
      most = Math.max(most, spot.gpuShare);
      highest = Math.max(highest, spot.violatingShare);
    }
    // Settings nobody would choose must not squeeze the others: the axis is that of the runs.
    Axis across = Axis.fitting(least, most, LEFT, RIGHT);
    Axis up = new Axis(FEWEST, Math.min(1, highest * 1.6), true, BOTTOM, TOP);
    Map<String, List<SweepPoint>> kinds =
        sweep.stream()
            .filter(point -> point.gpuShare() >= across.low() && point.gpuShare() <= across.high())
            .filter(point -> point.violatingShare() <= up.high())
            .collect(
                Collectors.groupingBy(SweepPoint::kind, LinkedHashMap::new, Collectors.toList()));
    Labels labels = new Labels(LEFT, RIGHT, TOP, BOTTOM);
    spots.forEach(spot -> labels.keepFree(across.at(spot.gpuShare), up.at(spot.violatingShare)));
    final List<Point> points = points(spots, across, up, labels);
    List<Curve> curves = new ArrayList<>();
    kinds.forEach((kind, tried) -> curves.add(curve(kind, tried, across, up, labels)));
    return new Plot(
        title,
        across.ticks(5, Show::trimmed),
        up.ticks(4, value -> value <= FEWEST * 1.001 ? "≤ 0.01 %" : axisPercent(value)),
        curves,
        points);
  }

  private static String axisPercent(double share) {
    return Numbers.rounded(100 * share, 2).toPlainString() + " %";
  }

  private Curve curve(String kind, List<SweepPoint> points, Axis across, Axis up, Labels labels) {
    String colour =
        results.entrants().stream()
            .map(entrant -> entrant.name())
            .filter(name -> name.equals(kind) || name.startsWith(kind + ":"))
            .findFirst()
            .map(name -> styles.of(name).colour())
            .orElse("cx");
    List<SweepPoint> front =
        ParetoFront.of(points, SweepPoint::gpuShare, SweepPoint::violatingShare);
    String line =
        front.stream()
            .map(p -> Show.at(across.at(p.gpuShare())) + "," + Show.at(up.at(p.violatingShare())))
            .collect(Collectors.joining(" "));
    List<Point> dots = new ArrayList<>();
    for (SweepPoint point : points) {
      String says = says(kind + " " + point.settings(), point.gpuShare(), point.violatingShare());
      dots.add(
          new Point(
              Show.at(across.at(point.gpuShare())),
              Show.at(up.at(point.violatingShare())),
              colour,
              "",
              says,
              "",
              "",
              "",
              ""));
    }
    SweepPoint middle = front.get(front.size() / 2);
    Labels.Place place =
        labels.place(kind + " curve", across.at(middle.gpuShare()), up.at(middle.violatingShare()));
    return new Curve(
        colour, line, dots, place.text(), Show.at(place.x()), Show.at(place.y()), place.anchor());
  }

  private static String says(String name, double gpuShare, double violatingShare) {
    return name
        + ": "
        + Show.number(gpuShare)
        + " × GPU time needed, "
        + Show.percent(violatingShare)
        + " violations";
  }

  private List<Point> points(List<Spot> spots, Axis across, Axis up, Labels labels) {
    List<Point> points = new ArrayList<>();
    for (Spot spot : spots) {
      Styles.Style style = styles.of(spot.name);
      double x = across.at(spot.gpuShare);
      double y = up.at(spot.violatingShare);
      Labels.Place place = labels.place(style.shown() ? spot.name : "", x, y);
      points.add(
          new Point(
              Show.at(x),
              Show.at(y),
              style.colour(),
              style.marker(),
              says(spot.name, spot.gpuShare, spot.violatingShare),
              place.text(),
              Show.at(place.x()),
              Show.at(place.y()),
              place.anchor()));
    }
    return points;
  }
}
