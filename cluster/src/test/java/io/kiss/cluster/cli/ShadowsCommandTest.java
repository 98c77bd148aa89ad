package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kiss shadows} against a real node with the demo cluster. */
class ShadowsCommandTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path data;
  private static NodeCommands kiss;

  @BeforeAll
  static void boot() throws IOException {
    kiss = NodeCommands.boot(data);
  }

  @AfterAll
  static void stop() {
    kiss.close();
  }

  @Test
  void theyAreNamedStandBesideWhatRunsAndAreTakenAway() throws IOException {
    assertThat(kiss.run("attach", "local/demo")).as(kiss.err()).isZero();
    assertThat(kiss.run("shadows", "local/demo")).as(kiss.err()).isZero();
    assertThat(kiss.out()).contains("Nobody decides beside the scalers of local/demo");

    assertThat(kiss.run("shadows", "local/demo", "hpa", "queueing")).as(kiss.err()).isZero();
    assertThat(kiss.out()).contains("decide, without acting: hpa, queueing");
    await().atMost(PATIENCE).until(this::isCounted);
    assertThat(kiss.run("shadows", "local/demo")).isZero();
    assertThat(kiss.out())
        .containsPattern("(?m)^shadow +now +mean +late +cost +regret +over +fit late +fit cost$")
        .containsPattern("(?m)^running +\\d+ ")
        .containsPattern("(?m)^hpa +\\d+ ")
        .containsPattern("(?m)^queueing +\\d+ ")
        .contains("minutes counted")
        .contains("was measured");
    assertThat(kiss.out().lines()).allSatisfy(l -> assertThat(l).hasSizeLessThan(81));

    assertThat(kiss.run("shadows", "local/demo", "--none")).as(kiss.err()).isZero();
    assertThat(kiss.out()).contains("Nobody decides beside the scalers of local/demo");
  }

  private boolean isCounted() throws IOException {
    assertThat(kiss.run("shadows", "local/demo", "--json")).as(kiss.err()).isZero();
    JsonNode deployments = new ObjectMapper().readTree(kiss.out()).path("deployments");
    return deployments.size() > 0
        && deployments.get(0).at("/report/countedSeconds").asDouble() > 0
        && deployments.get(0).at("/report/shadows").size() == 2;
  }

  @Test
  void whatCannotDecideIsRefusedInASentence() {
    assertThat(kiss.run("attach", "local/demo")).as(kiss.err()).isZero();
    // Who decides is named wrongly here as in kiss replay --policy nobody: wrong usage.
    refused(2, "shadow 'nobody': no such policy is registered", "shadows", "local/demo", "nobody");
    refused(2, "shadow 'hpa' is there twice", "shadows", "local/demo", "hpa", "hpa");
    refused(2, "--none and names", "shadows", "local/demo", "hpa", "--none");
    refused(1, "not attached", "shadows", "local/other", "hpa");
    refused(2, "NAMESPACE", "shadows");
  }

  private void refused(int exitCode, String sentence, String... args) {
    assertThat(kiss.run(args)).as(kiss.err()).isEqualTo(exitCode);
    assertThat(kiss.err()).contains(sentence);
    assertThat(kiss.err().lines()).hasSize(1);
  }
}
