package io.kiss.cluster.evaluate.report;

import io.kiss.kisim.evaluate.Comparison;
import io.kiss.kisim.evaluate.Comparison.Lead;
import io.kiss.kisim.evaluate.Comparison.Row;
import io.kiss.kisim.evaluate.Interval;
import io.kiss.kisim.evaluate.Verdict;
import io.kiss.kisim.evaluate.result.EntrantInfo.Role;
import java.util.ArrayList;
import java.util.List;

/** What the page and the terminal say first. */
public final class Verdicts {
  private final Comparison comparison;

  /** Of this comparison. */
  public Verdicts(Comparison comparison) {
    this.comparison = comparison;
  }

  /** One sentence. */
  public String headline() {
    if (comparison.reference().isEmpty()) {
      return "No run came to a result.";
    }
    String one = comparison.reference().get();
    if (comparison.leads().isEmpty()) {
      Row row = comparison.row(one).orElseThrow();
      return one
          + " had nobody to compete with: its cost-at-SLO is "
          + Show.number(row.costAtSlo().estimate())
          + ".";
    }
    return sentence(comparison.leads().get(0));
  }

  /** The findings after the first, and what keeps the first from being sure. */
  public List<String> more() {
    List<String> more = new ArrayList<>();
    comparison.leads().stream().skip(1).map(this::sentence).forEach(more::add);
    if (!comparison.judged() && !comparison.leads().isEmpty()) {
      more.add(
          "With one seed a trace there is no interval, so none of this is told from chance:"
              + " give --seeds 5 or more.");
    } else if (comparison.judged()) {
      more.add(
          "The intervals hold what chance does on these traces (arrivals and start-ups drawn again),"
              + " not what other days would bring.");
    }
    if (comparison.cases() < comparison.casesRun()) {
      more.add(
          "Compared on the "
              + comparison.cases()
              + " of "
              + comparison.casesRun()
              + " cases in which all came to a result"
              + (comparison.leftOut().isEmpty()
                  ? "."
                  : ", without " + String.join(", ", comparison.leftOut()) + "."));
    } else if (!comparison.leftOut().isEmpty()) {
      more.add("Without " + String.join(", ", comparison.leftOut()) + ", which came to no result.");
    }
    return more;
  }

  private String sentence(Lead lead) {
    String other = described(lead) + lead.other();
    Interval relative = lead.relative();
    if (!relative.known()) {
      return lead.one() + " costs " + than(relative.estimate(), other) + ".";
    }
    if (lead.against().wins() == 0 && lead.against().losses() == 0) {
      return lead.one() + " costs as much as " + other + " in every case.";
    }
    if (lead.against().verdict() == Verdict.TIE) {
      return lead.one()
          + " ties with "
          + other
          + ": it costs "
          + words(relative.estimate())
          + ", but the 95\u00a0% interval goes from "
          + words(relative.low())
          + " to "
          + words(relative.high())
          + ".";
    }
    boolean less = relative.estimate() < 0;
    return lead.one()
        + " costs "
        + than(relative.estimate(), other)
        + " (95\u00a0% interval "
        + Show.change(less ? relative.high() : relative.low())
        + " to "
        + Show.change(less ? relative.low() : relative.high())
        + (less ? " less)." : " more).");
  }

  private String described(Lead lead) {
    if (lead.otherRole() == Role.TUNED_HERE) {
      return "the best baseline tuned in hindsight on these very traces, ";
    }
    boolean policy = comparison.row(lead.one()).orElseThrow().role() == Role.POLICY;
    return policy ? "the best baseline, " : "the next best, ";
  }

  private static String than(double relative, String other) {
    String words = words(relative);
    return words.equals("the same") ? "as much as " + other : words + " than " + other;
  }

  private static String words(double relative) {
    String size = Show.change(relative);
    return size.equals("0.0\u00a0%") ? "the same" : size + (relative < 0 ? " less" : " more");
  }

  /**
   * A figure to be seen from afar.
   *
   * @param value with its unit
   * @param label what it is
   * @param note what to hold it against
   */
  record Figure(String value, String label, String note) {}

  /** At most four. */
  List<Figure> figures() {
    List<Figure> figures = new ArrayList<>();
    comparison.reference().flatMap(comparison::row).ifPresent(row -> add(row, figures));
    return figures;
  }

  private void add(Row row, List<Figure> figures) {
    String name = row.autoscaler();
    figures.add(
        new Figure(
            Show.number(row.costAtSlo().estimate()),
            "cost-at-SLO of " + name,
            row.costAtSlo().known()
                ? "95\u00a0% interval " + Show.interval(row.costAtSlo())
                : "1 would be GPUs always busy, no violation"));
    String other = comparison.leads().isEmpty() ? "" : comparison.leads().get(0).other();
    figures.add(
        new Figure(
            Show.attainment(row.means().sloAttainment()),
            "of requests kept the SLO",
            comparison
                .row(other)
                .map(r -> other + " " + Show.attainment(r.means().sloAttainment()))
                .orElse("")));
    figures.add(
        new Figure(
            Show.number(row.means().gpuShare()) + "\u00a0×",
            "the GPU time the load needs",
            comparison
                .row(other)
                .map(r -> other + " " + Show.number(r.means().gpuShare()) + "\u00a0×")
                .orElse("")));
    if (row.gapClosed().isPresent() && !row.gapClosed().get().from().equals(name)) {
      var gap = row.gapClosed().get();
      boolean any = gap.cases() > 0;
      figures.add(
          new Figure(
              any ? Show.fixed(100 * gap.median().estimate(), 0) + " %" : "no gap",
              "of the gap from " + gap.from() + " to the Oracle closed",
              any
                  ? "median of " + gap.cases() + " of " + comparison.cases() + " cases"
                  : gap.from() + " cost no more than the Oracle"));
    } else if (!comparison.leads().isEmpty()) {
      var against = comparison.leads().get(0).against();
      figures.add(
          new Figure(
              against.wins() + " of " + comparison.cases(),
              "cases cost less than with " + other,
              against.losses() + " cost more"));
    }
  }
}
