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

class DistilCommandTest {
  private static final Path SHIPPED = Path.of("..", "conf", "policies", "kiscaler.kiss");

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object... words) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.commandLineFor("distil")
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(
            Stream.concat(Stream.of("distil"), Stream.of(words))
                .map(Object::toString)
                .toArray(String[]::new));
  }

  private JsonNode distil(Path to, int states) throws IOException {
    assertThat(run("--out", to, "--states", states, "--workers", 2, "--seed", 5, SHIPPED, "--json"))
        .as(err.toString())
        .isZero();
    assertThat(DocumentedFields.in(out.toString())).isEqualTo(DocumentedFields.of("distil"));
    return DocumentedFields.strictly(out.toString());
  }

  @Test
  void oneNetworkOfTheUsualSizeLearnsToChooseAsATeacherDoesAndTheSameEachTime() throws IOException {
    Path little = folder.resolve("little.kiss");
    JsonNode start = distil(little, 1);
    Path one = folder.resolve("one.kiss");
    JsonNode told = distil(one, 120_000);
    JsonNode again = distil(folder.resolve("again.kiss"), 120_000);

    PolicyFile read = PolicyFile.read(one);
    PolicyFile teacher = PolicyFile.read(SHIPPED);
    assertThat(read.policy().layers())
        .containsExactly(teacher.policy().layers()[0], 64, 64, teacher.policy().layers()[3]);
    assertThat(told.path("sha256").asText()).isEqualTo(read.policy().sha256());
    assertThat(again.path("sha256").asText()).isEqualTo(read.policy().sha256());
    assertThat(told.path("divergence").asDouble())
        .isLessThan(start.path("divergence").asDouble() / 2);
    long states = told.path("states").asLong();
    assertThat(states).isBetween(120_000L, 130_000L);
    assertThat(read.provenance().environmentSteps())
        .isEqualTo(teacher.provenance().environmentSteps() + states);
    assertThat(read.provenance().run()).isEqualTo("one");
    assertThat(read.provenance().seed()).isEqualTo(5);
    assertThat(read.provenance().settings())
        .contains(
            "distilled over " + states + " states", teacher.policy().sha256().substring(0, 12));
    assertThat(err.toString()).contains("Teaching a network of [64, 64]");
  }

  @Test
  void aPolicyThatIsThereIsOverwrittenOnlyByForce() throws IOException {
    Path there = Files.writeString(folder.resolve("there.kiss"), "precious");
    assertThat(run("--out", there, "--states", 1, SHIPPED)).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains(there.toString(), "--force");
    assertThat(there).hasContent("precious");
    assertThat(run("--out", there, "--states", 1, SHIPPED, "--force")).isZero();
    assertThat(out.toString()).contains("from its teacher", "Try it: kiss up --policy " + there);
  }

  @Test
  void whatCannotBeUsedIsSaidInASentence() throws IOException {
    Path torn = Files.writeString(folder.resolve("torn.kiss"), "no policy");
    Path missing = folder.resolve("missing.kiss");
    Path to = folder.resolve("a");
    for (List<Object> wrong :
        List.of(
            List.<Object>of("--out", to, SHIPPED, torn),
            List.<Object>of("--out", to, missing),
            List.<Object>of("--out", folder.resolve("no/such/a"), SHIPPED),
            List.<Object>of("--out", "-", SHIPPED),
            List.<Object>of("--out", to, "--states", "0", SHIPPED),
            List.<Object>of("--out", to, "--states", "many", SHIPPED),
            List.<Object>of("--out", to, "--workers", "0", SHIPPED),
            List.<Object>of("--out", to, "--device", "tpu", SHIPPED),
            List.<Object>of("--out", to))) {
      assertThat(run(wrong.toArray())).as("%s", wrong).isEqualTo(CommandLine.ExitCode.USAGE);
      assertThat(err.toString()).as("%s", wrong).startsWith("kiss").hasLineCount(1);
    }
    assertThat(to).doesNotExist();
  }
}
