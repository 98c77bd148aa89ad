package io.kiss.kisim.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrafficKindTest {
  @ParameterizedTest
  @EnumSource(TrafficKind.class)
  void aShapePeaksAtOneIsNeverNegativeAndComesFromItsSeedAlone(TrafficKind kind) {
    for (long seed = 0; seed < 200; seed++) {
      int seconds = 1 + (int) (seed * 37 % 7200);
      float[] rates = new float[7200];
      kind.fill(rates, seconds, RandomSource.XO_SHI_RO_256_PP.create(seed));
      float highest = 0;
      for (int t = 0; t < seconds; t++) {
        assertThat(rates[t]).as("seed %d second %d", seed, t).isBetween(0f, 1.000001f);
        highest = Math.max(highest, rates[t]);
      }
      assertThat(highest).as("seed %d", seed).isBetween(0.999999f, 1.000001f);

      float[] again = new float[7200];
      kind.fill(again, seconds, RandomSource.XO_SHI_RO_256_PP.create(seed));
      for (int t = 0; t < seconds; t++) {
        assertThat(again[t]).isEqualTo(rates[t]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TrafficKind.class)
  void twoSeedsDrawDifferentTraffic(TrafficKind kind) {
    float[] one = new float[7200];
    float[] two = new float[7200];
    kind.fill(one, 7200, RandomSource.XO_SHI_RO_256_PP.create(1L));
    kind.fill(two, 7200, RandomSource.XO_SHI_RO_256_PP.create(2L));
    assertThat(one).isNotEqualTo(two);
  }
}
