package io.kiss.kisim.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TuningSweepTest {
  private static final WorkloadSpec WORKLOAD =
      new WorkloadSpec("test", 1, 40, 0.5, 0.1, 10, 60, 10, 15);

  private static List<AutoscalerChoice> choices(String... texts) {
    return java.util.Arrays.stream(texts).map(AutoscalerChoice::parse).toList();
  }

  @Test
  void picksTheCandidateOfTheLowestInterquartileMean() {
    // Over 4 cases the lowest and the highest count for nothing: 2.5 beats 3 in spite of the 900.
    List<AutoscalerChoice> candidates = choices("hpa", "hpa:target=0.5", "hpa:target=0.6");
    TuningSweep.Tuned tuned =
        TuningSweep.pick(
            candidates, new double[][] {{3, 3, 3, 3}, {2, 1, 3, 900}, {2.6, 2.6, 2.6, 2.6}});
    assertThat(tuned.best().choice()).hasToString("hpa:target=0.5");
    assertThat(tuned.best().cost()).isEqualTo(2.5);
    assertThat(tuned.tried())
        .extracting(candidate -> candidate.choice().toString())
        .containsExactly("hpa:target=0.5", "hpa:target=0.6", "hpa");
  }

  @Test
  void ofEqualCandidatesTheFirstStays() {
    List<AutoscalerChoice> candidates = choices("hpa", "hpa:target=0.5");
    assertThat(TuningSweep.pick(candidates, new double[][] {{1, 1}, {1, 1}}).best().choice())
        .hasToString("hpa");
  }

  @Test
  void aCandidateWithoutACostNeverWins() {
    List<AutoscalerChoice> candidates = choices("hpa", "hpa:target=0.5");
    assertThat(TuningSweep.pick(candidates, new double[][] {{Double.NaN}, {7}}).best().choice())
        .hasToString("hpa:target=0.5");
    assertThatThrownBy(
            () -> TuningSweep.pick(candidates, new double[][] {{Double.NaN}, {Double.NaN}}))
        .hasMessageContaining("no candidate of hpa has a cost");
    assertThatThrownBy(() -> TuningSweep.pick(candidates, new double[1][1]))
        .hasMessageContaining("2 and 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hpa", "keda", "kpa", "apa", "wva", "dynamo", "ray"})
  void everyThresholdBaselineHasAGridThatBeginsWithItsDefaults(String name) {
    List<AutoscalerChoice> grid = EntrantText.parse(name + ":tuned").candidates();
    assertThat(grid).doesNotHaveDuplicates().hasSizeBetween(6, 50);
    assertThat(grid.get(0)).hasToString(name);
    for (AutoscalerChoice each : grid) {
      assertThat(each.create(WORKLOAD).name()).isEqualTo(name);
    }
  }

  @Test
  void whatIsSetByHandIsNotTuned() {
    List<AutoscalerChoice> grid = EntrantText.parse("hpa:stabilisation=120,tuned").candidates();
    // Seven targets, and what was given.
    assertThat(grid).hasSize(1 + 7);
    assertThat(grid).allMatch(each -> each.toString().contains("stabilisation=120"));
    assertThat(grid.get(0)).hasToString("hpa:stabilisation=120");
  }

  @Test
  void namesInResultsAreWhatTheCommandLineSaid() {
    for (String text :
        List.of("hpa", "hpa:target=0.6", "hpa:tuned", "hpa:metric=gpu,tuned-here", "queueing")) {
      assertThat(EntrantText.parse(text)).hasToString(text);
    }
    assertThat(EntrantText.parse("hpa:tuned").tuning()).isEqualTo(EntrantText.Tuning.TRAINING);
    assertThat(EntrantText.parse("hpa:tuned-here").tuning()).isEqualTo(EntrantText.Tuning.HERE);
    assertThat(EntrantText.parse("hpa:target=0.6").candidates()).hasSize(1);
  }

  @Test
  void whatCannotBeTunedIsRefusedWithWhatCan() {
    assertThatThrownBy(() -> EntrantText.parse("queueing:tuned"))
        .hasMessageContaining("queueing has no threshold to tune")
        .hasMessageContaining("apa, dynamo, hpa");
    assertThatThrownBy(() -> EntrantText.parse("hpa:tuned,tuned-here"))
        .hasMessageContaining("tuned twice");
    assertThatThrownBy(() -> EntrantText.parse("hpa:tunedd"))
        .hasMessageContaining("tunedd is not of the form key=value");
    assertThatThrownBy(() -> EntrantText.parse("hpb:tuned")).hasMessageContaining("hpb is unknown");
  }
}
