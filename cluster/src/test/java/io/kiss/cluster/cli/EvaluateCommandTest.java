package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.cluster.evaluate.RunFile;
import io.kiss.cluster.evaluate.report.ReportFiles;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code evaluate} as a shell sees it. */
class EvaluateCommandTest {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private String home;

  @BeforeEach
  void setHome() {
    home = System.getProperty("kiss.home");
    System.setProperty("kiss.home", HOME.toString());
  }

  @AfterEach
  void resetHome() {
    if (home == null) {
      System.clearProperty("kiss.home");
    } else {
      System.setProperty("kiss.home", home);
    }
  }

  private int run(Object... arguments) {
    List<String> texts = new ArrayList<>(List.of("evaluate"));
    for (Object each : arguments) {
      texts.add(each.toString());
    }
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine line = Main.commandLine();
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(texts.toArray(new String[0]));
  }

  /** Ten minutes in bins of ten seconds: calm, then twice as much. */
  private Path trace(String name) throws IOException {
    StringBuilder text = new StringBuilder("second,requests\n");
    for (int second = 0; second < 600; second += 10) {
      text.append(second).append(',').append(second < 300 ? 100 : 200).append('\n');
    }
    return Files.writeString(folder.resolve(name + ".csv"), text);
  }

  private List<String> files(Path results) throws IOException {
    List<String> texts = new ArrayList<>();
    for (String name : List.of(ReportFiles.JSON, ReportFiles.CSV, ReportFiles.HTML)) {
      texts.add(Files.readString(results.resolve(name)));
    }
    return texts;
  }

