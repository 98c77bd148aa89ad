package io.kiss.kisim.autoscale.opponents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiss.kisim.autoscale.opponents.ScalingRules.Policy;
import io.kiss.kisim.autoscale.opponents.ScalingRules.Select;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Replicas sustain 10 requests/s, so a target of 0.7 is 7 requests/s a replica. */
class HpaV2Test {
  private final HpaV2 hpa = new HpaV2(Tick.workload(), HpaParameters.DEFAULT);

  private static HpaV2 of(HpaMetric... metrics) {
    return new HpaV2(Tick.workload(), HpaParameters.of(metrics));
  }

  private int decide(double time, int replicas, double rate) {
    return hpa.decide(Tick.rate(time, replicas, rate));
  }

  @Test
  void scalesByTheRatioOfMetricToTargetRoundedUp() {
    // 5 pods at 84 %: 5 * 0.84 / 0.7 = 6 exactly; at 85 %: 6.07, so 7.
    assertThat(decide(0, 5, 42)).isEqualTo(6);
    assertThat(decide(15, 5, 42.5)).isEqualTo(7);
  }

  @Test
  void changesNothingUpToTheToleranceAndActsBeyondIt() {
    // 10 pods have a target of 70/s: 77 is a ratio of 1.1 exactly, 77.1 is 11.01 pods.
    assertThat(decide(0, 10, 77)).isEqualTo(10);
    assertThat(decide(15, 10, 63)).isEqualTo(10);
    assertThat(decide(30, 10, 77.1)).isEqualTo(12);
  }

  @Test
  void growsByTheDoubleOrFourPodsEveryFifteenSeconds() {
    assertThat(decide(0, 2, 1000)).isEqualTo(6);
    assertThat(decide(15, 10, 1000)).isEqualTo(20);
    assertThat(decide(30, 30, 1000)).isEqualTo(40);
  }

  @Test
  void aPolicyPeriodCountsFromTheReplicasAtItsStart() {
    // 4 pods a minute: 2 -> 6 at 0 s uses them up; at 60 s the change is exactly a minute old.
    ScalingRules slow = new ScalingRules(0, Select.MAX, List.of(Policy.pods(4, 60)));
    HpaV2 limited =
        new HpaV2(Tick.workload(), HpaParameters.DEFAULT.withRules(slow, ScalingRules.DOWN));
    assertThat(Tick.run(limited, 0, 75, 2, t -> Tick.rate(t, 0, 200)))
        .containsExactly(6, 6, 6, 6, 10, 10);
  }

  @Test
  void thePolicyThatAllowsLeastCountsWhereToldTo() {
    // Of +4 pods and +100 %, from 2: 6 or 4; from 10: 14 or 20.
    ScalingRules least = new ScalingRules(0, Select.MIN, ScalingRules.UP.policies());
    HpaV2 careful =
        new HpaV2(Tick.workload(), HpaParameters.DEFAULT.withRules(least, ScalingRules.DOWN));
    assertThat(careful.decide(Tick.rate(0, 2, 300))).isEqualTo(4);
    assertThat(careful.decide(Tick.rate(15, 10, 300))).isEqualTo(14);
    ScalingRules never = new ScalingRules(0, Select.DISABLED, ScalingRules.UP.policies());
    HpaV2 fixed =
        new HpaV2(Tick.workload(), HpaParameters.DEFAULT.withRules(never, ScalingRules.DOWN));
    assertThat(fixed.decide(Tick.rate(0, 2, 300))).isEqualTo(2);
  }

  @Test
  void shrinksByItsPoliciesRoundedDown() {
    // 30 % of 10 is 3 a minute: 7; a minute later 30 % of 7 leaves 4.9, cut off to 4.
    ScalingRules down = new ScalingRules(0, Select.MAX, List.of(Policy.percent(30, 60)));
    HpaV2 slow = new HpaV2(Tick.workload(), HpaParameters.DEFAULT.withRules(ScalingRules.UP, down));
    assertThat(Tick.run(slow, 0, 75, 10, t -> Tick.rate(t, 0, 7)))
        .containsExactly(7, 7, 7, 7, 4, 4);
  }

  @Test
  void goesDownOnlyToTheHighestWishOfFiveMinutesThenAllAtOnce() {
    assertThat(decide(0, 10, 70)).isEqualTo(10);
    assertThat(decide(15, 10, 50)).isEqualTo(10);
    for (int t = 30; t <= 285; t += 15) {
      assertThat(decide(t, 10, 14)).as("at %d s", t).isEqualTo(10);
    }
    // At 300 s the wish for 10 is five minutes old and gone; the one for ceil(50 / 7) = 8 is not.
    assertThat(decide(300, 10, 14)).isEqualTo(8);
    assertThat(decide(315, 8, 14)).isEqualTo(2);
  }

