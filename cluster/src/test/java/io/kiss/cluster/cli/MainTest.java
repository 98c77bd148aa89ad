package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiss.cluster.NodeSettings;
import io.kiss.cluster.boot.BootFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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
        "up --namespace prod/llm --train-seconds 9 | --train-seconds",
        "up --namespace prod/llm --seed 9 | --seed",
        "up --prometheus http://p:9090 | --namespace",
        "up --namespace a/b/c | CLUSTER/NAMESPACE",
        "up --namespace a/b --kubeconfig /no/file --prometheus http://p:9090 | /no/file",
        "up --namespace a/b --kubeconfig pom.xml --prometheus http://p:9090 | pom.xml",
        "up --namespace a/b --context c | --prometheus",
        "up --namespace a/b --prometheus ftp://p | ftp://p",
        "up --namespace a/b --prometheus 127.0.0.1:9090 | must be http://HOST",
        "up --namespace a/b --prometheus http://p --prometheus-token-file /no/token | /no/token",
        "up --namespace a/b --unset bogus | bogus",
        "node --roles pilot | pilot",
        "node --port 70000 | 70000",
        "node --bogus | --bogus",
        "status --url nowhere | nowhere",
        "status surplus | surplus",
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
        "train --resume . | no checkpoint",
        "down | down",
        "'' | command"
      })
  void wrongUsageIsOneLineAHintAndExitCode2(String args, String named) {
    assertThat(run(args.isEmpty() ? new String[0] : args.split(" "))).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("kiss: ").contains(named).contains("--help");
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--kubeconfig pom.xml --prometheus http://p:9090",
        "--context c",
        "--prometheus ftp://p",
        "--prometheus http://p --prometheus-token-file /no/token",
        "--unset bogus"
      })
  void upRefusesWhatItCannotUseBeforeItStartsANode(String flags) {
    Path data = folder.resolve("data");
    String up = "up --namespace a/b --port 0 --data " + data + " " + flags;
    assertThat(run(up.split(" "))).isEqualTo(2);
    assertThat(data).doesNotExist();
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
  void trainOverwritesNothingUnaskedAndLeavesNothingBehindWhenRefused() throws IOException {
    Path policy = Files.writeString(folder.resolve("p.kiss"), "somebody's work");
    assertThat(run("train", "--out", policy.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("p.kiss exists; --force overwrites it").hasLineCount(1);
    String missing = folder.resolve("no/such/folder/q.kiss").toString();
    String none = folder.resolve("none.conf").toString();
    assertThat(run("train", "--out", missing, "--scenarios", none)).isEqualTo(2);
    assertThat(run("train", "--out", missing, "--engine", "pytorch", "--device", "gpu:77"))
        .isEqualTo(1);
    assertThat(run("train", "--resume", folder.toString())).isEqualTo(2);
    assertThat(Files.list(folder)).containsExactly(policy);
    assertThat(policy).hasContent("somebody's work");
  }

  @Test
  void whatIsNoRunToGoOnWithIsSaidByWhatItIs() throws IOException {
    Path policy = Files.writeString(folder.resolve("p.kiss"), "a policy");
    assertThat(run("train", "--resume", policy.toString())).isEqualTo(2);
    assertThat(err.toString())
        .contains("--resume wants the folder of a run, and " + policy + " is a file; see");
    err.getBuffer().setLength(0);

    Path run = Files.createDirectory(folder.resolve("p.kiss.run"));
    assertThat(run("train", "--resume", policy.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("is a file; is " + run + " meant?");
    err.getBuffer().setLength(0);

    Files.writeString(run.resolve("checkpoint-000000000004.kiss"), "torn");
    Files.writeString(run.resolve("checkpoint-000000000007.kiss"), "");
    assertThat(run("train", "--resume", run.toString())).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString())
        .contains("--resume: no checkpoint in " + run + " is whole")
        .contains("checkpoint-000000000004.kiss cannot be used: ")
        .contains("checkpoint-000000000007.kiss cannot be used: ")
        .contains("--out FILE");
  }

  @Test
  void aKeyThatNobodyReadsIsRefusedWithItsPlaceAndTheOneThatMayBeMeant() throws IOException {
    Path conf = Files.createDirectory(folder.resolve("conf")).resolve("kiss.conf");
    Files.writeString(conf, "akka.loglevel = INFO\nkiss {\n  learner.epoch = 3\n}\n");
    assertThatThrownBy(() -> NodeSettings.load(folder, Map.of()))
        .isInstanceOf(BootFailure.class)
        .hasMessageContaining(conf + ": 3: unknown key kiss.learner.epoch; is epochs meant?");
    Files.writeString(
        conf, "something.else = 1\nkiss { learner.epochs = 3, rollout.dispatcher.x = 1 }\n");
    assertThat(NodeSettings.load(folder, Map.of()).getInt("kiss.learner.epochs")).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "up", "train", "simulate", "calibrate"})
  void helpFitsEightyColumns(String command) {
    assertThat(run((command + " --help").strip().split(" "))).isZero();
    assertThat(out.toString().lines()).allSatisfy(l -> assertThat(l).hasSizeLessThanOrEqualTo(80));
  }

  @Test
  void aLongLineGoesOnInTheNextOneAndKeepsItsColour() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Terminal narrow =
        new Terminal(new PrintStream(bytes, true, StandardCharsets.UTF_8), true, true, 20);
    narrow.line(narrow.in(Terminal.Colour.GREEN, "one two three four five six"), 4);
    narrow.line("");
    narrow.verbatim("{\"a\": 1, \"b\": 2, \"c\": 3}");
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "\u001b[32mone two three four\u001b[0m",
            "\u001b[32m    five six\u001b[0m",
            "",
            "{\"a\": 1, \"b\": 2, \"c\": 3}");
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
    // 39 + 2 + 39 fill 80 columns; one more leaves a single space for the gap.
    String wide = "x".repeat(39);
    assertThat(new Table(wide, wide).lines()).containsExactly(wide + "  " + wide);
    assertThat(new Table(wide, wide + "x").lines()).containsExactly(wide + " " + wide + "x");
    // Three columns of 9, 30 and 3 in a terminal of 24: the widest gives way, down to the next.
    List<String> narrow =
        new Table("n", "build", "m").row("123456789", "b".repeat(30), "abc").lines(24);
    assertThat(narrow).containsExactly("n              build   m", "123456789 bbbbbbbbb… abc");
  }
}
