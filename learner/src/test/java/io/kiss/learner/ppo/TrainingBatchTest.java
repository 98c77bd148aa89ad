package io.kiss.learner.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrainingBatchTest {
  private static final int ROWS = 22;
  private static final int PARTS = 4;

  private final TrainingBatch batch =
      new TrainingBatch(
          List.of(Segments.random(new NetworkShape("o", 3, "a", 2), ROWS / 2, 2, 1)),
          3,
          1,
          new ObservationNormaliser(3),
          new float[0]);

  @Test
  void dealsEveryRowOutOnceToPartsThatDifferByOneRowAtMost() {
    int[] order = batch.dealt(PARTS, new SplittableRandom(2));
    assertThat(order.clone())
        .containsExactlyInAnyOrder(IntStream.range(0, ROWS).toArray())
        .isNotEqualTo(IntStream.range(0, ROWS).toArray());
    assertThat(IntStream.rangeClosed(0, PARTS).map(part -> batch.begin(part, PARTS)))
        .containsExactly(0, 5, 11, 16, 22);
  }

  /**
   * Of all ways to deal, each equally often: a row is in a part as often as that part has places,
   * and two rows meet as often as chance has it, whether they are neighbours or not.
   */
  @Test
  void dealsAllRowsAndPairsOfRowsAlike() {
    int deals = 40_000;
    SplittableRandom random = new SplittableRandom(3);
    int[][] inPart = new int[ROWS][PARTS];
    int neighbours = 0;
    int far = 0;
    for (int deal = 0; deal < deals; deal++) {
      int[] part = parts(batch.dealt(PARTS, random));
      for (int row = 0; row < ROWS; row++) {
        inPart[row][part[row]]++;
      }
      neighbours += part[7] == part[8] ? 1 : 0;
      far += part[0] == part[ROWS - 1] ? 1 : 0;
    }
    int[] sizes = {5, 6, 5, 6};
    for (int row = 0; row < ROWS; row++) {
      for (int p = 0; p < PARTS; p++) {
        double share = sizes[p] / (double) ROWS;
        double deviation = Math.sqrt(share * (1 - share) / deals);
        assertThat(inPart[row][p] / (double) deals)
            .as("row %d in part %d", row, p)
            .isCloseTo(share, within(4.5 * deviation));
      }
    }
    double together =
        Arrays.stream(sizes).mapToDouble(size -> size * (size - 1.0)).sum() / (ROWS * (ROWS - 1.0));
    double deviation = Math.sqrt(together * (1 - together) / deals);
    assertThat(neighbours / (double) deals).isCloseTo(together, within(4.5 * deviation));
    assertThat(far / (double) deals).isCloseTo(together, within(4.5 * deviation));
  }

  private int[] parts(int[] order) {
    int[] part = new int[ROWS];
    for (int p = 0; p < PARTS; p++) {
      for (int i = batch.begin(p, PARTS); i < batch.begin(p + 1, PARTS); i++) {
        part[order[i]] = p;
      }
    }
    return part;
  }
}
