package io.kiss.cluster.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiss.cluster.evaluate.EvaluationRequest.Window;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntrantListTest {
  @Test
  void commasSeparateAutoscalersButNotTheirSettings() {
    assertThat(EntrantList.split("hpa,keda")).containsExactly("hpa", "keda");
    assertThat(EntrantList.split("hpa:metric=gpu,tuned,keda"))
        .containsExactly("hpa:metric=gpu,tuned", "keda");
    assertThat(EntrantList.split("hpa:target=0.6,stabilisation=60,hpa:target=0.5,kpa:tuned"))
        .containsExactly("hpa:target=0.6,stabilisation=60", "hpa:target=0.5", "kpa:tuned");
    assertThat(EntrantList.split("hpa:tuned, target=0.6 ,hpa:tuned-here"))
        .containsExactly("hpa:tuned,target=0.6", "hpa:tuned-here");
    // Without a colon nothing has begun that a setting could go on with.
    assertThat(EntrantList.split("hpa,tuned,x=1")).containsExactly("hpa", "tuned", "x=1");
  }

  @Test
  void theUsualOnesCanAllBeRead() {
    List<String> names =
        EntrantList.of(Optional.empty(), Optional.empty()).stream().map(e -> e.name()).toList();
    assertThat(String.join(",", names)).isEqualTo(EntrantList.USUAL);
  }

  @ParameterizedTest
  @CsvSource({
    "90, 90",
    "2.5, 2.5",
    "0, 0",
    "90s, 90",
    "5m, 300",
    "1h30m, 5400",
    "6h, 21600",
    "2d1s, 172801"
  })
  void timesAreReadAsPeopleWriteThem(String text, double seconds) {
    assertThat(Durations.seconds(text)).isEqualTo(seconds);
  }

  @ParameterizedTest
  @CsvSource({"''", "h", "1h30", "30m1h", "-5", "1e3", "1.5h", "soon"})
  void whatIsNoTimeIsRefused(String text) {
    assertThatThrownBy(() -> Durations.seconds(text)).hasMessageContaining("is no time");
  }

  @Test
  void aWindowMayBeOpenAtEitherEnd() {
    assertThat(Window.parse("1h:90m")).isEqualTo(new Window(3600, 5400));
    assertThat(Window.parse(":6h")).isEqualTo(new Window(0, 21_600));
    assertThat(Window.parse("10m:")).isEqualTo(new Window(600, Integer.MAX_VALUE));
    assertThatThrownBy(() -> Window.parse("1:2:3")).hasMessageContaining("FROM:TO");
    assertThatThrownBy(() -> Window.parse("0:2.5")).hasMessageContaining("whole seconds");
  }
}
