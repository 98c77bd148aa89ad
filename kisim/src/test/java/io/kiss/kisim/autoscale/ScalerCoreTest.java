package io.kiss.kisim.autoscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.telemetry.TelemetryBuffer;
import org.junit.jupiter.api.Test;

class ScalerCoreTest {
  private final ScalerCore core = new ScalerCore(Samples.workload(), GuardSettings.DEFAULT);
  private final float[] observation = new float[ScalerCore.OBSERVATION_SIZE];

  private void tick(double time, int desired, double rate) {
    core.observe(Samples.telemetry(time, desired, rate), observation, 0);
    core.act(DecisionSource.POLICY, ActionSpace.STAY);
  }

  private void expect(String feature, double value) {
    expect(feature, value, 1e-5);
  }

  private void expect(String feature, double value, double tolerance) {
    int index = ScalerCore.observationNames().indexOf(feature);
    assertThat(index).as(feature).isNotNegative();
    assertThat((double) observation[index]).as(feature).isCloseTo(value, within(tolerance));
  }

  @Test
  void remembersHowFarTheLoadRisesWhileAPodStarts() {
    // Start-up 60 s: the last five ticks. 100 ticks at 1 replica, then 4 replicas for good.
    for (int i = 0; i < 100; i++) {
      tick(15 * i, 5, 10);
    }
    expect("worst rise of the load within a start-up time", 0);
    for (int i = 100; i < 200; i++) {
      tick(15 * i, 5, 40);
    }
    double rise = Math.log((4 + 0.25) / (1 + 0.25));
    // In five ticks of the 200 the load was higher than a start-up time before.
    expect("mean rise of the load within a start-up time", 5 * rise / 200, 1e-3);
    expect("usual rise of the load within a start-up time", rise * Math.sqrt(5 / 200.0), 1e-3);
    // It fades by a tick in four hours each of the 95 ticks since.
    double faded = rise * Math.pow(1 - 15.0 / (4 * 3600), 95);
    expect("worst rise of the load within a start-up time", faded, 1e-3);
    expect("log of requests that a full replica holds", 0);
  }

  @Test
  void whatWasBeforeTheFirstTickIsRememberedAsIfItHadBeenSeen() {
    ScalerCore seen = new ScalerCore(Samples.workload(), GuardSettings.DEFAULT);
    float[] expected = new float[ScalerCore.OBSERVATION_SIZE];
    for (int i = 0; i < 400; i++) {
      double rate = i == 30 ? 90 : 10 + i % 7;
      seen.observe(Samples.telemetry(15 * i, 5, rate), expected, 0);
      seen.act(DecisionSource.POLICY, ActionSpace.STAY);
      if (i < 399) {
        core.remember(rate);
      }
    }
    core.observe(Samples.telemetry(15 * 399, 5, 10), observation, 0);
    for (String name : ScalerCore.observationNames()) {
      if (name.contains("load") && !name.contains("kept")) {
        expect(name, expected[ScalerCore.observationNames().indexOf(name)]);
      }
    }
    // 300 s blocks: the 369 ticks since are more than an hour, and less than six.
    expect("log highest load per desired replica, 1 h", Math.log(16 / 50.0));
    expect("log highest load per desired replica, 6 h", Math.log(90 / 50.0));
  }

