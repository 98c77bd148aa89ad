package io.kiss.kisim.autoscale.opponents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.autoscale.Autoscaler;
import java.util.List;
import org.junit.jupiter.api.Test;

/** With a target of 10 concurrent requests a pod, aimed at fully. */
class KnativeKpaTest {
  private static Autoscaler kpa(String more) {
    return AutoscalerChoice.parse("kpa:target=10,utilisation=1" + more).create(Tick.workload());
  }

  @Test
  void wantsThePodsThatTheMeanOfTheStableWindowNeeds() {
    // One pod, so no panic at the start, and none later. 10 for a minute, then 40: after k ticks
    // k of the 30 buckets are at 40 and the mean is 10 + k: 2 pods from 12 to 20, 3 from 21 on.
    Autoscaler kpa = kpa(",panic-threshold=50");
    assertThat(Tick.run(kpa, 0, 60, 1, t -> Tick.present(t, 1, 10))).containsOnly(1);
    List<Integer> rising = Tick.run(kpa, 62, 84, 1, t -> Tick.present(t, 1, 40));
    assertThat(rising).containsExactly(2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3);
    assertThat(AutoscalerChoice.parse("kpa").create(Tick.workload()).tickSeconds()).isEqualTo(2);
    // The published default is 70 % of 100: 141 present need ceil(141 / 70) = 3.
    assertThat(
            AutoscalerChoice.parse("kpa").create(Tick.workload()).decide(Tick.present(0, 1, 141)))
        .isEqualTo(3);
  }

  @Test
  void panicsWhenThePanicWindowNeedsTwiceTheReadyPods() {
    // 4 pods with 40 for two minutes (past the panic it starts in), then 80: of the panic window's
    // 3 buckets 1, 2, 3 are at 80, its means are 53, 67 and 80, its counts 6, 7 and 8. 8 / 4 is
    // panic. The stable mean then is (27 * 40 + 3 * 80) / 30 = 44, so 5 pods; after one and two
    // ticks 41.3 and 42.7, so 5 as well.
    Autoscaler kpa = kpa("");
    assertThat(Tick.run(kpa, 0, 120, 4, t -> Tick.present(t, 4, 40))).containsOnly(4);
    assertThat(kpa.decide(Tick.present(122, 4, 80))).isEqualTo(5);
    assertThat(kpa.decide(Tick.present(124, 4, 80))).isEqualTo(5);
    assertThat(kpa.decide(Tick.present(126, 4, 80))).isEqualTo(8);
  }

  @Test
  void inPanicItOnlyGrowsAndItEndsAfterAStableWindowBelowTheThreshold() {
    Autoscaler kpa = kpa("");
    Tick.run(kpa, 0, 120, 4, t -> Tick.present(t, 4, 40));
    for (int t = 122; t <= 126; t += 2) {
      kpa.decide(Tick.present(t, 4, 80));
    }
    // Panic since 126 s at 8 pods. Load back at 20: at 128 and 130 s the window still needs 6 and
    // 4 of 8 ready. More than 60 s later, at 188 s, it is over; at 186 s it is exactly 60.
    List<Integer> after = Tick.run(kpa, 128, 186, 8, t -> Tick.present(t, 8, 20));
    assertThat(after).containsOnly(8);
    // The stable window (130, 188] has 20s only: 2 pods, but no lower than floor(8 / 2) = 4.
    assertThat(kpa.decide(Tick.present(188, 8, 20))).isEqualTo(4);
    assertThat(kpa.decide(Tick.present(190, 4, 20))).isEqualTo(2);
  }

  @Test
  void startsInPanicSoThatItKeepsWhatItFinds() {
    List<Integer> decisions = Tick.run(kpa(""), 0, 62, 6, t -> Tick.present(t, 6, 10));
    assertThat(decisions.subList(0, 31)).containsOnly(6);
    assertThat(decisions.get(31)).isEqualTo(3);
  }

  @Test
  void countsReadyPodsForThePanicNotThoseOnTheirWay() {
    // 80 present need 8; of 8 pods 4 are ready: 8 / 4 is panic again, and keeps 8.
    Autoscaler kpa = kpa("");
    assertThat(Tick.run(kpa, 0, 300, 8, t -> Tick.pending(Tick.present(t, 8, 80), 4)))
        .containsOnly(8);
  }

  @Test
  void withoutFiguresItHoldsOnceTheStableWindowIsEmpty() {
    Autoscaler kpa = kpa("");
    Tick.run(kpa, 0, 120, 1, t -> Tick.present(t, 1, 5));
    assertThat(Tick.run(kpa, 122, 400, 3, t -> Tick.blind(t, 3)).get(100)).isEqualTo(1);
    Autoscaler never = kpa("");
    assertThat(Tick.run(never, 0, 100, 3, t -> Tick.blind(t, 3))).containsOnly(3);
  }

  @Test
  void aScaleDownWaitsForItsDelay() {
    Autoscaler kpa = kpa(",down-delay=10");
    assertThat(kpa.decide(Tick.present(0, 1, 30))).isEqualTo(3);
    Autoscaler calm = kpa(",down-delay=10,panic-threshold=50");
    assertThat(calm.decide(Tick.present(0, 1, 30))).isEqualTo(3);
    // The mean falls: 30, 15, 10 -> 3, 2, 1 pods; the 3 of 0 s counts until it is 10 s old.
    assertThat(Tick.run(calm, 2, 10, 3, t -> Tick.present(t, 3, 0))).containsExactly(3, 3, 3, 3, 2);
  }

  @Test
  void theMeanOfAWindowDividesByTheBucketsSinceTheFirstSampleAndCountsGapsAsNothing() {
    BucketWindow window = new BucketWindow(10, 2);
    assertThat(window.mean(0)).isNaN();
    window.record(0, 6);
    assertThat(window.mean(0)).isEqualTo(6);
    // 0 and 4 s filled, 2 s not: 12 / 3.
    window.record(4, 6);
    assertThat(window.mean(4)).isEqualTo(4);
    // Two buckets later without samples: those behind the newest do not count: 12 / min(3, 5 - 2).
    assertThat(window.mean(8)).isEqualTo(4);
    // The bucket of 0 s has left: 6 / min(3, 5 - 3).
    assertThat(window.mean(10)).isEqualTo(3);
    assertThat(window.mean(14)).isNaN();
    // A window without writes starts anew.
    window.record(14, 9);
    assertThat(window.mean(14)).isCloseTo(9, within(1e-12));
  }
}
