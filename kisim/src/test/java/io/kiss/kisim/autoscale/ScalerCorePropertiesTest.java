package io.kiss.kisim.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What holds in any history; jqwik prints the seed of a history that breaks it. */
class ScalerCorePropertiesTest {
  private static final GuardSettings SETTINGS = new GuardSettings(2, 4, 0.5, 60, 3, 900, 60, 7, 90);

  /** A history of telemetry with gaps, staleness, rollouts, pending and foreign changes. */
  private static TelemetryBuffer draw(Random random, int tick, int desired) {
    int current = random.nextInt(25) == 0 ? 1 + random.nextInt(40) : desired;
    TelemetryBuffer t = Samples.telemetry(15.0 * tick, current, 400 * random.nextDouble());
    t.p95LatencySeconds = random.nextInt(5) == 0 ? Double.NaN : 3 * random.nextDouble();
    t.queuedRequests = random.nextInt(5) == 0 ? Double.NaN : random.nextInt(1000);
    t.pendingReplicas = random.nextInt(current + 1);
    t.readyReplicas = current - t.pendingReplicas;
    t.unschedulableReplicas = random.nextInt(8) == 0 ? t.pendingReplicas : 0;
    t.rolloutInProgress = random.nextInt(15) == 0;
    switch (random.nextInt(6)) {
      case 0 -> t.arrivalRate = Double.NaN;
      case 1 -> t.sampleAgeSeconds = 61;
      default -> {}
    }
    return t;
  }

  private static int choose(Random random, float[] mask) {
    int action = random.nextInt(ActionSpace.SIZE);
    while (mask[action] == 0) {
      action = random.nextInt(ActionSpace.SIZE);
    }
    return action;
  }

  @Property(tries = 200)
  void noHistoryBreaksTheRules(@ForAll long seed) {
    Random random = new Random(seed);
    WorkloadSpec workload = Samples.workload();
    ScalerCore core = new ScalerCore(workload, SETTINGS);
    float[] observation = new float[ScalerCore.OBSERVATION_SIZE];
    float[] mask = new float[ActionSpace.SIZE];
    int desired = 4;
    for (int tick = 0; tick < 200; tick++) {
      TelemetryBuffer telemetry = draw(random, tick, desired);
      int current = telemetry.desiredReplicas;
      DecisionSource source = core.observe(telemetry, observation, 0);
      boolean blind =
          Double.isNaN(telemetry.arrivalRate)
              || telemetry.sampleAgeSeconds > 60
              || telemetry.rolloutInProgress;
      assertThat(source == DecisionSource.HOLD).isEqualTo(blind);
      core.actionMask(mask, 0);
      if (source == DecisionSource.POLICY && random.nextInt(4) == 0) {
        source = DecisionSource.QUEUEING_RULE;
      }
      desired = core.act(source, choose(random, mask));
      for (float feature : observation) {
        assertThat(feature).isFinite();
      }
      assertThat(desired).isBetween(1, 40);
      assertThat(desired).isLessThanOrEqualTo(Math.max(2 * current, current + 4));
      assertThat(desired).isGreaterThanOrEqualTo(Math.min(current - 1, (current + 1) / 2));
      if (blind) {
        assertThat(desired).as("a hold never scales down").isGreaterThanOrEqualTo(current);
      }
      if (telemetry.unschedulableReplicas > 0) {
        assertThat(desired).isLessThanOrEqualTo(current);
      }
    }
  }

  @Property(tries = 50)
  void aDecisionReplayedFromItsSavedStateIsTheSameBitForBit(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 120) int cut) {
    Random random = new Random(seed);
    ScalerCore core = new ScalerCore(Samples.workload(), SETTINGS);
    float[] observation = new float[ScalerCore.OBSERVATION_SIZE];
    float[] again = new float[ScalerCore.OBSERVATION_SIZE];
    int desired = 4;
    ScalerCore replay = null;
    for (int tick = 0; tick < cut + 30; tick++) {
      TelemetryBuffer telemetry = draw(random, tick, desired);
      if (tick == cut) {
        replay = new ScalerCore(Samples.workload(), SETTINGS);
        replay.restoreState(core.saveState());
      }
      DecisionSource source = core.observe(telemetry, observation, 0);
      int action = random.nextInt(ActionSpace.SIZE);
      desired = core.act(source, action);
      if (replay != null) {
        assertThat(replay.observe(telemetry, again, 0)).isEqualTo(source);
        assertThat(Arrays.equals(again, observation)).isTrue();
        assertThat(replay.act(source, action)).isEqualTo(desired);
        assertThat(replay.firedGuards()).isEqualTo(core.firedGuards());
      }
    }
    assertThat(replay.saveState()).isEqualTo(core.saveState());
  }
}
