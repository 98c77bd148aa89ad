package io.kiss.cluster.reproduce;

import io.kiss.cluster.reproduce.StudyResult.Training;
import java.util.List;
import java.util.Locale;

/** Learning curves: reward over the share of the training, a line and a band an agent group. */
final class CurveSvg {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 300;
  private static final int LEFT = 50;
  private static final int RIGHT = 10;
  private static final int TOP = 10;
  private static final int BOTTOM = 40;
  private static final String[] COLOURS = {"#d55e00", "#0072b2", "#009e73"};

  private static final String GREY = "gray";

  private final double low;
  private final double high;
  private final StringBuilder svg = new StringBuilder();

  private CurveSvg(List<Training> trainings) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (Training training : trainings) {
      for (double[] point : training.curve()) {
        least = Math.min(least, point[1]);
        most = Math.max(most, point[2]);
      }
    }
    double room = Math.max(0.1, 0.05 * (most - least));
    low = least - room;
    high = most + room;
  }

  static String of(List<Training> trainings) {
    return new CurveSvg(trainings).draw(trainings);
  }

  private String draw(List<Training> trainings) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %d %d\""
                + " font-family=\"sans-serif\" font-size=\"11\""
                + " aria-label=\"Reward over training\">%n",
            WIDTH,
            HEIGHT));
    for (int tick = 0; tick <= 4; tick++) {
      double value = low + (high - low) * tick / 4;
      line("#99999966", LEFT, y(value), WIDTH - RIGHT, y(value));
      text(LEFT - 6, y(value) + 4, "end", GREY, String.format(Locale.ROOT, "%.1f", value));
      text(x(tick / 4.0), HEIGHT - BOTTOM + 16, "middle", GREY, 25 * tick + " %");
    }
    text(x(0.5), HEIGHT - 6, "middle", GREY, "share of the training's episodes");
    for (int t = 0; t < trainings.size(); t++) {
      curve(trainings.get(t).curve(), COLOURS[t % COLOURS.length]);
      text(
          LEFT + 8.0 + 150 * t,
          TOP + 12,
          "start",
          COLOURS[t % COLOURS.length],
          trainings.get(t).key());
    }
    return svg.append("</svg>\n").toString();
  }

  private void curve(double[][] points, String colour) {
    StringBuilder mean = new StringBuilder();
    StringBuilder band = new StringBuilder();
    StringBuilder back = new StringBuilder();
    for (int i = 0; i < points.length; i++) {
      double at = x((i + 0.5) / points.length);
      mean.append(point(at, y(points[i][0])));
      band.append(point(at, y(points[i][1])));
      back.insert(0, point(at, y(points[i][2])));
    }
    svg.append("<polygon fill=\"").append(colour).append("\" opacity=\"0.15\" points=\"");
    svg.append(band).append(back).append("\"/>\n<polyline fill=\"none\" stroke=\"").append(colour);
    svg.append("\" stroke-width=\"2\" points=\"").append(mean).append("\"/>\n");
  }

  private static String point(double x, double y) {
    return String.format(Locale.ROOT, "%.1f,%.1f ", x, y);
  }

  private void line(String colour, double x1, double y1, double x2, double y2) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>%n",
            x1,
            y1,
            x2,
            y2,
            colour));
  }

  private void text(double x, double y, String anchor, String colour, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n",
            x,
            y,
            anchor,
            colour,
            text));
  }

  private static double x(double share) {
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM);
  }
}
