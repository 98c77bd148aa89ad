package io.kiss.cluster.evaluate.report;

import io.kiss.kisim.evaluate.Comparison;
import io.kiss.kisim.evaluate.PerformanceProfile;
import java.util.ArrayList;
import java.util.List;

/**
 * Share of runs that cost at most so much.
 *
 * @param across ticks of cost-at-SLO
 * @param up ticks of the share
 * @param lines one an autoscaler
 */
record ProfilePlot(List<Axis.Tick> across, List<Axis.Tick> up, List<Line> lines) {
  private static final double LEFT = 44;
  private static final double RIGHT = 508;
  private static final double TOP = 12;
  private static final double BOTTOM = 246;

  /**
   * A line of the plot.
   *
   * @param name whose it is
   * @param colour class of its colour
   * @param dash as SVG has it
   * @param points of the line
   * @param lead whether it is drawn thick
   */
  record Line(String name, String colour, String dash, String points, boolean lead) {}

  static ProfilePlot of(Comparison comparison, Styles styles) {
    if (comparison.profiles().isEmpty()) {
      return new ProfilePlot(List.of(), List.of(), List.of());
    }
    double[] costs = comparison.profiles().get(0).thresholds();
    double last = costs[costs.length - 1];
    // At least a tenth apart, or the axis has no length where all cost the same.
    double high = Math.max(last, 1.1 * costs[0]);
    Axis across = new Axis(costs[0], high, high / costs[0] >= 5, LEFT, RIGHT);
    Axis up = new Axis(0, 1, false, BOTTOM, TOP);
    List<Line> lines = new ArrayList<>();
    for (PerformanceProfile profile : comparison.profiles()) {
      StringBuilder points = new StringBuilder();
      for (int i = 0; i < costs.length; i++) {
        points
            .append(i == 0 ? "" : " ")
            .append(Show.at(across.at(costs[i])))
            .append(',')
            .append(Show.at(up.at(profile.shares()[i].estimate())));
      }
      Styles.Style style = styles.of(profile.autoscaler());
      lines.add(
          new Line(
              profile.autoscaler(),
              style.colour(),
              style.dash(),
              points.toString(),
              style.shown()));
    }
    return new ProfilePlot(across.ticks(6, Show::trimmed), up.ticks(4, Show::percent), lines);
  }
}
