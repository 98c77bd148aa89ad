package io.kiss.kisim.autoscale.opponents;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.autoscale.Autoscaler;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Published figures: 2 ongoing requests a replica, 30 s up, 600 s down, a look each second. */
class RayServeTest {
  private static Autoscaler ray(String settings) {
    return AutoscalerChoice.parse("ray" + settings).create(Tick.workload());
  }

  @Test
  void growsToOngoingOverTargetOnceWantedForLongerThanTheDelay() {
    // 13 / 2 = 6.5: 7. Looks 1 to 30 are not more than 30, look 31 is.
    List<Integer> decisions = Tick.run(ray(""), 0, 31, 4, t -> Tick.present(t, 4, 13));
    assertThat(decisions.subList(0, 30)).containsOnly(4);
    assertThat(decisions.get(30)).isEqualTo(7);
  }

  @Test
  void aLookThatWantsNothingStartsTheDelayAnew() {
    // look-back=0: each look for itself. Nothing wanted at 20 s, so up at 21 + 30 = 51 s.
    List<Integer> decisions =
        Tick.run(ray(":look-back=0"), 0, 51, 4, t -> Tick.present(t, 4, t == 20 ? 8 : 13));
    assertThat(decisions.subList(0, 51)).containsOnly(4);
    assertThat(decisions.get(51)).isEqualTo(7);
  }

  @Test
  void shrinksAfterTenMinutes() {
    List<Integer> decisions = Tick.run(ray(""), 0, 600, 6, t -> Tick.present(t, 6, 3));
    assertThat(decisions.subList(0, 600)).containsOnly(6);
    assertThat(decisions.get(600)).isEqualTo(2);
  }

  @Test
  void averagesOngoingRequestsOverTheLookBack() {
    // up-delay=0 acts on the second look in one direction at the latest: int(0) = 0, so the first.
    // 8 at 0..9 s, 28 at 10 s: (10 * 8 + 28) / 11 = 9.8: 5 replicas.
    Autoscaler ray = ray(":up-delay=0");
    assertThat(Tick.run(ray, 0, 9, 4, t -> Tick.present(t, 4, 8))).containsOnly(4);
    assertThat(ray.decide(Tick.present(10, 4, 28))).isEqualTo(5);
    // At 40 s the 8s of 0 to 9 s are more than 30 s old: 28 alone is 14.
    assertThat(ray.decide(Tick.present(40, 5, 28))).isEqualTo(14);
  }

  @Test
  void aFactorGoesOnlyPartOfTheWayAndNeverSticks() {
    // From 10 to 20 by half: 15. From 10 to 9 by a tenth: ceil(9.9) = 10 would stick, so 9.
    assertThat(ray(":up-delay=0,up-factor=0.5").decide(Tick.present(0, 10, 40))).isEqualTo(15);
    assertThat(ray(":down-delay=0,down-factor=0.1").decide(Tick.present(0, 10, 18))).isEqualTo(9);
  }

  @Test
  void measuresTheWayFromRunningReplicasButComparesWithTheTargetReplicas() {
    // 6 asked for, 2 running, 12 ongoing: 6 wanted, nothing to do.
    assertThat(ray(":up-delay=0").decide(Tick.pending(Tick.present(0, 6, 12), 4))).isEqualTo(6);
    assertThat(ray(":up-delay=0").decide(Tick.pending(Tick.present(0, 6, 99), 6))).isEqualTo(6);
  }

  @Test
  void figuresNobodyReportsAreNoRequests() {
    List<Integer> decisions = Tick.run(ray(""), 0, 600, 6, t -> Tick.blind(t, 6));
    assertThat(decisions.subList(0, 600)).containsOnly(6);
    assertThat(decisions.get(600)).isEqualTo(1);
  }
}
