package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.cluster.reproduce.StudyReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code reproduce} as a shell sees it. */
class ReproduceCommandTest {
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private String home;

  @BeforeEach
  void setHome() {
    home = System.getProperty("kiss.home");
    System.setProperty("kiss.home", Path.of("..").toAbsolutePath().normalize().toString());
  }

  @AfterEach
  void resetHome() {
    if (home == null) {
      System.clearProperty("kiss.home");
    } else {
      System.setProperty("kiss.home", home);
    }
  }

  private int run(String... arguments) {
    List<String> texts = new ArrayList<>(List.of("reproduce"));
    texts.addAll(List.of(arguments));
    CommandLine line = Main.commandLine();
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(texts.toArray(new String[0]));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--seeds 0 | --seeds must be in 1..1000, not 0",
        "--episodes 7 | --episodes must be in 8..1000000, not 7",
        "--episodes many | many",
        "--long-factor -1 | --long-factor",
        "--episodes 1000000 --long-factor 11 | 10 million",
        "--plays 1 | --plays",
        "--jobs 0 | --jobs",
        "--client locust | locust",
        "--engine tensor | tensor",
        "--device tpu | --device must be auto",
        "--policy /does/not/exist | /does/not/exist",
        "--policy p.kiss --policy-steps 1k | not both",
        "--out pom.xml | --out: pom.xml is a file",
        "surplus | surplus"
      })
  void whatCannotBeIsRefusedInOneSentence(String arguments, String says) {
    assertThat(run(arguments.split(" "))).isEqualTo(2);
    assertThat(err.toString()).startsWith("kiss: ").contains(says).hasLineCount(1);
  }

  private static final String[] SMALL =
      "--episodes 8 --seeds 1 --long-factor 0 --plays 2 --policy-steps 0 --client paper".split(" ");

  private String[] into(Path results, String... more) {
    List<String> all = new ArrayList<>(List.of(SMALL));
    all.addAll(List.of(more));
    all.addAll(List.of("--out", results.toString()));
    return all.toArray(String[]::new);
  }

  @Test
  void aSmallStudyPrintsClaimBesideResultAndWritesItsFiles() throws IOException {
    Path results = folder.resolve("study");
    int code = run(into(results));
    assertThat(err.toString()).isEmpty();
    assertThat(code).isZero();
    assertThat(out.toString())
        .contains("+75.2%", "6.7x lower", "1.761", "0.530", "cpu-fixed-3")
        .contains("Page: " + results.resolve(StudyReport.HTML));
    assertThat(out.toString().lines())
        .allMatch(line -> line.length() <= 80 || line.contains(": /"));
    assertThat(out.toString().replaceAll("\\s+", " ")).contains("the policy is never updated");
    assertThat(results.resolve(StudyReport.HTML)).content().contains("<svg", "kiss reproduce");
    String data = Files.readString(results.resolve(StudyReport.JSON));

    out.getBuffer().setLength(0);
    Path told = folder.resolve("told");
    assertThat(run(into(told, "--json"))).as(err.toString()).isZero();
    assertThat(out.toString()).isEqualTo(data).isNotBlank();
    assertThat(told.resolve(StudyReport.JSON)).hasContent(data);
    assertThat(err.toString()).contains("every request simulated", "Data: " + told);
  }
}
