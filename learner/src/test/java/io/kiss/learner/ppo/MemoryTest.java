package io.kiss.learner.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The short form of {@link MemoryRun}; PERFORMANCE.md has the long one. */
class MemoryTest {
  private static final long STEPS = 150_000;
  private static final int MINIBATCH = 512;
  private static final Pattern LAST_LINE =
      Pattern.compile("slope (\\S+) bytes/step ± \\S+, arrays (\\d+)\\.\\.(\\d+), undone (\\d+)");

  static List<String> engines() {
    return Engines.present();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void trainingLeavesNoArrayBehindAndResidentMemoryWhereItWas(String engine) throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/status")), "resident memory is read from /proc");
    String output = run(engine);
    Matcher last = LAST_LINE.matcher(output);
    assertThat(last.find()).as(output).isTrue();
    // Matrices and biases of two networks with three layers, and an update's ten inputs.
    int kept = DjlEngine.keepsArrays(DjlEngine.load(engine)) ? 2 * 2 * 3 + 10 : 0;
    assertThat(last.group(2) + ".." + last.group(3))
        .as("live arrays")
        .isEqualTo(kept + ".." + kept);
    assertThat(last.group(4)).as("updates undone").isEqualTo("0");
    // An activation [512 × 64] that nobody freed at each of 1172 gradient steps would be 154 MB,
    // which is 1000 bytes a step; what the JVM and the allocator keep for themselves is some 200.
    double slope = Double.parseDouble(last.group(1));
    System.out.printf("%s: resident memory grew by %.1f bytes a step%n", engine, slope);
    assertThat(slope).as("bytes a step:%n%s", output).isLessThan(600);
  }

  /** In a JVM of its own, whose heap has all its memory from the start. */
  private static String run(String engine) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms256m",
                "-Xmx256m",
                "-XX:+AlwaysPreTouch",
                "-Dfile.encoding=UTF-8",
                "-Dstdout.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                MemoryRun.class.getName(),
                engine,
                Long.toString(STEPS),
                "16",
                Integer.toString(MINIBATCH),
                "kisim")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