  @Test
  void keepsTheReplicasItFindsForAStabilisationWindow() {
    // The replicas at first sight count as a wish of that moment.
    List<Integer> decisions = Tick.run(hpa, 0, 300, 9, t -> Tick.rate(t, 0, 14));
    assertThat(decisions.subList(0, 20)).containsOnly(9);
    assertThat(decisions.get(20)).isEqualTo(2);
  }

  @Test
  void growsOnlyToTheLowestWishOfItsWindowUp() {
    HpaV2 calm =
        new HpaV2(
            Tick.workload(),
            HpaParameters.DEFAULT.withRules(
                ScalingRules.UP.withStabilisation(30), ScalingRules.DOWN));
    // Wishes 5, 8, 10, 9: at 15 s the 5 of 0 s counts, at 30 s it is 30 s old and the 8 counts.
    assertThat(calm.decide(Tick.rate(0, 5, 35))).isEqualTo(5);
    assertThat(calm.decide(Tick.rate(15, 5, 56))).isEqualTo(5);
    assertThat(calm.decide(Tick.rate(30, 5, 70))).isEqualTo(8);
    assertThat(calm.decide(Tick.rate(45, 8, 63))).isEqualTo(9);
  }

  @Test
  void pendingPodsCountAsIdleOnTheWayUp() {
    // 43.4/s is 6.2 pods: alone 4 ready want 7; with 2 pending 6.2 / 6 is inside the tolerance.
    assertThat(hpa.decide(Tick.pending(Tick.rate(0, 6, 43.4), 2))).isEqualTo(6);
    // At 140 % it is 8 whether they count or not: total load decides.
    assertThat(hpa.decide(Tick.pending(Tick.rate(15, 6, 56), 2))).isEqualTo(8);
  }

  @Test
  void pendingPodsThatWouldTurnTheDirectionLeaveItAsItIs() {
    // 2 ready at 105 %: ratio 1.5, alone 3 pods; with 4 pending 0.5, the other way.
    assertThat(HpaFormula.perPod(6, 1.5, 0.1, 2, 4, 0)).isEqualTo(6);
    assertThat(HpaFormula.perPod(2, 1.5, 0.1, 2, 0, 0)).isEqualTo(3);
  }

  @Test
  void pendingPodsPlayNoPartOnTheWayDown() {
    // 6 ready at 35 %: ceil(6 * 0.5) = 3, as if the 2 pending were not there.
    HpaV2 prompt =
        new HpaV2(
            Tick.workload(),
            HpaParameters.DEFAULT.withRules(
                ScalingRules.UP, ScalingRules.DOWN.withStabilisation(0)));
    assertThat(prompt.decide(Tick.pending(Tick.rate(0, 8, 21), 2))).isEqualTo(3);
  }

  @Test
  void podsReadySinceTheNewestSampleCountAsOnTargetDownAndAsIdleUp() {
    // GPU at half the target on 4 measured of 6: (4 * 0.5 + 2) / 6 = 0.667, so 4; without: 3.
    assertThat(HpaFormula.perPod(6, 0.5, 0.1, 4, 0, 2)).isEqualTo(4);
    // At 1.5 times on 4 of 6: 6 / 6 = 1, nothing; on 4 of 5: 6 / 5, so 6.
    assertThat(HpaFormula.perPod(6, 1.5, 0.1, 4, 0, 2)).isEqualTo(6);
    assertThat(HpaFormula.perPod(5, 1.5, 0.1, 4, 0, 1)).isEqualTo(6);
    // The same seen through telemetry: 2 pods became ready, the sample is 20 s old.
    HpaV2 gpu = of(HpaMetric.of(Signal.GPU, 0.6));
    TelemetryBuffer before = Tick.pending(Tick.at(0, 6), 2);
    before.gpuUtilisation = 0.6;
    assertThat(gpu.decide(before)).isEqualTo(6);
    TelemetryBuffer after = Tick.at(15, 6);
    after.sampleAgeSeconds = 20;
    after.gpuUtilisation = 0.9;
    assertThat(gpu.decide(after)).isEqualTo(6);
    // With a sample of now they count: 6 * 1.5 = 9.
    TelemetryBuffer later = Tick.at(30, 6);
    later.gpuUtilisation = 0.9;
    assertThat(gpu.decide(later)).isEqualTo(9);
  }

