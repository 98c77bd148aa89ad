package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingCommandTest {
  @TempDir static Path data;
  private static NodeCommands kiss;

  @BeforeAll
  static void boot() {
    kiss = NodeCommands.boot(data);
  }

  @AfterAll
  static void stop() {
    kiss.close();
  }

  private int run(String action, String... args) {
    return kiss.run(
        Stream.concat(Stream.of("training", action), Stream.of(args)).toArray(String[]::new));
  }

  @Test
  void aRunIsStartedPausedAndResumedAndEachTimeItsStateIsShown() {
    assertThat(run("start", "--seconds", "600", "--steps", "1000000")).as(kiss.err()).isZero();
    assertThat(run("pause")).isZero();
    assertThat(kiss.out())
        .isEqualTo(
            "Training run-1 is PAUSED: iteration 5 of epoch 1, 1,000 env steps, 500 a second"
                + System.lineSeparator());
    assertThat(run("resume")).isZero();
    assertThat(kiss.out()).contains("is RUNNING");
    // What the node refuses ends with its reason and exit code 1.
    assertThat(run("resume")).isEqualTo(1);
    assertThat(kiss.err().lines()).hasSize(1);
    assertThat(kiss.err()).contains("409", "the run is not paused");
    // What makes no sense is wrong usage.
    assertThat(run("start", "--seconds", "-1")).isEqualTo(2);
    assertThat(kiss.err()).contains("400", "seconds: must be a number above 0");
  }

  @Test
  void theNumberOfWorkersIsChanged() {
    assertThat(run("workers", "7")).as(kiss.err()).isZero();
    assertThat(run("workers", "7")).isEqualTo(1);
    assertThat(kiss.err()).contains("there are 7 workers already");
    assertThat(run("workers", "many")).isEqualTo(2);
    assertThat(run("workers")).isEqualTo(2);
  }
}
