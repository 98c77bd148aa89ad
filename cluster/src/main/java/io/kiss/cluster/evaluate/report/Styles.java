package io.kiss.cluster.evaluate.report;

import io.kiss.kisim.evaluate.Comparison;
import io.kiss.kisim.evaluate.result.EntrantInfo;
import io.kiss.kisim.evaluate.result.EntrantInfo.Role;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One look for each autoscaler all over the page: a colour that the colour-blind tell apart, and
 * for those of one colour another dash and marker.
 */
final class Styles {
  /** Colours of report.css: 0 is ink, for the Oracle; 1 is the policy's, 2 the best baseline's. */
  private static final int FIRST_FREE = 3;

  private static final int COLOURS = 8;
  private static final int MARKERS = 7;
  private static final List<String> DASHES = List.of("", "6 3", "2 2.5", "8 2 2 2");

  /**
   * The look of one autoscaler.
   *
   * @param name whose it is
   * @param colour class of report.css
   * @param marker symbol of report.html
   * @param dash of its lines, as SVG has it; empty for a line without
   * @param shown whether a replay shows it from the start
   */
  record Style(String name, String colour, String marker, String dash, boolean shown) {}

  private final Map<String, Style> styles = new LinkedHashMap<>();

  Styles(EvaluationResults results, Comparison comparison) {
    String leader = comparison.reference().orElse("");
    String opponent = comparison.leads().isEmpty() ? "" : comparison.leads().get(0).other();
    int others = 0;
    for (EntrantInfo entrant : results.entrants()) {
      String name = entrant.name();
      int colour = FIRST_FREE + others % (COLOURS - FIRST_FREE);
      int round = others / (COLOURS - FIRST_FREE);
      int marker = FIRST_FREE + others % (MARKERS - FIRST_FREE);
      String dash = DASHES.get(round % DASHES.size());
      if (entrant.role() == Role.ORACLE) {
        colour = 0;
        marker = 0;
        dash = "3 3";
      } else if (name.equals(leader)) {
        colour = 1;
        marker = 1;
        dash = "";
      } else if (name.equals(opponent)) {
        colour = 2;
        marker = 2;
        dash = "";
      } else {
        others++;
      }
      styles.put(name, new Style(name, "c" + colour, "m" + marker, dash, colour < FIRST_FREE));
    }
  }

  Style of(String name) {
    return styles.get(name);
  }

  List<Style> all() {
    return List.copyOf(styles.values());
  }
}
