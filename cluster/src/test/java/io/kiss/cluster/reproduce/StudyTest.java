package io.kiss.cluster.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiss.kisim.paper.PaperPattern;
import io.kiss.kisim.paper.PaperSetup;
import io.kiss.kisim.scenario.ProfileFile;
import io.kiss.kisim.serving.ServiceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A study from end to end, a small one. */
class StudyTest {
  private static final PaperSetup SETUP = setup();

  @TempDir private Path folder;

  private static PaperSetup setup() {
    Map<String, ServiceModel> profiles =
        ProfileFile.read(Path.of("..", "conf", "profiles", "mobilenet.conf"));
    return new PaperSetup(
        profiles.get("mobilenet-rtx3090"),
        profiles.get("mobilenet-cpu"),
        Client.UNLIMITED.settings());
  }

  private static Study study(StudySettings settings) {
    return new Study(
        "kiss reproduce --small",
        settings,
        SETUP,
        Study.settings("MXNet", "cpu"),
        null,
        Optional.empty());
  }

  private static final StudySettings SMALL = new StudySettings(14, 2, 1, 1, 2, Client.PAPER, 0);

  @Test
  void theSameStudyGivesTheSameBytesOnAnyNumberOfThreads()
      throws IOException, InterruptedException {
    List<Double> shares = new ArrayList<>();
    StudyReport report = study(SMALL).run(1, shares::add);
    report.write(folder.resolve("one"));
    study(SMALL).run(2, share -> {}).write(folder.resolve("two"));
    for (String name : List.of(StudyReport.JSON, StudyReport.HTML)) {
      assertThat(folder.resolve("one").resolve(name))
          .hasSameBinaryContentAs(folder.resolve("two").resolve(name));
    }
    assertThat(shares).isSorted().endsWith(1.0);
    JsonNode json =
        new ObjectMapper().readTree(Files.readString(folder.resolve("one/reproduction.json")));
    assertThat(json.at("/command").asText()).isEqualTo("kiss reproduce --small");
    assertThat(json.at("/constants/1/formula").asDouble()).isCloseTo(0.53, within(1e-9));
    // 14 episodes of 10 steps: 70 steps wait after the 7th and again after the 14th.
    assertThat(json.at("/trainings/0/updates").asInt()).isEqualTo(2);
    assertThat(json.at("/trainings/1/updates").asInt()).isZero();
    assertThat(json.at("/trainings/1/steps").asInt()).isEqualTo(140);
    // A fifth of 14 is less than one of each pattern.
    assertThat(json.at("/trainings/0/window").asInt()).isEqualTo(4);
    assertThat(json.at("/players")).hasSize(10);
    requireSense(report.result());
    assertThat(report.sections().get(4).sentences().get(0)).contains("--policy-steps 0");
  }

  /** CPU-only is once as fast as itself, and holds three pods for five minutes. */
  private static void requireSense(StudyResult result) {
    StudyResult.Player cpu = result.player(Entrants.CPU_ONLY).orElseThrow();
    for (PaperPattern pattern : PaperPattern.values()) {
      assertThat(cpu.on(pattern).faster().estimate()).isCloseTo(1, within(1e-12));
      assertThat(cpu.on(pattern).gpuHours()).isZero();
      assertThat(cpu.on(pattern).cpuPodHours()).isCloseTo(0.25, within(1e-9));
    }
    assertThat(result.checks()).hasSize(8);
  }

  @Test
  void anInterruptedStudyStops() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> study(SMALL).run(1, share -> {}))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void anAgentsUpdatesHappenWhenTheBufferIsFull() throws InterruptedException {
    PaperAgent agent =
        PaperAgent.train(
            SETUP,
            Study.settings("MXNet", "cpu"),
            new PaperAgent.Plan(4, 100, 14),
            3,
            episodes -> assertThat(episodes).isEqualTo(4));
    // Rounds of 4 x 10 steps: 16 episodes, and 120 steps wait after the third round.
    assertThat(agent.returns()).hasSize(16);
    assertThat(agent.updates()).isEqualTo(1);
    assertThat(agent.first(8)).isPositive();
  }
}
