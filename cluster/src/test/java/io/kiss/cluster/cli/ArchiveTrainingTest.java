package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.cluster.http.Contract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the launcher's archive of classes is trained on is what a node of today answers. */
class ArchiveTrainingTest {
  @Test
  void theRecordedAnswersKeepToTheContract() throws IOException {
    assertThat(ArchiveTraining.answers().properties()).hasSizeGreaterThan(5);
    ArchiveTraining.answers()
        .properties()
        .forEach(
            answer ->
                Contract.check(
                    "GET",
                    answer.getKey(),
                    "",
                    new Contract.Answer(
                        200,
                        // Only bodies were recorded.
                        name -> Optional.of(""),
                        "application/json",
                        answer.getValue().toString())));
  }

  @Test
  void everyCommandFindsWhatItAsksForAndTheLauncherRunsThem() throws IOException {
    assertThat(ArchiveTraining.run()).isZero();
    assertThat(Files.readString(Path.of("..", "kiss"))).contains(ArchiveTraining.class.getName());
  }
}
