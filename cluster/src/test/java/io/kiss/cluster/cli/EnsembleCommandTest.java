package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kiss.kisim.autoscale.PolicyFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class EnsembleCommandTest {
  private static final Path SHIPPED = Path.of("..", "conf", "policies", "kiscaler.kiss");

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object... words) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.commandLineFor("ensemble")
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(
            Stream.concat(Stream.of("ensemble"), Stream.of(words))
                .map(Object::toString)
                .toArray(String[]::new));
  }

  @Test
  void policiesBecomeOneThatAnyCommandTakes() throws IOException {
    Path whole = folder.resolve("whole.kiss");
    assertThat(run("--out", whole, SHIPPED, SHIPPED, "--json")).as(err.toString()).isZero();
    assertThat(DocumentedFields.in(out.toString())).isEqualTo(DocumentedFields.of("ensemble"));
    JsonNode told = DocumentedFields.strictly(out.toString());
    PolicyFile read = PolicyFile.read(whole);
    PolicyFile alone = PolicyFile.read(SHIPPED);
    assertThat(told.path("sha256").asText()).isEqualTo(read.policy().sha256());
    assertThat(told.path("members").asInt()).isEqualTo(2);
    assertThat(read.provenance().environmentSteps())
        .isEqualTo(2 * alone.provenance().environmentSteps());
    assertThat(read.policy().layers()[1]).isEqualTo(2 * alone.policy().layers()[1]);
  }

  @Test
  void aPolicyThatIsThereIsOverwrittenOnlyByForce() throws IOException {
    Path there = Files.writeString(folder.resolve("there.kiss"), "precious");
    assertThat(run("--out", there, SHIPPED, SHIPPED)).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains(there.toString(), "--force").hasLineCount(1);
    assertThat(there).hasContent("precious");
    assertThat(run("--out", there, SHIPPED, SHIPPED, "--force")).isZero();
    assertThat(out.toString()).contains("2 policies");
  }

  @Test
  void whatCannotBeUsedIsSaidInASentence() throws IOException {
    Path torn = Files.writeString(folder.resolve("torn.kiss"), "no policy");
    Path missing = folder.resolve("missing.kiss");
    for (List<Object> wrong :
        List.of(
            List.<Object>of("--out", folder.resolve("a"), SHIPPED, torn),
            List.<Object>of("--out", folder.resolve("a"), SHIPPED, missing),
            List.<Object>of("--out", folder.resolve("no/such/a"), SHIPPED, SHIPPED),
            List.<Object>of("--out", "-", SHIPPED, SHIPPED),
            List.<Object>of("--out", folder.resolve("a"), SHIPPED))) {
      assertThat(run(wrong.toArray())).as("%s", wrong).isEqualTo(CommandLine.ExitCode.USAGE);
      assertThat(err.toString()).startsWith("kiss").hasLineCount(1);
    }
    assertThat(folder.resolve("a")).doesNotExist();
  }
}
