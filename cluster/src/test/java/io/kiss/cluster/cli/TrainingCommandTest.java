package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TrainingCommandTest {
  @TempDir static Path data;
  private static Node node;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  @BeforeAll
  static void boot() {
    node = NodeFixture.boot(data);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private int run(String action, String... args) {
    out = new StringWriter();
    err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    String[] all = new String[args.length + 4];
    System.arraycopy(args, 0, all, 4, args.length);
    all[0] = "training";
    all[1] = action;
    all[2] = "--url";
    all[3] = node.url();
    return line.execute(all);
  }

  @Test
  void aRunIsStartedPausedAndResumedAndEachTimeItsStateIsShown() {
    assertThat(run("start", "--seconds", "600", "--steps", "1000000")).as(err.toString()).isZero();
    assertThat(run("pause")).isZero();
    assertThat(out.toString())
        .isEqualTo(
            "Training run-1 is PAUSED: iteration 5 of epoch 1, 1,000 env steps, 500 a second"
                + System.lineSeparator());
    assertThat(run("resume")).isZero();
    assertThat(out.toString()).contains("is RUNNING");
    // What the node refuses ends with its reason and exit code 1.
    assertThat(run("resume")).isEqualTo(1);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).contains("409", "the run is not paused");
    // What makes no sense is wrong usage.
    assertThat(run("start", "--seconds", "-1")).isEqualTo(2);
    assertThat(err.toString()).contains("400", "seconds: must be a number above 0");
  }

  @Test
  void theNumberOfWorkersIsChanged() {
    assertThat(run("workers", "7")).as(err.toString()).isZero();
    assertThat(run("workers", "7")).isEqualTo(1);
    assertThat(err.toString()).contains("there are 7 workers already");
    assertThat(run("workers", "many")).isEqualTo(2);
    assertThat(run("workers")).isEqualTo(2);
  }
}