  @Test
  void aWishThatGoesAgainstItsOwnRatioIsNone() {
    // 9 measured at 0.85 and 1 missing: (7.65 + 1) / 10 = 0.865 wants ceil(8.65) = 9 of 8.
    assertThat(HpaFormula.perPod(8, 0.85, 0.1, 9, 0, 1)).isEqualTo(8);
  }

  @Test
  void aResourceMetricSetsPodsAsideThatHaveJustBecomeReady() {
    HpaV2 resource = of(new HpaMetric(Signal.GPU, 0.5, HpaMetric.Kind.RESOURCE));
    TelemetryBuffer start = Tick.pending(Tick.at(0, 6), 2);
    start.gpuUtilisation = 0.5;
    assertThat(resource.decide(start)).isEqualTo(6);
    // 6 ready at 0.8, 2 of them for less than 30 s: 4 * 1.6 / 6 = 1.07, nothing; of 4 alone: 7.
    TelemetryBuffer fresh = Tick.at(15, 6);
    fresh.gpuUtilisation = 0.8;
    assertThat(resource.decide(fresh)).isEqualTo(6);
    // Ready for 30 s they count: 6 * 1.5 = 9.
    TelemetryBuffer settled = Tick.at(45, 6);
    settled.gpuUtilisation = 0.75;
    assertThat(resource.decide(settled)).isEqualTo(9);
  }

  @Test
  void theLargestWishOfSeveralMetricsWins() {
    HpaV2 both = of(HpaMetric.of(Signal.LOAD, 0.7), HpaMetric.of(Signal.QUEUE, 2));
    TelemetryBuffer telemetry = Tick.rate(0, 5, 42);
    telemetry.queuedRequests = 15;
    // Load: 6. Queue of 15 at 2 a pod: ceil(7.5) = 8.
    assertThat(both.decide(telemetry)).isEqualTo(8);
  }

  @Test
  void aMissingMetricForbidsScalingDownButNotUp() {
    ScalingRules prompt = ScalingRules.DOWN.withStabilisation(0);
    HpaV2 both =
        new HpaV2(
            Tick.workload(),
            HpaParameters.of(HpaMetric.of(Signal.LOAD, 0.7), HpaMetric.of(Signal.GPU, 0.7))
                .withRules(ScalingRules.UP, prompt));
    TelemetryBuffer down = Tick.rate(0, 10, 35);
    down.gpuUtilisation = Double.NaN;
    assertThat(both.decide(down)).isEqualTo(10);
    TelemetryBuffer up = Tick.rate(15, 10, 140);
    up.gpuUtilisation = Double.NaN;
    assertThat(both.decide(up)).isEqualTo(20);
    TelemetryBuffer known = Tick.rate(30, 10, 35);
    known.gpuUtilisation = 0.35;
    assertThat(both.decide(known)).isEqualTo(5);
  }

  @Test
  void withoutAnyMetricNothingChanges() {
    assertThat(decide(0, 7, Double.NaN)).isEqualTo(7);
    assertThat(hpa.decide(Tick.pending(Tick.rate(15, 7, 50), 7))).isEqualTo(7);
  }

  @Test
  void anExternalAverageCountsAllPodsReadyOrNot() {
    // 12 waiting at 2 each: 6 pods, of 4 ready and 2 pending; a ratio of 1, nothing.
    HpaV2 queue = of(HpaMetric.of(Signal.QUEUE, 2));
    TelemetryBuffer telemetry = Tick.pending(Tick.at(0, 6), 2);
    telemetry.queuedRequests = 12;
    assertThat(queue.decide(telemetry)).isEqualTo(6);
    telemetry.queuedRequests = 13.3;
    assertThat(queue.decide(telemetry)).isEqualTo(7);
  }

  @Test
  void aValueMultipliesTheReadyPods() {
    // p95 of 0.6 s is 1.2 times the SLO: 5 ready pods become 6, whatever is pending.
    HpaV2 latency = of(HpaMetric.of(Signal.LATENCY, 1));
    TelemetryBuffer telemetry = Tick.at(0, 5);
    telemetry.p95LatencySeconds = 0.6;
    assertThat(latency.decide(telemetry)).isEqualTo(6);
    assertThatThrownBy(() -> new HpaMetric(Signal.LATENCY, 1, HpaMetric.Kind.PODS))
        .hasMessageContaining("value");
  }

  @Test
  void comesBackInsideItsLimitsBeforeItLooksAtMetrics() {
    assertThat(decide(0, 1, 0)).isEqualTo(1);
    assertThat(decide(15, 39, 4000)).isEqualTo(40);
    assertThat(decide(30, 45, Double.NaN)).isEqualTo(40);
    assertThat(decide(45, 0, Double.NaN)).isEqualTo(1);
  }
}
