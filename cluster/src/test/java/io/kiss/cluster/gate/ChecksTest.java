package io.kiss.cluster.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.actors.protocol.GateReport.Check;
import io.kiss.kisim.evaluate.TournamentResult;
import io.kiss.kisim.evaluate.result.RunResult;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The gate's conditions on tournaments whose outcome is written down here. */
class ChecksTest {

  /** Two entrants; case {@code i} is called {@code c<i>}. */
  private static TournamentResult result(double[] candidate, double[] other) {
    List<RunResult> rows = new ArrayList<>();
    for (int c = 0; c < candidate.length; c++) {
      rows.add(row("c" + c, "hpa", other[c]));
      rows.add(row("c" + c, Gate.CANDIDATE, candidate[c]));
    }
    return new TournamentResult("hpa", rows, List.of());
  }

  private static RunResult row(String name, String autoscaler, double cost) {
    return new RunResult(
        name, 1, autoscaler, cost, cost, 0, 1, 0, 0.1, 0.1, 0.1, 1, 1, 1, 1, 0, 0, 0, 0);
  }

  @Test
  void whatCostsLessInEveryCaseBeatsAndWhatCostsMoreInEveryCaseIsWorse() {
    TournamentResult cheaper = result(new double[] {1, 2, 3, 4}, new double[] {1.5, 2.5, 3.5, 4.5});
    Check beats = Checks.beats(cheaper, "hpa");
    assertThat(beats.passed()).isTrue();
    assertThat(beats.value()).isEqualTo(-0.5);
    assertThat(Checks.notWorse(cheaper, "hpa").passed()).isTrue();

    TournamentResult dearer = result(new double[] {1.5, 2.5, 3.5, 4.5}, new double[] {1, 2, 3, 4});
    assertThat(Checks.beats(dearer, "hpa").passed()).isFalse();
    Check worse = Checks.notWorse(dearer, "hpa");
    assertThat(worse.passed()).isFalse();
    assertThat(worse.value()).isEqualTo(0.5);
  }

  @Test
  void whatIsCheaperHereAndDearerThereNeitherBeatsNorIsWorse() {
    TournamentResult mixed =
        result(new double[] {1, 3, 1, 3, 1, 3}, new double[] {2, 2, 2, 2, 2, 2});
    assertThat(Checks.beats(mixed, "hpa").passed()).isFalse();
    assertThat(Checks.notWorse(mixed, "hpa").passed()).isTrue();
  }

  @Test
  void ownTracesAreJudgedAloneHoweverWellItDoesElsewhere() {
    TournamentResult result = result(new double[] {1, 1, 1, 9}, new double[] {5, 5, 5, 5});
    Check own = Checks.own(result, "hpa", List.of("c3"));
    assertThat(own.passed()).isFalse();
    assertThat(own.value()).isEqualTo(9);
    assertThat(own.limit()).isEqualTo(5);
    assertThat(Checks.own(result, "hpa", List.of("c0", "c3")).value()).isEqualTo(5);
  }
}