  @Test
  void encodesAHistoryThatCanBeWorkedByHand() {
    // Rates 10, 20, 30, 40 at 15 s ticks; 5 replicas of 10/s: loads 0.2, 0.4, 0.6, 0.8.
    for (int i = 0; i < 3; i++) {
      tick(15 * i, 5, 10 * (i + 1));
    }
    TelemetryBuffer last = Samples.telemetry(45, 5, 40);
    last.readyReplicas = 2;
    last.pendingReplicas = 3;
    last.pendingAgesSeconds[0] = 40;
    last.pendingAgesSeconds[1] = 10;
    last.pendingAgesSeconds[2] = 10;
    last.queuedRequests = 16;
    core.observe(last, observation, 0);
    expect("log load per desired replica, now", Math.log(0.8));
    expect("log load per desired replica, 1 min", Math.log(0.5));
    expect("log highest load per desired replica, 4 min", Math.log(0.8));
    expect("log highest over lowest load, 20 min", Math.log(4));
    expect("load slope over 30 s per desired replica", 0.4);
    expect("load slope over 4 min per desired replica", 0.6);
    expect("log load per ready replica", Math.log(2));
    expect("log p95 latency over SLO", Math.log(0.5));
    expect("latency is known", 1);
    expect("violating share", 0.01);
    // Two ready replicas clear 20/s; in the slack of 0.4 s that is 8.
    expect("log of 1 + queue over what ready replicas clear in the SLO slack", Math.log(3));
    expect("ready share of desired", 0.4);
    expect("share of desired pending and due within 30 s", 0.2);
    expect("share of desired pending and due within 90 s", 0.6);
    expect("share of desired pending", 0.6);
    expect("log start-up time over 60 s", 0);
    expect("log SLO over service time", Math.log(5));
    expect("log desired replicas", Math.log(5));
    expect("desired over max replicas", 5 / 40.0);
    expect("time since the last change over start-up time", 4);
    expect("log of the last change", 0);
    expect("log violation price over 10", 0);
  }

  @Test
  void remembersItsOwnChangeAndWhenItWas() {
    core.observe(Samples.telemetry(0, 4, 20), observation, 0);
    assertThat(core.act(DecisionSource.POLICY, 8)).isEqualTo(6);
    core.observe(Samples.telemetry(15, 6, 20), observation, 0);
    expect("log of the last change", Math.log(1.5));
    expect("time since the last change over start-up time", 0.25);
    assertThat(core.firedGuards()).isEmpty();
  }

  @Test
  void adoptsAndReportsWhatSomebodyElseSet() {
    core.observe(Samples.telemetry(0, 4, 20), observation, 0);
    core.act(DecisionSource.POLICY, ActionSpace.STAY);
    core.observe(Samples.telemetry(15, 9, 20), observation, 0);
    assertThat(core.act(DecisionSource.POLICY, ActionSpace.STAY)).isEqualTo(9);
    assertThat(core.firedGuards()).containsExactly(Guard.EXTERNAL_CHANGE);
  }

  @Test
  void aMissingTickLeavesAGapInTheHistoryAndNoInventedRate() {
    tick(0, 5, 10);
    tick(15, 5, Double.NaN);
    assertThat(core.firedGuards()).containsExactly(Guard.TELEMETRY_MISSING);
    assertThat(observation).containsOnly(0);
    tick(30, 5, 30);
    expect("log load per desired replica, 1 min", Math.log(20 / 50.0));
  }

  @Test
  void aStateThatTheVersionBeforeSavedIsTakenUp() {
    tick(0, 5, 10);
    tick(15, 5, 20);
    byte[] state = core.saveState();
    // It said 3 and ended before the time of the newest tick, and so before the policy's record.
    int record = CostBalanceTest.RECORD_BYTES;
    byte[] before = java.util.Arrays.copyOf(state, state.length - record - Double.BYTES);
    before[3] = 3;
    ScalerCore other = new ScalerCore(Samples.workload(), GuardSettings.DEFAULT);
    other.restoreState(before);
    assertThat(other.saveState())
        .startsWith(java.util.Arrays.copyOf(state, state.length - record))
        .hasSameSizeAs(state);
  }

  @Test
  void aSavedStateOfAnotherTickIsRefused() {
    WorkloadSpec faster = new WorkloadSpec("test", 1, 40, 0.5, 0.1, 10, 60, 10, 5);
    byte[] state = new ScalerCore(faster, GuardSettings.DEFAULT).saveState();
    assertThatThrownBy(() -> core.restoreState(state))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("scaler state refused");
    assertThatThrownBy(() -> core.restoreState(new byte[7]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
