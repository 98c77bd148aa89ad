package io.kiss.kisim.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.autoscale.HpaParameters.Metric;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import org.junit.jupiter.api.Test;

/** Replicas sustain 10 requests/s, so a target of 0.7 is 7 requests/s a replica. */
class HpaV2Test {
  private final HpaV2 hpa = new HpaV2(Samples.workload(), HpaParameters.DEFAULT);

  private int decide(double time, int replicas, double rate) {
    return hpa.decide(Samples.telemetry(time, replicas, rate));
  }

  @Test
  void scalesByTheRatioOfMetricToTargetRoundedUp() {
    // 5 pods at 84 %: 5 * 0.84 / 0.7 = 6 exactly; at 85 %: 6.07, so 7.
    assertThat(decide(0, 5, 42)).isEqualTo(6);
    assertThat(decide(15, 5, 42.5)).isEqualTo(7);
  }

  @Test
  void changesNothingInsideTheTolerance() {
    assertThat(decide(0, 10, 76.9)).isEqualTo(10);
    assertThat(decide(15, 10, 63.1)).isEqualTo(10);
    assertThat(decide(30, 10, 77.1)).isEqualTo(12);
  }

  @Test
  void growsByTheDoubleOrFourPodsASync() {
    assertThat(decide(0, 2, 1000)).isEqualTo(6);
    assertThat(decide(15, 10, 1000)).isEqualTo(20);
    assertThat(decide(30, 30, 1000)).isEqualTo(40);
  }

  @Test
  void goesDownOnlyToTheHighestWishOfFiveMinutesThenAllAtOnce() {
    assertThat(decide(0, 10, 70)).isEqualTo(10);
    assertThat(decide(15, 10, 50)).isEqualTo(10);
    for (int t = 30; t <= 300; t += 15) {
      assertThat(decide(t, 10, 14)).as("at %d s", t).isEqualTo(10);
    }
    // The wish for 10 left the window; the one for ceil(50 / 7) = 8 has not.
    assertThat(decide(315, 10, 14)).isEqualTo(8);
    assertThat(decide(330, 8, 14)).isEqualTo(2);
  }

  @Test
  void pendingPodsCountAsIdleOnTheWayUp() {
    // 4 ready at 105 %: alone 4 * 1.5 = 6; with 2 pending the mean is 70 %: nothing.
    TelemetryBuffer telemetry = Samples.telemetry(0, 6, 42);
    telemetry.readyReplicas = 4;
    telemetry.pendingReplicas = 2;
    assertThat(hpa.decide(telemetry)).isEqualTo(6);
    // At 140 % it is 8 whether they count or not: total load decides.
    telemetry.timeSeconds = 15;
    telemetry.arrivalRate = 56;
    assertThat(hpa.decide(telemetry)).isEqualTo(8);
  }

  @Test
  void aMissingMetricChangesNothing() {
    assertThat(decide(0, 7, Double.NaN)).isEqualTo(7);
    TelemetryBuffer noneReady = Samples.telemetry(15, 7, 50);
    noneReady.readyReplicas = 0;
    noneReady.pendingReplicas = 7;
    assertThat(hpa.decide(noneReady)).isEqualTo(7);
  }

  @Test
  void followsGpuUtilisationWhereToldTo() {
    HpaV2 gpu =
        new HpaV2(
            Samples.workload(),
            new HpaParameters(Metric.GPU_UTILISATION, 0.5, 0.1, 15, 300, 100, 4, 100));
    TelemetryBuffer telemetry = Samples.telemetry(0, 8, 1);
    telemetry.gpuUtilisation = 0.75;
    assertThat(gpu.decide(telemetry)).isEqualTo(12);
  }

  @Test
  void staysInsideTheLimits() {
    assertThat(decide(0, 1, 0)).isEqualTo(1);
    assertThat(decide(15, 39, 4000)).isEqualTo(40);
  }
}
