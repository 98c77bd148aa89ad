package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gate, and registered policies in an evaluation, from the command line. */
class PolicyEvaluateCommandTest {
  private static final String POLICY = Path.of("..", "conf/policies/kiscaler.kiss").toString();

  @TempDir static Path data;
  @TempDir static Path folder;
  private static NodeCommands kiss;
  private static Path trace;

  @BeforeAll
  static void boot() throws IOException {
    kiss = NodeCommands.boot(data);
    StringBuilder text = new StringBuilder("second,requests\n");
    for (int second = 0; second < 900; second += 30) {
      text.append(second).append(',').append(second < 300 ? 300 : 1500).append('\n');
    }
    trace = Files.writeString(folder.resolve("monday.csv"), text);
  }

  @AfterAll
  static void stop() {
    kiss.close();
  }

  @Test
  void theGateRunsOnAFileOfThisMachineAndSaysWhatItFound() throws IOException {
    assertThat(kiss.run("policy", "import", POLICY, "--id", "v1")).as(kiss.err()).isZero();
    int code =
        kiss.run(
            "policy", "evaluate", "v1", "--traces", trace.toString(), "--cases", "2", "--wait");
    assertThat(kiss.out())
        .as(kiss.err())
        .contains("kiscaler", "least", "on your 1 cases alone", "action-sensitivity");
    assertThat(kiss.out()).contains("FAILED  enough-cases: 2 cases were drawn");
    assertThat(code).isEqualTo(1);

    kiss.run("policy", "show", "v1");
    JsonNode shown = new ObjectMapper().readTree(kiss.out());
    assertThat(shown.at("/gate/ownTraces").asInt()).isEqualTo(1);

    assertThat(kiss.run("policy", "evaluate", "v1", "--cases", "1")).isZero();
    assertThat(kiss.out()).contains("judges policy v1");
    assertThat(kiss.run("policy", "evaluate", "v9", "--wait")).isEqualTo(1);
    assertThat(kiss.err()).contains("there is no policy 'v9'");

    // The same policy, asked of the node by its id and read from its file.
    String[] evaluate = {
      "evaluate", "--traces", trace.toString(), "--seeds", "1", "--autoscalers", "hpa,kiscaler"
    };
    Path byId = folder.resolve("by-id");
    Path byFile = folder.resolve("by-file");
    assertThat(
            kiss.runAlone(
                with(evaluate, "--policy", "v1", "--node", kiss.url(), "--out", "" + byId)))
        .as(kiss.err())
        .isZero();
    assertThat(kiss.runAlone(with(evaluate, "--policy", POLICY, "--out", "" + byFile))).isZero();
    assertThat(Files.readString(byId.resolve("results.csv")))
        .contains("kiscaler")
        .isEqualTo(Files.readString(byFile.resolve("results.csv")));

    assertThat(kiss.runAlone(with(evaluate, "--policy", "v9", "--node", kiss.url()))).isEqualTo(2);
    assertThat(kiss.err()).contains("there is no file v9", "there is no policy 'v9'");
    assertThat(kiss.err().lines()).hasSize(1);
  }

  private static String[] with(String[] args, String... more) {
    return Stream.concat(Stream.of(args), Stream.of(more)).toArray(String[]::new);
  }
}
