package io.kiss.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kiss up} as its users meet it: the packaged product in processes of its own. */
class UpIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration A_RUN = Duration.ofMinutes(3);
  private static final Duration A_REFUSAL = Duration.ofMinutes(1);

  /** Twenty seconds of scaling, forty ticks, instead of a minute. */
  private static final List<String> BRIEF_DEMO =
      List.of("-XX:MaxRAMPercentage=25", "-Dkiss.demo.once-duration=10m");

  @TempDir Path folder;

  @Test
  void onceTrainsEvaluatesScalesAndEndsWithOneJsonLineAndASecondStartFindsItAll() throws Exception {
    Path trace = waveTrace();
    JsonNode first = once("--trace", trace.toString(), "--train-seconds", "8");

    assertThat(first.at("/training/environmentSteps").asLong()).isPositive();
    assertThat(first.at("/training/iterations").asLong()).isPositive();
    assertThat(first.at("/training/seconds").asDouble()).isBetween(8.0, 60.0);
    for (String autoscaler : new String[] {"kiscaler", "hpa"}) {
      JsonNode row = first.path("evaluation").path(autoscaler);
      assertThat(row.path("sloAttainment").asDouble()).as(autoscaler).isBetween(0.01, 1.0);
      assertThat(row.path("p95Seconds").asDouble()).as(autoscaler).isPositive();
      assertThat(row.path("gpuHours").asDouble()).as(autoscaler).isPositive();
    }
    assertThat(first.path("scalers")).hasSize(3);
    for (JsonNode scaler : first.path("scalers")) {
      assertThat(scaler.path("decisions").asLong()).as(scaler.toString()).isPositive();
      assertThat(scaler.path("replicas").asInt()).as(scaler.toString()).isPositive();
    }

    JsonNode second = once("--trace", trace.toString(), "--train-seconds", "8");
    assertThat(second.path("training")).isEqualTo(first.path("training"));
    // Eight seconds need not make a policy that passes; what the gate found is kept in any case.
    assertThat(second.path("evaluation")).isEqualTo(first.path("evaluation"));
  }

  @Test
  void aRunKilledInTheMiddleOfTrainingGoesOnFromItsCheckpoint() throws Exception {
    String data = folder.resolve("data").toString();
    String[] command = {"up", "--data", data, "--port", "0", "--train-seconds", "3600"};
    try (KissProcess killed = KissProcess.start(folder, command)) {
      killed.awaitTraining(A_RUN);
      killed.kill();
    }
    try (KissProcess resumed = KissProcess.start(folder, command)) {
      resumed.awaitOutput("Resuming training", A_RUN);
      assertThat(resumed.output().lines().findFirst().orElseThrow()).startsWith("KIS-S is up");
      String line =
          resumed.output().lines().filter(l -> l.contains("Resuming training")).findFirst().get();
      assertThat(line).doesNotContain(" 0 env steps").containsPattern("[1-9][0-9,]* env steps");
      resumed.interrupt();
      resumed.exitCode(A_REFUSAL);
    }
  }

  @Test
  void anUnknownFlagIsAUsageErrorInOneLine() throws Exception {
    refused(2, "--no-such-flag", "up", "--no-such-flag");
  }

  @Test
  void aMalformedTraceIsRefusedWithItsLine() throws Exception {
    Path trace = folder.resolve("trace.csv");
    Files.writeString(trace, "second,requests\n0,5\n1,five\n");
    refused(2, "line 3", "up", "--data", data(), "--port", "0", "--trace", trace.toString());
    refused(2, "missing.csv", "up", "--data", data(), "--trace", "missing.csv");
  }

  @Test
  void aPortThatIsTakenIsSaidInOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      refused(1, port, "up", "--data", data(), "--port", port);
    }
    assertThat(folder.resolve("data/logs/kiss.log"))
        .content()
        .contains("Node cannot start: port")
        .doesNotContain("\tat ");
  }

  @Test
  void aDataFolderThatCannotBeMadeIsSaidInOneLine() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    String inside = file.resolve("data").toString();
    refused(1, inside, "up", "--data", inside, "--port", "0");
  }

  @Test
  void aDatabaseInUseByAnotherProcessIsSaidInOneLineAndTheOtherGoesOn() throws Exception {
    try (KissProcess holder =
        KissProcess.start(
            folder, "up", "--data", data(), "--port", "0", "--train-seconds", "3600")) {
      holder.awaitOutput("http://127.0.0.1:", A_RUN);
      refused(1, "in use", "up", "--data", data(), "--port", "0");
      holder.awaitTraining(A_RUN);
    }
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private JsonNode once(String... arguments) throws Exception {
    String[] command = new String[arguments.length + 6];
    System.arraycopy(arguments, 0, command, 6, arguments.length);
    String[] head = {"up", "--once", "--data", data(), "--port", "0"};
    System.arraycopy(head, 0, command, 0, head.length);
    try (KissProcess kiss = KissProcess.start(folder, List.of(), BRIEF_DEMO, Map.of(), command)) {
      assertThat(kiss.exitCode(A_RUN)).as(kiss.transcript()).isZero();
      assertThat(kiss.lastLine()).as(kiss.transcript()).startsWith("{");
      return JSON.readTree(kiss.lastLine());
    }
  }

  private void refused(int code, String named, String... arguments) throws Exception {
    try (KissProcess kiss = KissProcess.start(folder, arguments)) {
      assertThat(kiss.exitCode(A_REFUSAL)).as(kiss.transcript()).isEqualTo(code);
      assertThat(kiss.errors()).contains(named).doesNotContain("\tat ");
      assertThat(kiss.errorLines()).as(kiss.transcript()).hasSizeBetween(1, 2);
    }
  }

  /** An hour in one-second bins: a slow wave from 0.3 to 1.7 requests per second. */
  private Path waveTrace() throws Exception {
    StringBuilder csv = new StringBuilder("second,requests\n");
    double requests = 0;
    for (int second = 0; second < 3600; second++) {
      double before = Math.floor(requests);
      requests += 1 + 0.7 * Math.sin(2 * Math.PI * second / 1800);
      csv.append(second).append(',').append((long) (Math.floor(requests) - before)).append('\n');
    }
    return Files.writeString(folder.resolve("wave.csv"), csv);
  }
}
