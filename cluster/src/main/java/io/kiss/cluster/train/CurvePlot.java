package io.kiss.cluster.train;

import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.kisim.autoscale.PolicyFile.Provenance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The learning curve as a drawing that needs nothing else: return, SLO attainment and GPU-hours,
 * each on an axis of its own, over the environment steps. It follows the reader's light or dark
 * setting, and tells the figures under the pointer.
 */
public final class CurvePlot {
  private static final int SMOOTHED_EPISODES = 100;
  private static final int WIDTH = 880;
  private static final int LEFT = 76;
  private static final int RIGHT = 812;
  private static final int TOP = 124;
  private static final int PANEL = 132;
  private static final int PANEL_GAP = 52;
  private static final int HEIGHT = TOP + 3 * PANEL + 2 * PANEL_GAP + 62;

  /** Columns that answer to the pointer. */
  private static final int MOST_COLUMNS = 160;

  /** What one panel shows. */
  private enum Figure {
    RETURN("Episode return", "", 0, EpisodeSummary::returns),
    SLO("Requests inside the SLO", " %", 1, sum -> 100 * sum.sloAttainment()),
    GPU_HOURS("GPU-hours an episode", "", 1, EpisodeSummary::gpuHours);

    private final String title;
    private final String unit;
    private final int decimals;
    private final ToDoubleFunction<EpisodeSummary> sum;

    Figure(String title, String unit, int decimals, ToDoubleFunction<EpisodeSummary> sum) {
      this.title = title;
      this.unit = unit;
      this.decimals = decimals;
      this.sum = sum;
    }

    /** NaN where there is no episode. */
    double mean(EpisodeSummary episodes) {
      return sum.applyAsDouble(episodes) / episodes.count();
    }

    int top() {
      return TOP + ordinal() * (PANEL + PANEL_GAP);
    }
  }

  private final Provenance provenance;
  private final LearningCurve curve;
  private final List<LearningCurve.Point> points;
  private final int first;
  private final PlotScale steps;
  private final StringBuilder out = new StringBuilder();

  private CurvePlot(Provenance provenance, LearningCurve curve, long cutEpisodes) {
    this.provenance = provenance;
    this.curve = curve;
    points = curve.points();
    first = firstPoint(cutEpisodes);
    steps =
        PlotScale.upTo(
            Math.max(1, points.get(points.size() - 1).environmentSteps()), LEFT, RIGHT, 6);
  }

  /**
   * Draws a curve that has at least one point.
   *
   * @param cutEpisodes steps in which the first episodes end, which are cut short and would look
   *     better than they are: they are not drawn, where there is anything else
   */
  public static String svg(Provenance provenance, LearningCurve curve, long cutEpisodes) {
    return new CurvePlot(provenance, curve, cutEpisodes).draw();
  }

  /** The same in a page of its own. */
  public static String html(Provenance provenance, LearningCurve curve, long cutEpisodes) {
    return """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>%s, learning curve</title>
        <style>
        body { margin: 0; padding: 16px; background: #fcfcfb; }
        @media (prefers-color-scheme: dark) { body { background: #1a1a19; } }
        svg { display: block; margin: auto; }
        </style>
        %s</html>
        """
        .formatted(escaped(provenance.run()), svg(provenance, curve, cutEpisodes));
  }

  private int firstPoint(long cutEpisodes) {
    int index = 0;
    while (index < points.size() && points.get(index).environmentSteps() <= cutEpisodes) {
      index++;
    }
    // Two points at least, or there is no line to see.
    return index + 2 <= points.size() ? index : 0;
  }

