package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.actors.protocol.UpdateStatistics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressBarTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final AtomicLong nanos = new AtomicLong();

  @Test
  void aWideTerminalSeesEveryFigure() {
    assertThat(ProgressBar.line(progress(30, 1_234_567, 2.5), 200))
        .isEqualTo(
            "[#####---------------]  25%  1.23M steps  45.6k/s  return 2.50  SLO 98.7%"
                + "  GPU-h 3.2  iter 12  1:30 left");
  }

  @Test
  void eightyColumnsAreEnoughForEveryFigure() {
    assertThat(ProgressBar.line(progress(30, 1_234_567, -738.15), 79))
        .contains("25%", "1.23M steps", "45.6k/s", "return -738", "SLO 98.7%", "GPU-h 3.2")
        .contains("iter 12", "1:30 left");
  }

  @Test
  void whatIsNotKnownYetIsADash() {
    assertThat(ProgressBar.line(progress(0, 0, Double.NaN), 200)).contains("return -");
  }

  @ParameterizedTest
  @ValueSource(ints = {19, 30, 40, 60, 80, 100, 119})
  void noLineIsWiderThanTheTerminal(int columns) {
    ProgressBar bar = new ProgressBar(new Terminal(out, true, false, columns), nanos::get);
    bar.update(progress(30, 1_234_567, 2.5));
    String line = bytes.toString(StandardCharsets.UTF_8);
    assertThat(line).startsWith("\r").doesNotContain("\n").contains("25%");
    assertThat(line.length() - 1).isLessThan(columns);
    if (columns >= 30) {
      assertThat(line).contains("1:30 left");
    }
  }

  @Test
  void aShorterLineLeavesNothingOfTheLongerOneBehind() {
    ProgressBar bar = new ProgressBar(new Terminal(out, true, false, 200), nanos::get);
    bar.update(progress(30, 1_234_567, -1234.5));
    int first = bytes.toString(StandardCharsets.UTF_8).length();
    bar.update(progress(30, 1, 1));
    assertThat(bytes.toString(StandardCharsets.UTF_8).length() - first).isEqualTo(first);
  }

  @Test
  void withoutATerminalThereIsAPlainLineEveryTenSeconds() {
    ProgressBar bar = new ProgressBar(new Terminal(out, false, false, 80), nanos::get);
    for (int second = 0; second <= 25; second++) {
      nanos.set(second * 1_000_000_000L);
      bar.update(progress(second, 1, 1));
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines()).hasSize(3);
    bar.finish(progress(30, 1_234_567_000, -73_815));
    assertThat(bytes.toString(StandardCharsets.UTF_8)).doesNotContain("\r");
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  private static TrainingProgress progress(double seconds, long steps, double episodeReturn) {
    return new TrainingProgress(
        "run-1",
        TrainingProgress.State.RUNNING,
        1,
        12,
        2,
        steps,
        45_600,
        seconds,
        TrainingBudget.ofSeconds(120),
        episodeReturn,
        0.987,
        3.21,
        UpdateStatistics.NONE);
  }
}
