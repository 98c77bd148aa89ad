package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The commands of README and docs are taken, and the files they name are there. */
class DocumentedCommandsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```");
  private static final Pattern KISS = Pattern.compile("\\./kiss ([^#&|>;\\n]*)");
  private static final Pattern FILE =
      Pattern.compile("(?<![\\w/.-])((?:conf|docs|\\.ci)/[\\w./-]*\\w)");

  private static final Pattern MAVEN =
      Pattern.compile("\\./mvnw [^#\\n]*-pl (\\S+) [^#\\n]*-Dtest=(\\w+)");

  private static List<String> blocks() throws IOException {
    List<String> blocks = new ArrayList<>();
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      List<Path> texts =
          Stream.concat(Stream.of(ROOT.resolve("README.md")), docs)
              .filter(file -> file.toString().endsWith(".md"))
              .sorted()
              .toList();
      for (Path text : texts) {
        Matcher block = BLOCK.matcher(Files.readString(text));
        while (block.find()) {
          blocks.add(block.group(1).replace("\\\n", " "));
        }
      }
    }
    return blocks;
  }

  @Test
  void everyCommandAndItsFlagsAreTaken() throws IOException {
    int found = 0;
    for (String block : blocks()) {
      Matcher command = KISS.matcher(block.replaceAll("(?m)^\\s*#.*$", ""));
      while (command.find()) {
        String[] args = command.group(1).replaceAll("[()]", " ").strip().split("\\s+");
        CommandLine line = Main.commandLine();
        assertThatCode(() -> line.parseArgs(args))
            .as(Arrays.toString(args))
            .doesNotThrowAnyException();
        found++;
      }
    }
    assertThat(found).isGreaterThan(15);
  }

  @Test
  void everyFileThatACommandNamesIsThere() throws IOException {
    List<String> named = new ArrayList<>();
    for (String block : blocks()) {
      Matcher file = FILE.matcher(block);
      while (file.find()) {
        named.add(file.group(1));
      }
    }
    assertThat(named)
        .isNotEmpty()
        .allSatisfy(file -> assertThat(ROOT.resolve(file)).as(file).exists());
  }

  @Test
  void everyTestAndModuleThatMavenIsToRunIsThere() throws IOException {
    int found = 0;
    for (String block : blocks()) {
      Matcher command = MAVEN.matcher(block);
      while (command.find()) {
        Path module = ROOT.resolve(command.group(1));
        assertThat(module.resolve("pom.xml")).exists();
        try (Stream<Path> tests = Files.walk(module.resolve("src/test/java"))) {
          assertThat(tests.map(file -> file.getFileName().toString()))
              .contains(command.group(2) + ".java");
        }
        found++;
      }
    }
    assertThat(found).isPositive();
  }

  /** So that no path into the README leads nowhere. */
  @Test
  void everyHeadingThatIsLinkedToIsThere() throws IOException {
    String text = Files.readString(ROOT.resolve("README.md"));
    List<String> headings =
        Pattern.compile("(?m)^#+ (.*)$")
            .matcher(text)
            .results()
            .map(found -> found.group(1).toLowerCase(Locale.ROOT))
            .map(heading -> heading.replaceAll("[^\\w -]", "").replace(' ', '-'))
            .toList();
    List<String> links =
        Pattern.compile("\\]\\(#([^)]*)\\)").matcher(text).results().map(l -> l.group(1)).toList();
    assertThat(links).hasSizeGreaterThan(5);
    assertThat(headings).containsAll(links);
  }
}
