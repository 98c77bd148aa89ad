package io.kiss.cluster.evaluate.report;

import io.kiss.kisim.evaluate.Comparison;
import io.kiss.kisim.evaluate.Comparison.Against;
import io.kiss.kisim.evaluate.Comparison.GapClosed;
import io.kiss.kisim.evaluate.Comparison.Row;
import io.kiss.kisim.evaluate.Comparison.TraceRow;
import io.kiss.kisim.evaluate.Interval;
import io.kiss.kisim.evaluate.Means;
import io.kiss.kisim.evaluate.result.EntrantInfo;
import io.kiss.kisim.evaluate.result.EntrantInfo.Role;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import io.kiss.kisim.evaluate.result.TraceInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The tables of the page, cell by cell. */
final class Tables {
  /**
   * An autoscaler and its cells.
   *
   * @param rank see {@link IntervalPlot#rank}
   * @param name of the autoscaler
   * @param role in words
   * @param colour class of its colour
   * @param cells the rest, in the order of the header
   */
  record Line(String rank, String name, String role, String colour, List<String> cells) {}

  /**
   * A table.
   *
   * @param header of the cells
   * @param lines its rows
   */
  record Table(List<String> header, List<Line> lines) {}

  /** What one autoscaler ran with. */
  record Setting(String name, String role, List<Item> items) {}

  /** Where and what; where is empty for everywhere. */
  record Item(String where, String what) {}

  private Tables() {}

  static String role(Role role) {
    return switch (role) {
      case POLICY -> "learned policy";
      case BASELINE -> "as set";
      case TUNED -> "tuned beforehand";
      case TUNED_HERE -> "tuned in hindsight";
      case ORACLE -> "knows the future";
    };
  }

  /** Everything that is compared. */
  static Table ranking(Comparison comparison, Styles styles) {
    List<String> header = new ArrayList<>();
    header.addAll(List.of("Cost-at-SLO", "95 % interval"));
    comparison
        .reference()
        .ifPresent(
            name ->
                header.addAll(
                    List.of("Against " + name, "95 % interval", "Verdict", "Cheaper in cases")));
    header.addAll(
        List.of(
            "SLO kept",
            "GPU time × need",
            "GPU-hours a run",
            "Cost a run, $",
            "Energy a run, kWh",
            "Lost requests a run",
            "Scalings a run",
            "Flaps a run",
            "Absorbs a spike in"));
    if (comparison.oracle().isPresent()) {
      header.add("Above Oracle");
      comparison.baseline().ifPresent(name -> header.add("Gap from " + name + " closed"));
      comparison.baselineHere().ifPresent(name -> header.add("Gap from " + name + " closed"));
    }
    List<Line> lines = new ArrayList<>();
    for (Row row : comparison.rows()) {
      lines.add(
          new Line(
              IntervalPlot.rank(row, comparison),
              row.autoscaler(),
              role(row.role()),
              styles.of(row.autoscaler()).colour(),
              cells(row, comparison)));
    }
    return new Table(header, lines);
  }

  private static List<String> cells(Row row, Comparison comparison) {
    List<String> cells = new ArrayList<>();
    cells.add(Show.number(row.costAtSlo().estimate()));
    cells.add(Show.interval(row.costAtSlo()));
    cells.addAll(
        row.against()
            .map(against -> against(against, comparison.cases()))
            .orElse(List.of(Show.NOTHING, Show.NOTHING, Show.NOTHING, Show.NOTHING)));
    Means means = row.means();
    cells.add(Show.attainment(means.sloAttainment()));
    cells.add(Show.number(means.gpuShare()));
    cells.add(Show.number(means.gpuHours()));
    cells.add(Show.number(means.cost()));
    cells.add(Show.number(means.kilowattHours()));
    cells.add(count(means.lostRequests()));
    cells.add(count(means.scalingActions()));
    cells.add(count(means.flaps()));
    cells.add(Show.seconds(means.absorbSeconds()));
    row.regret().map(Interval::estimate).map(Show::number).ifPresent(cells::add);
    closed(row.gapClosed()).ifPresent(cells::add);
    closed(row.gapClosedHere()).ifPresent(cells::add);
    return cells;
  }