  private String draw() {
    out.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">
        <title>Learning curve of %s</title>
        """
            .formatted(WIDTH, HEIGHT, WIDTH, HEIGHT, escaped(provenance.run())));
    out.append(STYLE);
    out.append("<rect class=\"surface\" width=\"%d\" height=\"%d\"/>\n".formatted(WIDTH, HEIGHT));
    head();
    for (Figure figure : Figure.values()) {
      panel(figure);
    }
    stepsAxis();
    pointer();
    return out.append("</svg>\n").toString();
  }

  private void head() {
    text("title", 24, 36, "start", "Learning curve of " + provenance.run());
    text(
        "note",
        24,
        58,
        "start",
        String.format(
            Locale.ROOT,
            "%,d environment steps in %s, %,d updates, %s, seed %d, %.10s",
            provenance.environmentSteps(),
            duration(provenance.seconds()),
            provenance.iterations(),
            provenance.engine(),
            provenance.seed(),
            provenance.created()));
    int undone = points.stream().mapToInt(LearningCurve.Point::rollbacks).sum();
    text(
        "note",
        24,
        76,
        "start",
        "Line: mean of the latest "
            + SMOOTHED_EPISODES
            + " episodes; faint: "
            + (curve.iterationsAPoint() == 1
                ? "each update's batch"
                : curve.iterationsAPoint() + " updates' batches")
            + (undone == 0 ? "" : "; triangles: " + undone + " undone updates"));
  }

  private void panel(Figure figure) {
    int top = figure.top();
    double[] smooth = new double[points.size()];
    double[] raw = new double[points.size()];
    Arrays.fill(smooth, Double.NaN);
    Arrays.fill(raw, Double.NaN);
    for (int i = first; i < points.size(); i++) {
      smooth[i] = figure.mean(latest(i));
      raw[i] = figure.mean(points.get(i).episodes());
    }
    PlotScale values = scale(figure, smooth, raw);
    String name = figure.name().toLowerCase(Locale.ROOT).replace('_', '-');
    out.append("<g class=\"").append(name).append("\">\n");
    text("panel", LEFT, top - 12, "start", figure.title);
    for (double tick : steps.ticks()) {
      line("grid", steps.pixel(tick), top, steps.pixel(tick), top + PANEL);
    }
    for (double tick : values.ticks()) {
      double y = values.pixel(tick);
      line("grid", LEFT, y, RIGHT, y);
      text("tick", LEFT - 8, y + 4, "end", values.label(tick) + figure.unit);
    }
    line("axis", LEFT, top + PANEL, RIGHT, top + PANEL);
    out.append("<clipPath id=\"clip-%s\">".formatted(name))
        .append(
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/></clipPath>\n"
                .formatted(LEFT, top, RIGHT - LEFT, PANEL));
    out.append("<g clip-path=\"url(#clip-%s)\">\n".formatted(name));
    polyline("raw", raw, values);
    polyline("smooth", smooth, values);
    out.append("</g>\n");
    ending(figure, smooth, values);
    if (figure == Figure.RETURN) {
      undone(top + PANEL);
    }
    out.append("</g>\n");
  }

  /** The line has to fit; of what lies around it, nine tenths. */
  private static PlotScale scale(Figure figure, double[] smooth, double[] raw) {
    double[] lines = Arrays.stream(smooth).filter(Double::isFinite).sorted().toArray();
    double[] around = Arrays.stream(raw).filter(Double::isFinite).sorted().toArray();
    double low = 0;
    double high = 1;
    if (around.length > 0) {
      low = Math.min(lines[0], around[around.length / 20]);
      high = Math.max(lines[lines.length - 1], around[around.length - 1 - around.length / 20]);
    }
    if (figure == Figure.SLO) {
      high = Math.max(high, low + 0.5);
      PlotScale open = PlotScale.around(low, high, figure.top() + PANEL, figure.top(), 4);
      // There is nothing above 100 %.
      return open.high() <= 100
          ? open
          : new PlotScale(open.low(), 100, open.from(), open.to(), open.step());
    }
    return PlotScale.around(low, high, figure.top() + PANEL, figure.top(), 4);
  }

  private EpisodeSummary latest(int index) {
    EpisodeSummary sum = EpisodeSummary.NONE;
    for (int i = index; i >= first && sum.count() < SMOOTHED_EPISODES; i--) {
      sum = sum.plus(points.get(i).episodes());
    }
    return sum;
  }

  private void polyline(String kind, double[] values, PlotScale scale) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      if (Double.isFinite(values[i])) {
        line.append(line.isEmpty() ? "" : " ")
            .append(coordinate(steps.pixel(points.get(i).environmentSteps())))
            .append(',')
            .append(coordinate(scale.pixel(values[i])));
      }
    }
    if (!line.isEmpty()) {
      out.append("<polyline class=\"%s\" points=\"%s\"/>\n".formatted(kind, line));
    }
  }

  /** A dot where the line ends, and what it ends at. */
  private void ending(Figure figure, double[] smooth, PlotScale scale) {
    double last = smooth[smooth.length - 1];
    if (Double.isFinite(last)) {
      out.append(
          "<circle class=\"dot\" cx=\"%s\" cy=\"%s\" r=\"4\"/>\n"
              .formatted(coordinate(RIGHT), coordinate(scale.pixel(last))));
      text("value", RIGHT + 9, scale.pixel(last) + 4, "start", value(figure, last));
    }
  }

  private void undone(double y) {
    for (LearningCurve.Point point : points) {
      if (point.rollbacks() > 0) {
        double x = steps.pixel(point.environmentSteps());
        out.append(
            "<path class=\"undone\" d=\"M%s %s l4 -8 l4 8 z\"><title>%d undone</title></path>\n"
                .formatted(coordinate(x - 4), coordinate(y), point.rollbacks()));
      }
    }
  }

  private void stepsAxis() {
    int y = Figure.GPU_HOURS.top() + PANEL;
    boolean millions = steps.high() >= 1e6;
    double unit = millions ? 1e6 : steps.high() >= 2e3 ? 1e3 : 1;
    PlotScale inUnits =
        new PlotScale(0, steps.high() / unit, steps.from(), steps.to(), steps.step() / unit);
    for (double tick : inUnits.ticks()) {
      text("tick", inUnits.pixel(tick), y + 20, "middle", inUnits.label(tick));
    }
    text(
        "tick",
        (LEFT + RIGHT) / 2.0,
        y + 44,
        "middle",
        "Environment steps" + (millions ? ", millions" : unit > 1 ? ", thousands" : ""));
  }

  /** Columns over all panels that show a rule and their figures under the pointer. */
  private void pointer() {
    List<Integer> columns = new ArrayList<>();
    int count = Math.min(MOST_COLUMNS, points.size() - first);
    for (int c = 0; c < count; c++) {
      columns.add(points.size() - 1 - (int) ((long) c * (points.size() - first) / count));
    }
    double width = (RIGHT - LEFT) / (double) Math.max(1, count);
    for (int i : columns) {
      double x = steps.pixel(points.get(i).environmentSteps());
      StringBuilder told =
          new StringBuilder(
              String.format(Locale.ROOT, "%,d steps", points.get(i).environmentSteps()));
      for (Figure figure : Figure.values()) {
        told.append('\n')
            .append(figure.title)
            .append(": ")
            .append(value(figure, figure.mean(latest(i))));
      }
      out.append(
          """
          <g class="column"><rect x="%s" y="%d" width="%s" height="%d"/><path d="M%s %dV%d"/>\
          <title>%s</title></g>
          """
              .formatted(
                  coordinate(x - width / 2),
                  TOP,
                  coordinate(width),
                  Figure.GPU_HOURS.top() + PANEL - TOP,
                  coordinate(x),
                  TOP,
                  Figure.GPU_HOURS.top() + PANEL,
                  told));
    }
  }

  private static String value(Figure figure, double value) {
    return Double.isNaN(value)
        ? "-"
        : PlotScale.number(value, Math.abs(value) < 10 ? 2 : figure.decimals) + figure.unit;
  }

  private void line(String kind, double x1, double y1, double x2, double y2) {
    out.append(
        "<path class=\"%s\" d=\"M%s %sL%s %s\"/>\n"
            .formatted(kind, coordinate(x1), coordinate(y1), coordinate(x2), coordinate(y2)));
  }

  private void text(String kind, double x, double y, String anchor, String words) {
    out.append(
        "<text class=\"%s\" x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>\n"
            .formatted(kind, coordinate(x), coordinate(y), anchor, escaped(words)));
  }

  private static String coordinate(double pixel) {
    String text = String.format(Locale.ROOT, "%.1f", pixel);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  private static String duration(double seconds) {
    long whole = Math.round(seconds);
    return whole >= 3600
        ? "%d:%02d:%02d h".formatted(whole / 3600, whole / 60 % 60, whole % 60)
        : whole >= 60 ? "%d:%02d min".formatted(whole / 60, whole % 60) : whole + " s";
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replaceAll("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]", "?");
  }

  private static final String STYLE =
      """
      <style>
      svg { --surface: #fcfcfb; --ink: #0b0b0b; --quiet: #52514e; --grid: #e7e6df; --axis: #b5b4aa;
        --return: #2a78d6; --slo: #0e8f63; --gpu: #b0620a; --undone: #c93030;
        max-width: 100%; height: auto; }
      @media (prefers-color-scheme: dark) {
        svg { --surface: #1a1a19; --ink: #ffffff; --quiet: #c3c2b7; --grid: #2c2c2a;
          --axis: #55544f; --return: #5a9fec; --slo: #2fb884; --gpu: #d99a3d; --undone: #f07070; } }
      text { font-family: system-ui, -apple-system, "Segoe UI", sans-serif; font-size: 12px;
        fill: var(--quiet); }
      .surface { fill: var(--surface); }
      .title { font-size: 20px; font-weight: 600; fill: var(--ink); }
      .panel, .value { font-size: 13px; font-weight: 600; fill: var(--ink); }
      .note { font-size: 13px; }
      .tick, .value { font-variant-numeric: tabular-nums; }
      .grid { stroke: var(--grid); fill: none; }
      .axis { stroke: var(--axis); fill: none; }
      .return { --line: var(--return); } .slo { --line: var(--slo); } .gpu-hours { --line: var(--gpu); }
      polyline { fill: none; stroke: var(--line); stroke-linejoin: round; stroke-linecap: round; }
      .raw { stroke-width: 1; opacity: 0.3; }
      .smooth { stroke-width: 2; }
      .dot { fill: var(--line); stroke: var(--surface); stroke-width: 2; }
      .undone { fill: var(--undone); }
      .column rect { fill: transparent; }
      .column path { stroke: var(--quiet); opacity: 0; }
      .column:hover path { opacity: 0.7; }
      </style>
      """;
}
