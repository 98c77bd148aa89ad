package io.kiss.kisim.fluid;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EngineRankingTest {
  /** VALIDATION.md §9 has the figures; most autoscalers lie within a tenth of each other. */
  @Test
  @Tag("slow")
  void autoscalersRankOnTheFluidEngineAsOnTheRequestLevelOne() throws InterruptedException {
    EngineRanking ranking = EngineRanking.over(24);
    double[] each = ranking.caseByCase();
    assertThat(ranking.spearman()).isGreaterThan(0.75);
    assertThat(each[each.length / 2]).isGreaterThan(0.9);
  }
}
