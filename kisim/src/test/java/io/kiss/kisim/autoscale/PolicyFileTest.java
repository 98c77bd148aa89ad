package io.kiss.kisim.autoscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiss.kisim.autoscale.PolicyFile.Provenance;
import io.kiss.kisim.file.UnusableFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyFileTest {
  private static final Provenance FROM =
      new Provenance(
          "run", 7, 12, 98_304, 1.5, "MXNet, device cpu", "unknown", Instant.EPOCH, "a=1, b\nc=2");

  @TempDir Path folder;

  private static PolicySnapshot policy(String observation) {
    int[] layers = {ScalerCore.OBSERVATION_SIZE, 4, ActionSpace.SIZE};
    float[] weights = new float[PolicySnapshot.weightCount(layers)];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) Math.sin(i);
    }
    float[] ones = new float[ScalerCore.OBSERVATION_SIZE];
    Arrays.fill(ones, 1);
    return new PolicySnapshot(observation, ActionSpace.ID, layers, weights, ones, ones, ones, ones);
  }

  @Test
  void policyAndProvenanceComeBackAsTheyWere() throws IOException {
    Path file = folder.resolve("p.kiss");
    PolicySnapshot policy = policy(ScalerCore.OBSERVATION_ID);
    new PolicyFile(policy, FROM).write(file);
    PolicyFile read = PolicyFile.read(file);
    assertThat(read.policy()).isEqualTo(policy);
    assertThat(read.policy().sha256()).isEqualTo(policy.sha256());
    // A line of the provenance is a line: what breaks it becomes a space.
    assertThat(read.provenance().settings()).isEqualTo("a=1, b c=2");
    assertThat(read.provenance())
        .usingRecursiveComparison()
        .ignoringFields("settings")
        .isEqualTo(FROM);
    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).contains("\nseed=7\n");
  }

  @Test
  void aPolicyForAnotherObservationIsRefusedByName() throws IOException {
    Path file = folder.resolve("p.kiss");
    new PolicyFile(policy("obs-3/0000"), FROM).write(file);
    assertThatThrownBy(() -> PolicyFile.read(file))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("obs-3/0000")
        .hasMessageContaining(ScalerCore.OBSERVATION_ID)
        .hasMessageContaining("train it again");
  }

  @Test
  void aTornOrForeignFileIsRefused() throws IOException {
    Path file = folder.resolve("p.kiss");
    new PolicyFile(policy(ScalerCore.OBSERVATION_ID), FROM).write(file);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> PolicyFile.read(file)).hasMessageContaining("torn");
    Files.write(file, policy(ScalerCore.OBSERVATION_ID).toBytes());
    assertThatThrownBy(() -> PolicyFile.read(file)).hasMessageContaining("no KIS-S policy file");
  }
}
