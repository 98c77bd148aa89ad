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

  /** The standing of an entrant. */
  public Standing standing(String autoscaler) {
    return standings.stream()
        .filter(s -> s.autoscaler().equals(autoscaler))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException(autoscaler + " took no part in the tournament"));
  }
}
