package io.kiss.kisim.traffic.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;

class ClientLoopTest {
  private static final long SEED = 4;

  private final ClientLoop loop = new ClientLoop(RandomSource.XO_RO_SHI_RO_128_PP.create(SEED));

  @Test
  void whatBecomesReadyDuringARoundWaitsForTheNext() {
    for (int user = 0; user < 20; user++) {
      loop.add(user);
    }
    Set<Integer> first = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      first.add(loop.next());
      loop.add(100 + i);
    }
    assertThat(first).hasSize(20).allMatch(user -> user < 20);
    assertThat(loop.next()).isGreaterThanOrEqualTo(100);
  }

  @Test
  void withinARoundEveryOrderIsAsLikely() {
    int rounds = 20_000;
    int[] placeOfUserZero = new int[5];
    for (int round = 0; round < rounds; round++) {
      for (int user = 0; user < 5; user++) {
        loop.add(user);
      }
      for (int place = 0; place < 5; place++) {
        if (loop.next() == 0) {
          placeOfUserZero[place]++;
        }
      }
      assertThat(loop.isEmpty()).isTrue();
    }
    for (int count : placeOfUserZero) {
      // A fifth each; four standard deviations are 226.
      assertThat((double) count).as("seed %d", SEED).isCloseTo(rounds / 5.0, within(226.0));
    }
  }
}
