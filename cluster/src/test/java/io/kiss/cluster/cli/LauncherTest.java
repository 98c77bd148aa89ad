package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the launcher shows of a build, of what Maven 3.9 printed in one: of a build that works, of
 * one with an error, and of one that has to fetch what it needs. Building for real takes minutes.
 */
class LauncherTest {
  /** Of a real build, shortened; errorprone's hints go over several lines. */
  private static final String MODULE =
      """
      [INFO] Scanning for projects...
      [INFO]
      [INFO] ---------------------------< io.kiss:kisim >----------------------------
      [INFO] Building KIS-S kisim 0.1.0-SNAPSHOT                                [2/6]
      [INFO]   from kisim/pom.xml
      [INFO] Compiling 253 source files with javac [debug release 17] to target/classes
      [WARNING] /w/kisim/A.java:[3,9] [OperatorPrecedence] Use grouping parenthesis
          (see https://errorprone.info/bugpattern/OperatorPrecedence)
        Did you mean 'a || (b && c)'?
      [INFO] --- antrun:3.2.0:run (steady-states) @ kiss-kisim ---
      [INFO] Building KIS-S cluster 0.1.0-SNAPSHOT                              [6/6]
      """;

  @TempDir Path root;

  @BeforeEach
  void checkout() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no /bin/sh");
    Files.copy(Path.of("..", "kiss"), root.resolve("kiss"));
    Files.createFile(root.resolve("pom.xml"));
    Files.createDirectories(root.resolve("cluster/src/main"));
    Files.createFile(root.resolve("cluster/pom.xml"));
  }

  /** A build that prints so and ends so; what it shows. */
  private List<String> build(String printed, int exitCode) throws Exception {
    Path said = Files.writeString(root.resolve("said"), printed);
    Path maven =
        Files.writeString(
            root.resolve("mvnw"), "#!/bin/sh\ncat '" + said + "'\nexit " + exitCode + "\n");
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", root.resolve("kiss").toString(), "-V");
    builder.environment().keySet().removeIf(name -> name.startsWith("KISS_"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process =
        builder.redirectOutput(root.resolve("out").toFile()).redirectErrorStream(false).start();
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(err).isEqualTo(1);
    assertThat(root.resolve("out")).as("what programs read").isEmptyFile();
    return err.lines().map(line -> line.replaceFirst("^ *\\d+ s  ", "N s  ")).toList();
  }

  @Test
  void aBuildShowsItsModulesAsTheyBegin() throws Exception {
    // Nothing was built, so that Java then finds no class to run.
    assertThat(build(MODULE, 0))
        .startsWith(
            "Building KIS-S (first run takes a few minutes)…",
            "N s  2 of 6: KIS-S kisim",
            "N s    compiling 253 source files",
            "N s    measuring the services that training draws",
            "N s  6 of 6: KIS-S cluster",
            "N s  archive of classes, for commands that start at once",
            "N s  built")
        .noneMatch(line -> line.contains("Did you mean") || line.contains("[INFO]"));
  }

  @Test
  void aBuildThatFailsShowsWhatItComplainsOfAndNothingElse() throws Exception {
    String error =
        """
        [ERROR] COMPILATION ERROR :
        [ERROR] /w/cluster/B.java:[7,5] cannot find symbol
          symbol:   class C
          location: class B
        [INFO] 1 error
        """;
    assertThat(build(MODULE + error, 1))
        .containsExactly(
            "Building KIS-S (first run takes a few minutes)…",
            "N s  2 of 6: KIS-S kisim",
            "N s    compiling 253 source files",
            "N s    measuring the services that training draws",
            "N s  6 of 6: KIS-S cluster",
            "[ERROR] COMPILATION ERROR :",
            "[ERROR] /w/cluster/B.java:[7,5] cannot find symbol",
            "  symbol:   class C",
            "  location: class B",
            "kiss: the build failed, see above");
  }

  @Test
  void whatKeepsMavenItselfFromStartingIsShown() throws Exception {
    assertThat(build("curl: (6) Could not resolve host: repo.example\n", 1))
        .contains("curl: (6) Could not resolve host: repo.example");
  }
}
