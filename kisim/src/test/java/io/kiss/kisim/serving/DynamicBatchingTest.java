package io.kiss.kisim.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Triton's dynamic batcher, by the sentences of its documentation. */
class DynamicBatchingTest {
  private static DynamicBatching of(int max, int[] preferred, double delay) {
    return new DynamicBatching(max, preferred, delay, 1, 0, 0, TimeoutAction.REJECT);
  }

  @Test
  void withoutDelayWhatIsThereRunsAtOnceUpToTheMaximum() {
    DynamicBatching batching = of(8, new int[0], 0);
    assertThat(batching.choose(1, true)).isEqualTo(1);
    assertThat(batching.choose(5, true)).isEqualTo(5);
    assertThat(batching.choose(20, true)).isEqualTo(8);
  }

  @Test
  void theLargestPreferredSizeThatCanBeFilledRunsFirst() {
    DynamicBatching batching = of(16, new int[] {4, 8}, 0.1);
    assertThat(batching.choose(4, false)).isEqualTo(4);
    assertThat(batching.choose(7, false)).isEqualTo(4);
    assertThat(batching.choose(9, false)).isEqualTo(8);
    assertThat(batching.choose(16, false)).isEqualTo(8);
  }

  @Test
  void belowThePreferredSizesABatchIsHeldBackUntilTheDelay() {
    DynamicBatching batching = of(16, new int[] {4, 8}, 0.1);
    assertThat(batching.choose(3, false)).isZero();
    assertThat(batching.choose(3, true)).isEqualTo(3);
    assertThat(batching.choose(13, true)).isEqualTo(13);
  }

  @Test
  void withoutPreferredSizesTheMaximumIsWaitedFor() {
    DynamicBatching batching = of(8, new int[0], 0.1);
    assertThat(batching.choose(7, false)).isZero();
    assertThat(batching.choose(8, false)).isEqualTo(8);
  }

  @Test
  void impossibleSettingsAreRefused() {
    assertThatThrownBy(() -> of(8, new int[] {4, 16}, 0)).hasMessageContaining("1..8");
    assertThatThrownBy(() -> of(8, new int[] {4, 2}, 0)).hasMessageContaining("ascend");
    assertThatThrownBy(() -> of(0, new int[0], 0)).hasMessageContaining("maxBatch");
    assertThatThrownBy(() -> of(1, new int[0], -1)).hasMessageContaining("maxQueueDelaySeconds");
  }
}
