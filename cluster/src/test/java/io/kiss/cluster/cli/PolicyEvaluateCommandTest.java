package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The gate, and registered policies in an evaluation, from the command line. */
class PolicyEvaluateCommandTest {
  private static final String POLICY = Path.of("..", "conf/policies/kiscaler.kiss").toString();

  @TempDir static Path data;
  @TempDir static Path folder;
  private static Node node;
  private static Path trace;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  @BeforeAll
  static void boot() throws IOException {
    node = NodeFixture.boot(data);
    StringBuilder text = new StringBuilder("second,requests\n");
    for (int second = 0; second < 900; second += 30) {
      text.append(second).append(',').append(second < 300 ? 300 : 1500).append('\n');
    }
    trace = Files.writeString(folder.resolve("monday.csv"), text);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private int run(String... args) {
    out = new StringWriter();
    err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(args);
  }

  private int ask(String... args) {
    return run(
        Stream.concat(Stream.of(args), Stream.of("--url", node.url())).toArray(String[]::new));
  }

  @Test
  void theGateRunsOnAFileOfThisMachineAndSaysWhatItFound() throws IOException {
    assertThat(ask("policy", "import", POLICY, "--id", "v1")).as(err.toString()).isZero();
    int code =
        ask("policy", "evaluate", "v1", "--traces", trace.toString(), "--cases", "2", "--wait");
    assertThat(out.toString())
        .as(err.toString())
        .contains("kiscaler", "least", "on your 1 cases alone", "action-sensitivity");
    assertThat(out.toString()).contains("FAILED  enough-cases: 2 cases were drawn");
    assertThat(code).isEqualTo(1);

    ask("policy", "show", "v1");
    JsonNode shown = new ObjectMapper().readTree(out.toString());
    assertThat(shown.at("/gate/ownTraces").asInt()).isEqualTo(1);

    assertThat(ask("policy", "evaluate", "v1", "--cases", "1")).isZero();
    assertThat(out.toString()).contains("judges policy v1");
    assertThat(ask("policy", "evaluate", "v9", "--wait")).isEqualTo(1);
    assertThat(err.toString()).contains("there is no policy 'v9'");

    // The same policy, asked of the node by its id and read from its file.
    String[] evaluate = {
      "evaluate", "--traces", trace.toString(), "--seeds", "1", "--autoscalers", "hpa,kiscaler"
    };
    Path byId = folder.resolve("by-id");
    Path byFile = folder.resolve("by-file");
    assertThat(run(with(evaluate, "--policy", "v1", "--node", node.url(), "--out", "" + byId)))
        .as(err.toString())
        .isZero();
    assertThat(run(with(evaluate, "--policy", POLICY, "--out", "" + byFile))).isZero();
    assertThat(Files.readString(byId.resolve("results.csv")))
        .contains("kiscaler")
        .isEqualTo(Files.readString(byFile.resolve("results.csv")));

    assertThat(run(with(evaluate, "--policy", "v9", "--node", node.url()))).isEqualTo(2);
    assertThat(err.toString()).contains("there is no file v9", "there is no policy 'v9'");
    assertThat(err.toString().lines()).hasSize(1);
  }

  private static String[] with(String[] args, String... more) {
    return Stream.concat(Stream.of(args), Stream.of(more)).toArray(String[]::new);
  }
}
