package io.kiss.kisim.fluid;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EngineRankingTest {
  /** What VALIDATION.md §9 states of 240 scenarios, with room for these being a fifth of them. */
  @Test
  @Tag("slow")
  void autoscalersRankOnTheFluidEngineAsOnTheRequestLevelOne() throws InterruptedException {
    EngineRanking ranking = EngineRanking.over(48);
    assertThat(ranking.spearman()).isGreaterThan(0.9);
    assertThat(ranking.kendall()).isGreaterThan(0.8);
  }
}
