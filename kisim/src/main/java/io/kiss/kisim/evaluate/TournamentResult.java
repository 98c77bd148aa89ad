package io.kiss.kisim.evaluate;

import io.kiss.kisim.evaluate.result.RunResult;
import java.util.List;

/**
 * What a tournament found.
 *
 * @param baseline name of the entrant the others are compared with
 * @param rows one a case and entrant, case by case in the order given
 * @param standings one an entrant, in the order given
 */
public record TournamentResult(String baseline, List<RunResult> rows, List<Standing> standings) {

  public TournamentResult {
    rows = List.copyOf(rows);
    standings = List.copyOf(standings);
  }

  /**
   * Median over cases of one entrant's cost at the SLO minus another's, with the same interval that
   * standings have against the baseline.
   *
   * @throws IllegalArgumentException if one took no part
   */
  public Interval difference(String autoscaler, String other) {
    double[] mine = costs(autoscaler);
    double[] theirs = costs(other);
    for (int c = 0; c < mine.length; c++) {
      mine[c] -= theirs[c];
    }
    double[] ends =
        Bootstrap.medianInterval(mine, Tournament.CONFIDENCE, Tournament.BOOTSTRAP_SEED);
    return new Interval(Bootstrap.median(mine), ends[0], ends[1]);
  }

  /** Its cost at the SLO, case by case. */
  private double[] costs(String autoscaler) {
    double[] costs =
        rows.stream()
            .filter(row -> row.autoscaler().equals(autoscaler))
            .mapToDouble(RunResult::costAtSlo)
            .toArray();
    if (costs.length == 0) {
      throw new IllegalArgumentException(autoscaler + " took no part in the tournament");
    }
    return costs;
  }

  /** The standing of an entrant. */
  public Standing standing(String autoscaler) {
    return standings.stream()
        .filter(s -> s.autoscaler().equals(autoscaler))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException(autoscaler + " took no part in the tournament"));
  }
}
