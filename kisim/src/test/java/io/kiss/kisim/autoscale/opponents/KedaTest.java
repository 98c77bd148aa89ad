package io.kiss.kisim.autoscale.opponents;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.autoscale.Autoscaler;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A threshold of 0.7 on pods of 10 requests/s is 7 requests/s a replica. */
class KedaTest {
  private static Autoscaler keda(String settings) {
    return AutoscalerChoice.parse("keda" + settings).create(Tick.workload());
  }

  @Test
  void sharesTheQueryOutOverAllPodsReadyOrNot() {
    // 42/s is 6 pods; 4 ready and 2 pending are 6 already, where pods metrics look at the ready.
    assertThat(keda("").decide(Tick.pending(Tick.rate(0, 6, 42), 2))).isEqualTo(6);
    // 47/s is 6.71, more than 10 % over 6: 7.
    assertThat(keda("").decide(Tick.pending(Tick.rate(0, 6, 47), 2))).isEqualTo(7);
  }

  @Test
  void aLostSeriesReadsAsNothingAndShrinksToTheMinimumOnceTheWindowIsOver() {
    List<Integer> decisions = Tick.run(keda(""), 0, 315, 8, t -> Tick.blind(t, 0));
    assertThat(decisions.subList(0, 20)).containsOnly(8);
    assertThat(decisions.get(20)).isEqualTo(1);
  }

  @Test
  void withErrorsReportedItHoldsAndThenFallsBack() {
    // More than 3 failures: the fourth look reports a metric of 12 replicas' worth.
    List<Integer> held = Tick.run(keda(":ignore-null=false"), 0, 600, 8, t -> Tick.blind(t, 0));
    assertThat(held).containsOnly(8);
    List<Integer> decisions =
        Tick.run(keda(":ignore-null=false,fallback=12"), 0, 60, 8, t -> Tick.blind(t, 0));
    assertThat(decisions).containsExactly(8, 8, 8, 12, 12);
  }

  @Test
  void aSuccessInBetweenStartsTheFailuresAnew() {
    List<Integer> decisions =
        Tick.run(
            keda(":ignore-null=false,fallback=12"),
            0,
            90,
            8,
            t -> t == 45 ? Tick.rate(t, 0, 56) : Tick.blind(t, 0));
    assertThat(decisions).containsOnly(8);
  }

  @Test
  void goesToZeroAfterTheCooldownAndBackWhenAPollFindsItActive() {
    // Traffic of 2/s until 60 s, none until 450 s. The last active poll is at 60 s, so from just
    // after 360 s on it may go; at 375 s it does. Polls every 30 s: the one at 450 s wakes it.
    List<Integer> decisions =
        Tick.run(
            keda(":to-zero=true,activation=0.1"),
            0,
            465,
            1,
            t -> Tick.rate(t, 0, t <= 60 || t >= 440 ? 2 : 0));
    assertThat(decisions.subList(0, 25)).containsOnly(1);
    assertThat(decisions.subList(25, 30)).containsOnly(0);
    assertThat(decisions.subList(30, 32)).containsOnly(1);
  }

  @Test
  void whatIsBelowTheActivationDoesNotWakeIt() {
    // 2/s is 0.2 of a replica.
    assertThat(Tick.run(keda(":to-zero=true,activation=0.2"), 0, 30, 0, t -> Tick.rate(t, 0, 2)))
        .containsOnly(0);
    assertThat(Tick.run(keda(":to-zero=true,activation=0.19"), 0, 30, 0, t -> Tick.rate(t, 0, 2)))
        .containsOnly(1);
  }

  @Test
  void staysBelowItsOwnMaximum() {
    assertThat(keda(":max=9").decide(Tick.rate(0, 8, 400))).isEqualTo(9);
  }
}
