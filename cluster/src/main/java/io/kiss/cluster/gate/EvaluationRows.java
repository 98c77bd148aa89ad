package io.kiss.cluster.gate;

import io.kiss.actors.protocol.RegisteredPolicy.EvaluationRow;
import io.kiss.kisim.evaluate.Standing;
import io.kiss.kisim.evaluate.TournamentResult;
import io.kiss.kisim.evaluate.result.RunResult;
import java.util.Arrays;
import java.util.List;

/** What of a tournament is kept with a policy. */
public final class EvaluationRows {
  private EvaluationRows() {}

  /** A row for each autoscaler, in the order of the standings. */
  public static List<EvaluationRow> of(TournamentResult result) {
    return result.standings().stream().map(standing -> row(result, standing)).toList();
  }

  private static EvaluationRow row(TournamentResult result, Standing standing) {
    double[] p95 =
        result.rows().stream()
            .filter(row -> row.autoscaler().equals(standing.autoscaler()))
            .mapToDouble(RunResult::p95Seconds)
            .sorted()
            .toArray();
    return new EvaluationRow(
        standing.autoscaler(),
        standing.costAtSlo(),
        standing.sloAttainment(),
        Arrays.stream(p95).skip(p95.length / 2).findFirst().orElse(Double.NaN),
        standing.gpuHours(),
        standing.scalingActions(),
        standing.flaps());
  }
}