  private static List<String> against(Against against, int cases) {
    String verdict =
        switch (against.verdict()) {
          case BETTER -> "cheaper";
          case TIE -> against.difference().known() ? "tie" : "not judged";
          case WORSE -> "dearer";
        };
    Interval difference = against.difference();
    return List.of(
        signed(difference.estimate()),
        difference.known()
            ? signed(difference.low()) + " to " + signed(difference.high())
            : Show.NOTHING,
        verdict,
        against.wins() + " of " + cases);
  }

  private static String signed(double value) {
    String text = Show.fixed(value, 3);
    return value > 0 ? "+" + text : text;
  }

  private static Optional<String> closed(Optional<GapClosed> gap) {
    return gap.map(each -> each.cases() == 0 ? "no gap" : Show.percents(each.median()));
  }

  private static String count(double value) {
    return Show.fixed(value, value < 10 && value != Math.rint(value) ? 1 : 0);
  }

  /** Means of the runs on one trace, cheapest first. */
  static Table trace(
      String trace, Comparison comparison, Styles styles, EvaluationResults results) {
    List<Line> lines = new ArrayList<>();
    Map<String, Role> roles = new TreeMap<>();
    results.entrants().forEach(entrant -> roles.put(entrant.name(), entrant.role()));
    List<TraceRow> rows = new ArrayList<>(comparison.traces());
    rows.removeIf(row -> !row.trace().equals(trace));
    rows.sort(Comparator.comparingDouble(row -> row.costAtSlo().estimate()));
    for (TraceRow row : rows) {
      Means means = row.means();
      lines.add(
          new Line(
              "",
              row.autoscaler(),
              role(roles.get(row.autoscaler())),
              styles.of(row.autoscaler()).colour(),
              List.of(
                  Integer.toString(means.runs()),
                  Show.number(row.costAtSlo().estimate()),
                  Show.interval(row.costAtSlo()),
                  Show.attainment(means.sloAttainment()),
                  Show.number(means.gpuShare()),
                  Show.seconds(means.p50Seconds()),
                  Show.seconds(means.p95Seconds()),
                  Show.seconds(means.p99Seconds()),
                  Show.number(means.gpuHours()),
                  Show.number(means.cost()),
                  count(means.lostRequests()),
                  count(means.scalingActions()),
                  count(means.flaps()),
                  count(means.spikes()),
                  Show.seconds(means.absorbSeconds()))));
    }
    return new Table(
        List.of(
            "Runs",
            "Cost-at-SLO",
            "95 % interval",
            "SLO kept",
            "GPU time × need",
            "p50",
            "p95",
            "p99",
            "GPU-hours",
            "Cost, $",
            "Lost",
            "Scalings",
            "Flaps",
            "Spikes",
            "Absorbs in"),
        lines);
  }

  static List<Setting> settings(EvaluationResults results) {
    List<Setting> settings = new ArrayList<>();
    for (EntrantInfo entrant : results.entrants()) {
      List<Item> items = new ArrayList<>();
      new TreeMap<>(entrant.settings())
          .forEach((where, what) -> items.add(new Item(where.isEmpty() ? "" : where + ": ", what)));
      if (!entrant.policySha256().isEmpty()) {
        items.add(new Item("SHA-256 of the policy: ", entrant.policySha256()));
      }
      if (items.isEmpty()) {
        items.add(new Item("", entrant.role() == Role.BASELINE ? "defaults" : Show.NOTHING));
      }
      settings.add(new Setting(entrant.name(), role(entrant.role()), items));
    }
    return settings;
  }

  /** What a trace is, in a line. */
  static String describe(TraceInfo trace) {
    return trace.source()
        + (trace.fromSeconds() > 0 ? " from " + Show.span(trace.fromSeconds()) : "")
        + ", "
        + Show.span(trace.seconds())
        + (trace.factor() == 1 ? "" : ", counts × " + Show.trimmed(trace.factor()))
        + "; "
        + trace.service()
        + " on "
        + trace.device()
        + ", SLO "
        + Show.seconds(trace.sloSeconds())
        + ", start-up "
        + Show.span((int) Math.round(trace.startupSeconds()))
        + ", "
        + trace.minReplicas()
        + " to "
        + trace.maxReplicas()
        + " replicas, "
        + trace.initialReplicas()
        + " at the start, of "
        + Show.trimmed(trace.replicaCapacity())
        + " requests/s each"
        + (trace.queueTimeoutSeconds() > 0
            ? "; requests that wait " + Show.seconds(trace.queueTimeoutSeconds()) + " are lost"
            : "");
  }
}
