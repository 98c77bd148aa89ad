package io.kiss.cluster;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged product as a process of its own, as a user would start it. */
public final class KissProcess implements AutoCloseable {
  private final Process process;
  private final Path out;
  private final Path err;

  private KissProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts {@code kiss} with these arguments; its output goes to files under {@code folder}. */
  static KissProcess start(Path folder, String... arguments) throws IOException {
    return start(folder, List.of(), List.of("-XX:MaxRAMPercentage=25"), Map.of(), arguments);
  }

  /** As {@link #start(Path, List, List, String, Map, String...)} on the product's own classes. */
  public static KissProcess start(
      Path folder,
      List<String> before,
      List<String> jvmOptions,
      Map<String, String> environment,
      String... arguments)
      throws IOException {
    return start(folder, before, jvmOptions, "", environment, arguments);
  }

  /**
   * As {@link #start(Path, String...)}, told more.
   *
   * @param before the command, such as one that runs it in a network namespace
   * @param classPath behind the product's own: empty, or beginning with a colon
   */
  static KissProcess start(
      Path folder,
      List<String> before,
      List<String> jvmOptions,
      String classPath,
      Map<String, String> environment,
      String... arguments)
      throws IOException {
    String product = Path.of("target", "kiss", "lib").toAbsolutePath() + "/*" + classPath;
    return start(
        folder, before, jvmOptions, product, "io.kiss.cluster.cli.Main", environment, arguments);
  }

  /** Starts a main class of the tests on their own classes. */
  public static KissProcess startTestMain(
      Path folder,
      Class<?> main,
      List<String> jvmOptions,
      Map<String, String> environment,
      String... arguments)
      throws IOException {
    return startTestMain(folder, List.of(), main, jvmOptions, environment, arguments);
  }

  /**
   * The same, told more.
   *
   * @param before the command, such as one that runs it in a network namespace
   */
  static KissProcess startTestMain(
      Path folder,
      List<String> before,
      Class<?> main,
      List<String> jvmOptions,
      Map<String, String> environment,
      String... arguments)
      throws IOException {
    String tests = System.getProperty("java.class.path");
    return start(folder, before, jvmOptions, tests, main.getName(), environment, arguments);
  }

  private static KissProcess start(
      Path folder,
      List<String> before,
      List<String> jvmOptions,
      String classPath,
      String main,
      Map<String, String> environment,
      String... arguments)
      throws IOException {
    Path out = Files.createTempFile(folder, "kiss", ".out");
    Path err = Files.createTempFile(folder, "kiss", ".err");
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.add("-Dai.djl.offline=true");
    command.add("-Dkiss.home=" + Path.of("..").toAbsolutePath().normalize());
    command.add("-cp");
    command.add(classPath);
    command.add(main);
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("KISS_"));
    builder.environment().put("OPT_OUT_TRACKING", "true");
    builder.environment().putAll(environment);
    builder.directory(folder.toFile());
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    return new KissProcess(builder.start(), out, err);
  }

  /** Waits for the end and answers the exit code. */
  public int exitCode(Duration atMost) throws InterruptedException {
    if (!process.waitFor(atMost.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("still running after " + atMost + "\n" + transcript());
    }
    return process.exitValue();
  }

  /** Waits until standard output shows {@code text}. */
  void awaitOutput(String text, Duration atMost) {
    await()
        .alias("output shows '" + text + "'")
        .atMost(atMost)
        .until(() -> output().contains(text) || !process.isAlive());
    if (!output().contains(text)) {
      throw new AssertionError("ended without '" + text + "'\n" + transcript());
    }
  }

  /** Waits for the third line of progress: twenty seconds of training, so checkpoints are saved. */
  void awaitTraining(Duration atMost) {
    await()
        .alias("training is under way")
        .atMost(atMost)
        .until(() -> progressLines() >= 3 || !process.isAlive());
    if (progressLines() < 3) {
      throw new AssertionError("ended while training\n" + transcript());
    }
  }

  private long progressLines() {
    return output().lines().filter(line -> line.contains(" iter ")).count();
  }

  /** As {@code kill -9}. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** The process, for those who watch what it uses. */
  public ProcessHandle handle() {
    return process.toHandle();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Sends a signal by its name. */
  public void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-s", name, Long.toString(process.pid())).start().waitFor();
  }

  /** As Ctrl-C does: a signal that asks it to stop. */
  public void interrupt() {
    process.destroy();
  }

  /** Ctrl-C itself. */
  void controlC() throws IOException, InterruptedException {
    signal("INT");
  }

  public String output() {
    return read(out);
  }

  String errors() {
    return read(err);
  }

  List<String> errorLines() {
    return errors().lines().filter(line -> !line.isBlank()).toList();
  }

  String lastLine() {
    List<String> lines = output().lines().filter(line -> !line.isBlank()).toList();
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }

  public String transcript() {
    return "--- stdout\n" + output() + "\n--- stderr\n" + errors();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    if (process.isAlive()) {
      kill();
    }
  }
}
