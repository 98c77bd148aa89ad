package io.kiss.kisim.autoscale.opponents;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.autoscale.Autoscaler;
import org.junit.jupiter.api.Test;

/** On a load of 10 requests/s a pod with a target of 0.5, each figure on its own. */
class AibrixApaTest {
  private static Autoscaler apa(String more) {
    return AutoscalerChoice.parse("apa:target=0.5" + more).create(Tick.workload());
  }

  @Test
  void actsOutsideTheToleranceOnly() {
    // 4 pods aim at 20/s. 22 is a ratio of 1.1 exactly; 22.1 makes ceil(4.42) = 5.
    assertThat(apa("").decide(Tick.rate(0, 4, 22))).isEqualTo(4);
    assertThat(apa("").decide(Tick.rate(0, 4, 22.1))).isEqualTo(5);
    assertThat(apa("").decide(Tick.rate(0, 4, 18))).isEqualTo(4);
    // 0.89 of 4 is 3.56: 4 again. 0.7 of 4 is 2.8: 3.
    assertThat(apa("").decide(Tick.rate(0, 4, 17.8))).isEqualTo(4);
    assertThat(apa("").decide(Tick.rate(0, 4, 14))).isEqualTo(3);
  }

  @Test
  void atMostDoublesOrHalvesAtATime() {
    assertThat(apa("").decide(Tick.rate(0, 4, 90))).isEqualTo(8);
    // Half of 5 is 2.5, cut off to 2.
    assertThat(apa("").decide(Tick.rate(0, 5, 1))).isEqualTo(2);
    assertThat(apa(",max-up=1.5").decide(Tick.rate(0, 5, 90))).isEqualTo(8);
  }

  @Test
  void takesTheMeanOfItsWindow() {
    // 20 then 40: a mean of 30 over 4 pods is 1.5 times the target: 6. 180 s later the 20 is still
    // inside, 190 s later not: 40 alone is 8.
    Autoscaler apa = apa("");
    assertThat(apa.decide(Tick.rate(0, 4, 20))).isEqualTo(4);
    assertThat(apa.decide(Tick.rate(180, 4, 40))).isEqualTo(6);
    assertThat(apa.decide(Tick.rate(190, 4, 40))).isEqualTo(8);
  }

  @Test
  void asksAgainWhilePodsAreOnTheirWay() {
    // The cascade: 40/s on 2 ready pods is 4 times the target. The mean does not fall before the
    // pods serve, and each tick doubles spec.replicas.
    Autoscaler apa = apa("");
    assertThat(apa.decide(Tick.rate(0, 2, 40))).isEqualTo(4);
    assertThat(apa.decide(Tick.pending(Tick.rate(10, 4, 40), 2))).isEqualTo(8);
    assertThat(apa.decide(Tick.pending(Tick.rate(20, 8, 40), 6))).isEqualTo(16);
  }

  @Test
  void aScaleDownTakesTheLowestRecommendationOfItsCooldownAsTheSourceDoes() {
    // window=0: each figure for itself. At 0 s 8 pods at 10/s want ceil(8 * 0.25) = 2, halved to 4.
    // Somebody sets 8 again; at 20 s 28/s wants ceil(8 * 0.7) = 6, but 4 was recommended before.
    Autoscaler lowest = apa(",window=0");
    assertThat(lowest.decide(Tick.rate(0, 8, 10))).isEqualTo(4);
    assertThat(lowest.decide(Tick.rate(20, 8, 28))).isEqualTo(4);
    // 300 s after it, that recommendation no longer counts; the 6 of 20 s does.
    assertThat(lowest.decide(Tick.rate(300, 8, 28))).isEqualTo(6);
    // As documented, a stabilisation window: the highest wins.
    Autoscaler highest = apa(",window=0,down-pick=highest");
    assertThat(highest.decide(Tick.rate(0, 8, 40))).isEqualTo(8);
    assertThat(highest.decide(Tick.rate(20, 8, 28))).isEqualTo(8);
    assertThat(highest.decide(Tick.rate(300, 8, 28))).isEqualTo(6);
  }

  @Test
  void holdsWhereItsMetricIsMissingAsTheKvCacheAlwaysIsHere() {
    assertThat(apa("").decide(Tick.blind(0, 7))).isEqualTo(7);
    assertThat(apa(",metric=kv").decide(Tick.rate(0, 7, 1000))).isEqualTo(7);
    assertThat(apa("").decide(Tick.pending(Tick.rate(0, 7, 90), 7))).isEqualTo(7);
    assertThat(apa("").decide(Tick.blind(0, 70))).isEqualTo(40);
  }
}
