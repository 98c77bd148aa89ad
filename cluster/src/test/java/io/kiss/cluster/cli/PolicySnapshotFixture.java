package io.kiss.cluster.cli;

import io.kiss.kisim.autoscale.ActionSpace;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.autoscale.ScalerCore;
import java.time.Instant;
import java.util.Arrays;

/** Policies that nobody trained. */
final class PolicySnapshotFixture {
  private PolicySnapshotFixture() {}

  /** All logits are equal. */
  static PolicySnapshot holds() {
    return of(ScalerCore.OBSERVATION_ID);
  }

  static PolicySnapshot ofAnotherObservation() {
    return of("something-else-7");
  }

  static PolicyFile.Provenance provenance() {
    return new PolicyFile.Provenance(
        "run-1", 1, 1, 1, 1, "none", "unknown", Instant.parse("2026-01-01T00:00:00Z"), "none");
  }

  private static PolicySnapshot of(String observation) {
    int in = ScalerCore.OBSERVATION_SIZE;
    int out = ActionSpace.SIZE;
    return new PolicySnapshot(
        observation,
        ActionSpace.ID,
        new int[] {in, out},
        new float[in * out + out],
        new float[in],
        filled(in, 1),
        filled(in, -1000),
        filled(in, 1000));
  }

  private static float[] filled(int size, float value) {
    float[] array = new float[size];
    Arrays.fill(array, value);
    return array;
  }
}
