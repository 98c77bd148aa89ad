package io.kiss.kisim.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RankCorrelationTest {
  private static final double[] UP = {1, 2, 3, 4, 5};

  @Test
  void twoNeighboursSwappedTwiceAreCountedByHand() {
    double[] swapped = {20, 10, 40, 30, 50};
    // Ranks 2 1 4 3 5: squared differences 1 + 1 + 1 + 1 + 0, so 1 - 6 * 4 / (5 * (25 - 1)).
    assertThat(RankCorrelation.spearman(UP, swapped)).isCloseTo(0.8, within(1e-12));
    // Of ten pairs two are the wrong way round.
    assertThat(RankCorrelation.kendall(UP, swapped)).isCloseTo(0.6, within(1e-12));
  }

  @Test
  void theSameOrderIsOneAndTheReverseMinusOne() {
    assertThat(RankCorrelation.spearman(UP, new double[] {1, 10, 100, 1e4, 1e9})).isEqualTo(1);
    assertThat(RankCorrelation.kendall(UP, new double[] {9, 7, 5, 3, 1})).isEqualTo(-1);
    assertThat(RankCorrelation.spearman(UP, new double[] {9, 7, 5, 3, 1})).isEqualTo(-1);
  }

  @Test
  void tiesShareTheirRank() {
    double[] tied = {1, 2, 2, 3};
    double[] other = {1, 2, 3, 4};
    // Ranks 1 2.5 2.5 4 and 1 2 3 4: covariance 4.5, variances 4.5 and 5.
    assertThat(RankCorrelation.spearman(tied, other))
        .isCloseTo(4.5 / Math.sqrt(4.5 * 5), within(1e-12));
    // Five pairs agree, one is tied in the first.
    assertThat(RankCorrelation.kendall(tied, other)).isCloseTo(5 / Math.sqrt(30), within(1e-12));
  }

  @Test
  void listsOfDifferentLengthsAreRefused() {
    assertThatThrownBy(() -> RankCorrelation.kendall(UP, new double[4]))
        .hasMessageContaining("5 and 4");
  }
}
