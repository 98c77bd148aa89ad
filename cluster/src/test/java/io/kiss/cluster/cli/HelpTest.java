package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** What every command's help says, however deep it stands. */
class HelpTest {

  static Stream<CommandSpec> commands() {
    List<CommandSpec> found = new ArrayList<>();
    collect(Main.commandLine(), found);
    assertThat(found).hasSizeGreaterThan(20);
    return found.stream();
  }

  private static void collect(CommandLine line, List<CommandSpec> found) {
    found.add(line.getCommandSpec());
    line.getSubcommands().values().forEach(command -> collect(command, found));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void saysWhatTheCommandDoesWithAnExampleAndTheExitCodes(CommandSpec command) {
    UsageMessageSpec help = command.usageMessage();
    assertThat(String.join("", help.description())).isNotBlank();
    assertThat(String.join("\n", help.footer())).contains(command.qualifiedName());
    assertThat(help.exitCodeList()).containsKeys("0", "1", "2");
    assertThat(command.options())
        .allSatisfy(
            option -> assertThat(option.description()).as(option.longestName()).isNotEmpty());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void itsExamplesStayWholeOnEightyColumns(CommandSpec command) {
    String shown = command.commandLine().setUsageHelpAutoWidth(false).getUsageMessage();
    for (String line : command.usageMessage().footer()) {
      assertThat(shown).contains(line.stripTrailing());
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void itsExamplesAreCommandLinesThatAreTaken(CommandSpec command) {
    for (String line : command.usageMessage().footer()) {
      if (line.startsWith("  kiss ") && !line.endsWith("\\")) {
        String[] words = line.strip().split(" {2,}| [|>] ", -1)[0].split(" ", -1);
        String[] args = Arrays.copyOfRange(words, 1, words.length);
        if (args.length > 0 && !args[args.length - 1].equals("--help")) {
          assertThat(Main.commandLine().parseArgs(args).hasSubcommand()).as(line).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void answersProgramsTooOrTheDocumentationSaysWhyNot(CommandSpec command) throws IOException {
    if (!command.subcommands().isEmpty()) {
      return;
    }
    String documented = Files.readString(Path.of("..", "docs", "command-json.md"));
    String name = command.qualifiedName().replaceFirst("^kiss ", "");
    if (Set.of("up", "node", "completion").contains(name)) {
      assertThat(command.findOption("--json")).isNull();
      assertThat(documented).containsPattern("`" + name + "( --once)?`");
    } else {
      assertThat(command.findOption("--json")).isNotNull();
      assertThat(documented)
          .containsPattern("`" + name.split(" ", 2)[0] + "( …| --json -)?`[^|]*\\|");
    }
  }

  @Test
  void ofACommandThatIsNamedNoOtherIsRead() {
    CommandLine all = Main.commandLine();
    assertThat(all.getSubcommands()).hasSizeGreaterThan(10);
    all.getSubcommands()
        .forEach(
            (name, command) -> {
              Class<?> type = command.getCommandSpec().userObject().getClass();
              assertThat(type.getAnnotation(CommandLine.Command.class).name()).isEqualTo(name);
              CommandLine alone = Main.commandLineFor(name, "--help");
              assertThat(alone.getSubcommands()).containsOnlyKeys(name);
              assertThat(alone.getSubcommands().get(name).getUsageMessage())
                  .isEqualTo(command.getUsageMessage());
            });
    for (String[] others : new String[][] {{}, {"--help"}, {"nobody"}}) {
      assertThat(Main.commandLineFor(others).getUsageMessage()).isEqualTo(all.getUsageMessage());
    }
  }
}
