package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class MainTest {
  @TempDir Path folder;
  private final StringWriter err = new StringWriter();
  private final StringWriter out = new StringWriter();

  private int run(String... args) {
    CommandLine line = Main.commandLine();
    line.setErr(new PrintWriter(err));
    line.setOut(new PrintWriter(out));
    return line.execute(args);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "up --bogus | --bogus",
        "up --port abc | abc",
        "up --port 70000 | 70000",
        "up --train-seconds 0 | --train-seconds",
        "up --train-seconds NaN | --train-seconds",
        "up --workers 0 | --workers",
        "up --seed x | --seed",
        "up --trace /does/not/exist | /does/not/exist",
        "up surplus | surplus",
        "up --policy /does/not/exist | /does/not/exist",
        "up --policy p.kiss --train-seconds 9 | --train-seconds",
        "train | --out",
        "train --out p.kiss --bogus | --bogus",
        "train --out p.kiss --steps many | many",
        "train --out p.kiss --steps 0 | --steps",
        "train --out p.kiss --seconds -1 | --seconds",
        "train --out p.kiss --seconds NaN | --seconds",
        "train --out p.kiss --seconds 5 --steps 5 | --steps",
        "train --out p.kiss --workers 0 | --workers",
        "train --out p.kiss --engine tensor | --engine",
        "train --out p.kiss --device gpu | --device",
        "train --out p.kiss --plot curve.png | .svg",
        "train --out p.kiss --scenarios /does/not/exist | /does/not/exist",
        "train --out /proc/p.kiss | /proc",
        "train --out p.kiss --metrics /proc/m | --metrics",
        "train --resume /does/not/exist | /does/not/exist",
        "train --resume . --seed 3 | --seed",
        "down | down",
        "'' | command"
      })
  void wrongUsageIsOneLineAHintAndExitCode2(String args, String named) {
    assertThat(run(args.isEmpty() ? new String[0] : args.split(" "))).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("kiss: ").contains(named).contains("--help");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aMalformedTraceIsNamedWithItsLine() throws IOException {
    Path trace = Files.writeString(folder.resolve("t.csv"), "second,requests\n0,5\n60,many\n");
    assertThat(run("up", "--trace", trace.toString())).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).contains(trace.toString()).contains("line 3").contains("many");
  }

  @Test
  void aTraceWithoutRequestsIsRefused() throws IOException {
    Path trace = Files.writeString(folder.resolve("t.csv"), "second,requests\n0,0\n60,0\n");
    assertThat(run("up", "--trace", trace.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("no request");
  }

  @Test
  void aDataFolderThatCanNotBeWrittenIsOneLineAndExitCode1() {
    assertThat(run("up", "--data", "/proc/kiss")).isEqualTo(1);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("kiss: ").contains("/proc/kiss");
  }

  @Test
  void helpShowsEveryFlagAndExamples() {
    assertThat(run("up", "--help")).isZero();
    assertThat(out.toString())
        .contains("Examples:", "--train-seconds", "--trace", "--once", "--port", "--data")
        .contains("--workers", "--seed", "--verbose");
    assertThat(run("--help")).isZero();
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).contains("KIS-S");
  }

  @Test
  void helpOfTrainShowsEveryFlagAndExamples() {
    assertThat(run("train", "--help")).isZero();
    assertThat(out.toString())
        .contains("Examples:", "--out", "--seconds", "--steps", "--scenarios", "--engine")
        .contains("--device", "--workers", "--seed", "--resume", "--metrics", "--plot");
  }

  @ParameterizedTest
  @CsvSource({"1500, 1500", "20M, 20000000", "0.5k, 500", "1_000k, 1000000", "2g, 2000000000"})
  void stepsAreReadAsPeopleWriteThem(String text, long steps) {
    assertThat(new TrainCommand.Count().convert(text)).isEqualTo(steps);
  }

  @Test
  void aTableIsAlignedAndHasNoTrailingSpaces() {
    assertThat(new Table("autoscaler", "p95", "GPU-h").row("hpa", "120 ms", "9").lines())
        .containsExactly("autoscaler     p95  GPU-h", "hpa         120 ms      9");
  }
}
