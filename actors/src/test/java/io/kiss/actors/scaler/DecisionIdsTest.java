package io.kiss.actors.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DecisionIdsTest {

  @Test
  void idsSortByTimeAndNeverRepeat() {
    DecisionIds ids = new DecisionIds(new SplittableRandom(7));
    long millis = 1_700_000_000_000L;
    Set<String> seen = new HashSet<>();
    String before = "";
    for (int i = 0; i < 10_000; i++) {
      // Many within a millisecond, then on; and once the clock goes back.
      String id = ids.next(i == 5_000 ? millis - 60_000 : millis + i / 100);
      assertThat(id).hasSize(26).matches("[0-9A-HJKMNP-TV-Z]+").isGreaterThan(before);
      assertThat(seen.add(id)).isTrue();
      before = id;
    }
  }

  /** The example of the ULID specification: 1469918176385 ms is 01ARYZ6S41. */
  @Test
  void theTimeStandsInFrontAsTheSpecificationSays() {
    assertThat(new DecisionIds(new SplittableRandom(1)).next(1_469_918_176_385L))
        .startsWith("01ARYZ6S41");
  }

  @Test
  void twoNodesDoNotMakeTheSameIds() {
    DecisionIds one = new DecisionIds(new SplittableRandom(1));
    DecisionIds other = new DecisionIds(new SplittableRandom(2));
    assertThat(one.next(1_000)).isNotEqualTo(other.next(1_000));
  }
}
