package io.kiss.kisim.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {
  @Test
  void longLinesBreakAtSpacesAndBehindCommasAndLoseNoWord() {
    assertThat(Columns.wrap("short", 2, 9)).isEqualTo("short");
    assertThat(Columns.wrap("exactly nine", 2, 12)).isEqualTo("exactly nine");
    assertThat(Columns.wrap("one two three", 2, 8)).isEqualTo("one two\n  three");
    assertThat(Columns.wrap("hpa:target=0.6,sync=30,kind=pods", 2, 24))
        .isEqualTo("hpa:target=0.6,sync=30,\n  kind=pods");
    assertThat(Columns.wrap("/a/path/that/is/long and more", 2, 10))
        .isEqualTo("/a/path/that/is/long\n  and more");
    assertThat(Columns.wrap("  --flag   help of it", 4, 14)).isEqualTo("  --flag\n    help of it");
  }

  @Test
  void aMistypedKeyFindsTheOneThatWasMeantAndAStrangeOneNone() {
    List<String> keys = List.of("control-step", "duration", "slo", "p50", "p95", "max-nodes");
    assertThat(Spelling.closest("duratoin", keys)).contains("duration");
    assertThat(Spelling.closest("controlStep", keys)).contains("control-step");
    assertThat(Spelling.closest("max_node", keys)).contains("max-nodes");
    assertThat(Spelling.closest("traffic", keys)).isEmpty();
    assertThat(Spelling.closest("p99", List.of("p50"))).isEmpty();
  }

  @Test
  void distanceCountsInsertionsDeletionsReplacementsAndSwaps() {
    assertThat(Spelling.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Spelling.distance("duration", "duratoin")).isEqualTo(1);
    assertThat(Spelling.distance("", "abc")).isEqualTo(3);
  }
}