  @Test
  void aTraceGivesATableVerdictsAndThreeFiles() throws IOException {
    Path results = folder.resolve("results");
    int code =
        run(
            "--traces",
            trace("t"),
            "--autoscalers",
            "hpa,queueing",
            "--seeds",
            2,
            "--out",
            results);
    assertThat(err.toString()).isEmpty();
    assertThat(code).isZero();
    assertThat(out.toString())
        .contains("2 autoscalers on 1 trace with 2 seeds, fluid engine")
        .contains("autoscaler", "cost-at-SLO", "hpa", "queueing")
        .contains("Report: " + results.resolve("report.html"));
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80 || line.contains("/"));
    assertThat(files(results).get(1)).contains("hpa").contains("queueing");
    assertThat(files(results).get(0))
        .contains("kiss evaluate --traces " + folder.resolve("t.csv"))
        .doesNotContain("--out");
  }

  @Test
  void programsGetTheBytesOfTheResultsWhichDoNotTellThatTheyDo() throws IOException {
    Path text = folder.resolve("text");
    Path json = folder.resolve("json");
    Object[] command = {"--traces", trace("t"), "--autoscalers", "hpa,queueing", "--seeds", 2};
    assertThat(run(with(command, "--out", text))).isZero();
    List<Object> told = new ArrayList<>(List.of(with(command, "--out", json)));
    told.add("--json");
    assertThat(run(told.toArray())).as(err.toString()).isZero();
    assertThat(out.toString()).isEqualTo(Files.readString(json.resolve(ReportFiles.JSON)));
    assertThat(err.toString())
        .contains("2 autoscalers on 1 trace", "Report: " + json.resolve(ReportFiles.HTML));
    assertThat(files(json)).isEqualTo(files(text));
  }

  @Test
  void aFinishedEvaluationIsNotRunAgainAndWritesTheSameBytes() throws IOException {
    Path trace = trace("t");
    Path results = folder.resolve("results");
    Object[] command = {
      "--traces", trace, "--autoscalers", "hpa,dynamo:tuned-here", "--seeds", 2, "--out", results
    };
    assertThat(run(command)).isZero();
    List<String> first = files(results);
    String runs = Files.readString(results.resolve(RunFile.NAME));
    assertThat(run(command)).isZero();
    assertThat(out.toString()).contains("Every run was there already");
    assertThat(Files.readString(results.resolve(RunFile.NAME))).isEqualTo(runs);
    assertThat(files(results)).isEqualTo(first);
  }

  @Test
  void cutOffAfterAnyRunEvenInTheMiddleOfALineItEndsWithTheSameBytes() throws IOException {
    Path trace = trace("t");
    Path whole = folder.resolve("whole");
    Object[] command = {
      "--traces", trace, "--autoscalers", "hpa,dynamo:tuned-here", "--seeds", 2, "--jobs", 1
    };
    assertThat(run(with(command, "--out", whole))).isZero();
    String runs = Files.readString(whole.resolve(RunFile.NAME));
    String[] lines = runs.split("\n");
    // The header, six settings by two seeds, and two autoscalers by two seeds.
    assertThat(lines).hasSize(1 + 12 + 4);
    for (int kept = 0; kept <= lines.length; kept += 3) {
      Path cut = Files.createDirectory(folder.resolve("cut" + kept));
      String start = String.join("\n", Arrays.copyOf(lines, kept)) + (kept > 0 ? "\n" : "");
      String torn = kept < lines.length ? lines[kept].substring(0, lines[kept].length() / 2) : "";
      Files.writeString(cut.resolve(RunFile.NAME), start + torn);
      assertThat(run(with(command, "--out", cut, "--jobs", 2))).as("kept " + kept).isZero();
      assertThat(files(cut)).isEqualTo(files(whole));
      assertThat(Files.readString(cut.resolve(RunFile.NAME)).split("\n"))
          .containsExactlyInAnyOrder(lines);
    }
  }

  private static Object[] with(Object[] command, Object... more) {
    List<Object> all = new ArrayList<>(Arrays.asList(command));
    for (int i = 0; i < more.length; i += 2) {
      int at = all.indexOf(more[i]);
      if (at >= 0) {
        all.set(at + 1, more[i + 1]);
      } else {
        all.add(more[i]);
        all.add(more[i + 1]);
      }
    }
    return all.toArray();
  }

  @Test
  void anotherPlansFolderAndADamagedOneAreRefused() throws IOException {
    Path trace = trace("t");
    Path results = folder.resolve("results");
    assertThat(run("--traces", trace, "--autoscalers", "hpa", "--seeds", 1, "--out", results))
        .isZero();
    assertThat(out.toString()).contains("1 autoscaler on 1 trace with 1 seed,");
    assertThat(run("--traces", trace, "--autoscalers", "hpa", "--seeds", 2, "--out", results))
        .isEqualTo(2);
    assertThat(err.toString()).contains("holds the runs of another evaluation").hasLineCount(1);
    Path runs = results.resolve(RunFile.NAME);
    List<String> lines = new ArrayList<>(Files.readAllLines(runs));
    lines.add(1, "nonsense");
    Files.write(runs, lines);
    assertThat(run("--traces", trace, "--autoscalers", "hpa", "--seeds", 1, "--out", results))
        .isEqualTo(2);
    assertThat(err.toString()).contains("line 2: is damaged").hasLineCount(1);
  }

  @Test
  void aPolicyTakesPartAsKiscalerAndTheOracleBoundsAll() throws IOException {
    Path policy = folder.resolve("p.kiss");
    new PolicyFile(PolicySnapshotFixture.holds(), PolicySnapshotFixture.provenance()).write(policy);
    Path results = folder.resolve("results");
    assertThat(
            run(
                "--traces",
                trace("t"),
                "--autoscalers",
                "hpa,oracle",
                "--policy",
                policy,
                "--seeds",
                1,
                "--out",
                results))
        .isZero();
    assertThat(files(results).get(1)).contains("kiscaler", "oracle");
    assertThat(out.toString()).contains("kiscaler").contains("oracle");
  }

  @Test
  void scenariosRunAsTheyStateUnlessAFlagTakesItsPlace() throws IOException {
    Path results = folder.resolve("results");
    Path scenario = HOME.resolve("conf/scenarios/paper-spike.conf");
    assertThat(
            run(
                "--scenarios",
                scenario,
                "--autoscalers",
                "static,queueing",
                "--seeds",
                1,
                "--slo-ms",
                321,
                "--out",
                results))
        .isZero();
    assertThat(files(results).get(0)).contains("0.321");
    assertThat(run("--scenarios", scenario, "--peak-replicas", 3)).isEqualTo(2);
    assertThat(err.toString()).contains("--peak-replicas is for --traces");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gap.csv | 0,5;10,5;30,5 | line 4: expected second 20",
        "negative.csv | 0,5;10,-5;20,5 | line 3: requests must not be negative",
        "unsorted.csv | 0,5;20,5;10,5 | line 4: second 10 does not come after 20",
        "words.csv | 0,5;ten,5 | line 3: second must be a number",
        "none.csv | 0,0;10,0 | has no request",
        "one.csv | 0,5 | at least two rows",
        "blank.csv | '' | is this an empty line?",
        "long.csv | 0,5;2000000000,5 | longer than can be replayed"
      })
  void aTraceThatIsNoneIsRefusedWithItsLine(String name, String rows, String sentence)
      throws IOException {
    Path trace =
        Files.writeString(
            folder.resolve(name), "second,requests\n" + rows.replace(";", "\n") + "\n");
    assertThat(run("--traces", trace, "--out", folder.resolve("r"))).isEqualTo(2);
    assertThat(err.toString()).contains(trace.toString()).contains(sentence).hasLineCount(1);
    assertThat(folder.resolve("r")).doesNotExist();
  }

  @Test
  void filesThatAreNoTextAreRefused() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.csv"));
    Path binary = Files.write(folder.resolve("binary.csv"), new byte[] {(byte) 0xff, 0, 1, 2});
    Path torn = Files.write(folder.resolve("torn.csv.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0});
    for (Path each : List.of(empty, binary, torn, folder, folder.resolve("nowhere.csv"))) {
      assertThat(run("--traces", each, "--out", folder.resolve("r")))
          .as(each.toString())
          .isEqualTo(2);
      assertThat(err.toString()).startsWith("kiss: " + each).hasLineCount(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--autoscalers hpb | autoscaler hpb is unknown; known are static, hpa",
        "--autoscalers hpa:targt=1 | unknown key targt",
        "--autoscalers hpa:target=much | target",
        "--autoscalers hpa,,keda | an entry is empty",
        "--autoscalers hpa,hpa | two entries called hpa",
        "--autoscalers hpa,tuned | tuned is unknown",
        "--autoscalers queueing:tuned | no threshold to tune",
        "--autoscalers kiscaler | needs --policy",
        "--autoscalers oracle:x=1 | oracle has no settings",
        "--policy nowhere.kiss | there is no file nowhere.kiss",
        "--profile nothing | there is no profile nothing",
        "--profile nowhere.conf | nowhere.conf",
        "--window 9 | FROM:TO",
        "--window 20m: | nothing of it is in the --window",
        "--window 9m:8m | end after it begins",
        "--window 0:soon | 'soon' is no time",
        "--peak-replicas 0 | --peak-replicas",
        "--peak-replicas NaN | --peak-replicas",
        "--slo-ms -1 | --slo-ms",
        "--startup-seconds 0 | --startup-seconds",
        "--startup-seconds x | --startup-seconds",
        "--violation-price 0 | --violation-price",
        "--violation-price 1e308 | --violation-price must be in 0.000001..1000000, not 1.0E308",
        "--peak-replicas 1e6 | --peak-replicas must be in 0.001..500",
        "--max-replicas 5000 | 1000 replicas at most",
        "--seeds 0 | --seeds",
        "--jobs 0 | --jobs",
        "--min-replicas 9 --max-replicas 3 | change --min-replicas or --max-replicas",
        "--engine both | --engine",
        "--out /proc/r | --out",
        "--scenarios x.conf | exactly one"
      })
  void wrongUsageIsOneLineAndExitCodeTwo(String arguments, String sentence) throws IOException {
    List<Object> all = new ArrayList<>(List.of("--traces", trace("t")));
    if (!arguments.contains("--out")) {
      all.addAll(List.of("--out", folder.resolve("r")));
    }
    all.addAll(Arrays.asList(arguments.split(" ")));
    assertThat(run(all.toArray())).isEqualTo(2);
    assertThat(err.toString()).startsWith("kiss: ").contains(sentence).hasLineCount(1);
    assertThat(out.toString()).isEmpty();
    assertThat(folder.resolve("r")).doesNotExist();
  }

  @Test
  void twoTracesOfOneNameAndAPolicyOfAnotherObservationAreRefused() throws IOException {
    Path one = trace("t");
    Path other = Files.copy(one, Files.createDirectory(folder.resolve("other")).resolve("t.csv"));
    assertThat(run("--traces", one, other)).isEqualTo(2);
    assertThat(err.toString())
        .contains(one + " and " + other + " go by the same name")
        .hasLineCount(1);
    Path policy = folder.resolve("p.kiss");
    PolicySnapshot strange = PolicySnapshotFixture.ofAnotherObservation();
    new PolicyFile(strange, PolicySnapshotFixture.provenance()).write(policy);
    assertThat(run("--traces", one, "--policy", policy)).isEqualTo(2);
    assertThat(err.toString()).contains(policy.toString()).contains("observation").hasLineCount(1);
  }

  @Test
  void aWindowLongerThanTheTraceIsSaidAndTakenToTheTracesEnd() throws IOException {
    assertThat(
            run(
                "--traces",
                trace("t"),
                "--window",
                "5m:1h",
                "--autoscalers",
                "hpa",
                "--seeds",
                1,
                "--out",
                folder.resolve("r")))
        .isZero();
    assertThat(out.toString()).contains("lasts 600 s, less than the window");
    assertThat(files(folder.resolve("r")).get(0))
        .contains("\"fromSeconds\" : 300", "\"seconds\" : 300");
  }
}
