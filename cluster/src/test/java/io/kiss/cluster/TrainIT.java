package io.kiss.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.kiss.cluster.cli.DocumentedFields;
import io.kiss.kisim.autoscale.PolicyFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kiss train} as its users meet it: the packaged product in processes of its own. */
class TrainIT {
  private static final Duration A_RUN = Duration.ofMinutes(4);

  /** All that there is on standard error, once a run: MXNet cannot be told not to say it. */
  private static final String MXNET_SAYS = "MXNet start using engine: NaiveEngine";

  private static final String[] SHORT = {"--workers", "1", "--steps", "33k", "--seed", "5"};

  @TempDir Path folder;

  @Test
  void ctrlCSavesAndWhatIsResumedEndsAsIfItHadNeverStopped() throws Exception {
    run(0, with("train", "--out", "whole.kiss"));
    try (KissProcess stopped = KissProcess.start(folder, with("train", "--out", "stopped.kiss"))) {
      awaitIteration(stopped, "stopped.kiss");
      stopped.controlC();
      assertThat(stopped.exitCode(A_RUN)).as(stopped.transcript()).isEqualTo(130);
      assertThat(stopped.lastLine()).isEqualTo("  kiss train --resume stopped.kiss.run");
      assertThat(stopped.errors().lines()).singleElement().asString().endsWith(MXNET_SAYS);
    }
    assertThat(policy("stopped.kiss")).isNotEqualTo(policy("whole.kiss"));

    // Not over somebody's unfinished work.
    String refusal = run(2, with("train", "--out", "stopped.kiss"));
    assertThat(refusal).contains("--resume stopped.kiss.run");

    run(0, "train", "--resume", "stopped.kiss.run");
    assertThat(policy("stopped.kiss")).isEqualTo(policy("whole.kiss"));
    assertThat(metrics("stopped.kiss")).hasSameSizeAs(metrics("whole.kiss"));
    assertThat(folder.resolve("stopped.kiss.run/curve.svg")).content().contains("<polyline");
    assertThat(folder.resolve("stopped.kiss.run/logs/kiss.log"))
        .content()
        .contains("Going on with");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void programsAreToldWhatWasMade() throws Exception {
    try (KissProcess kiss = KissProcess.start(folder, with("train", "--out", "p.kiss", "--json"))) {
      assertThat(kiss.exitCode(A_RUN)).as(kiss.transcript()).isZero();
      String out = kiss.output();
      assertThat(DocumentedFields.in(out)).isEqualTo(DocumentedFields.of("train"));
      JsonNode told = DocumentedFields.strictly(out);
      PolicyFile made = PolicyFile.read(folder.resolve("p.kiss"));
      assertThat(told.path("sha256").asText()).isEqualTo(made.policy().sha256());
      assertThat(Path.of(told.path("policy").asText()))
          .hasSameBinaryContentAs(folder.resolve("p.kiss"));
      assertThat(told.path("done").asBoolean()).isTrue();
      assertThat(told.path("seed").asLong()).isEqualTo(5);
      assertThat(told.path("environmentSteps").asLong())
          .isEqualTo(made.provenance().environmentSteps())
          .isGreaterThanOrEqualTo(33_000);
      assertThat(told.at("/budget/environmentSteps").asLong()).isEqualTo(33_000);
      assertThat(told.at("/budget/seconds").isNull()).isTrue();
      assertThat(Path.of(told.path("metrics").asText())).isNotEmptyFile();
      assertThat(kiss.errors()).contains("Training a policy for 33,000 steps");
    }
  }

  @Test
  void aTornCheckpointIsSaidAndTheOneBeforeItGoesOn() throws Exception {
    run(0, with("train", "--out", "p.kiss"));
    run(0, "train", "--resume", "p.kiss.run", "--steps", "45k");
    List<Path> checkpoints;
    try (var files = Files.list(folder.resolve("p.kiss.run"))) {
      checkpoints =
          files.filter(f -> f.getFileName().toString().startsWith("checkpoint-")).sorted().toList();
    }
    assertThat(checkpoints).hasSizeGreaterThan(1);
    String whole = policy("p.kiss");
    Path newest = checkpoints.get(checkpoints.size() - 1);
    byte[] bytes = Files.readAllBytes(newest);
    Files.write(newest, Arrays.copyOf(bytes, bytes.length / 2));
    // The checkpoint before it is of the shorter run and has its budget.
    String out = run(0, "train", "--resume", "p.kiss.run", "--steps", "45k");
    assertThat(out).contains("torn").contains("Going on with p");
    assertThat(policy("p.kiss")).isEqualTo(whole);

    for (Path checkpoint : checkpoints) {
      Files.writeString(checkpoint, "not a checkpoint");
    }
    assertThat(run(2, "train", "--resume", "p.kiss.run"))
        .contains("no checkpoint in p.kiss.run is whole");
  }

  @Test
  void aSecondCtrlCEndsAtOnce() throws Exception {
    try (KissProcess kiss =
        KissProcess.start(folder, "train", "--out", "p.kiss", "--steps", "900M")) {
      awaitIteration(kiss, "p.kiss");
      kiss.controlC();
      await().atMost(A_RUN).until(() -> kiss.output().contains("Ctrl-C again ends at once"));
      kiss.controlC();
      assertThat(kiss.exitCode(Duration.ofSeconds(60))).isEqualTo(130);
    }
  }

  private void awaitIteration(KissProcess kiss, String out) {
    await()
        .alias("an iteration is over")
        .atMost(A_RUN)
        .until(() -> kiss.output().contains(" iter ") || kiss.errors().lines().count() > 1);
    assertThat(kiss.errors().lines()).as(out).singleElement().asString().endsWith(MXNET_SAYS);
  }

  private static String[] with(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(SHORT));
    return all.toArray(String[]::new);
  }

  private String run(int code, String... arguments) throws Exception {
    try (KissProcess kiss = KissProcess.start(folder, arguments)) {
      assertThat(kiss.exitCode(A_RUN)).as(kiss.transcript()).isEqualTo(code);
      return kiss.transcript();
    }
  }

  private String policy(String file) {
    return PolicyFile.read(folder.resolve(file)).policy().sha256();
  }

  private List<String> metrics(String file) throws Exception {
    return Files.readAllLines(folder.resolve(file + ".run").resolve("metrics.ndjson"));
  }
}
