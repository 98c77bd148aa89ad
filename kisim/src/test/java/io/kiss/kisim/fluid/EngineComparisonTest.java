package io.kiss.kisim.fluid;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.fluid.EngineComparison.Result;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Both engines on the same scenarios; {@link EngineComparison#main} prints what differs. */
class EngineComparisonTest {
  private static List<Result> results(int cases) {
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < cases; i++) {
      results.add(EngineComparison.compare(i));
    }
    return results;
  }

  private static void assertWithinTheBars(List<Result> results) {
    assertThat(EngineComparison.median(results, Result::p95Error)).isLessThan(0.10);
    assertThat(EngineComparison.median(results, Result::sloError)).isLessThan(0.10);
    assertThat(EngineComparison.median(results, Result::gpuError)).isLessThan(0.03);
  }

  @Test
  void onTheFirstCasesOfTheGridTheFluidEngineIsWithinTheBars() {
    assertWithinTheBars(results(20));
  }

  @Test
  @Tag("slow")
  void onTheWholeGridTheFluidEngineIsWithinTheBars() {
    assertWithinTheBars(results(240));
  }
}
