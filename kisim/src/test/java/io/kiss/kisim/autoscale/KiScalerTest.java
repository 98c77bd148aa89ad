package io.kiss.kisim.autoscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KiScalerTest {
  private static final int PLUS_ONE = 5;

  /**
   * The first feature, log load per desired replica, is at most this where the policy may decide.
   */
  private static final float HIGHEST_LOG_LOAD = 0;

  private final KiScaler scaler =
      new KiScaler(Samples.workload(), GuardSettings.DEFAULT, Optional.of(alwaysPlusOne()));

  /** A network of one layer whose bias alone speaks: it always wants one more. */
  private static PolicySnapshot alwaysPlusOne() {
    int features = ScalerCore.OBSERVATION_SIZE;
    int[] layers = {features, ActionSpace.SIZE};
    float[] weights = new float[PolicySnapshot.weightCount(layers)];
    weights[features * ActionSpace.SIZE + PLUS_ONE] = 3;
    float[] deviation = new float[features];
    Arrays.fill(deviation, 1e-3f);
    float[] lowest = new float[features];
    Arrays.fill(lowest, -1e6f);
    float[] highest = new float[features];
    Arrays.fill(highest, 1e6f);
    highest[0] = HIGHEST_LOG_LOAD;
    return new PolicySnapshot(
        ScalerCore.OBSERVATION_ID,
        ActionSpace.ID,
        layers,
        weights,
        new float[features],
        deviation,
        lowest,
        highest);
  }

  private static TelemetryBuffer tick(int number, double load) {
    // Ten replicas of ten requests per second each.
    return Samples.telemetry(15.0 * number, 10, 100 * load);
  }

  @Test
  void thePolicyDecidesByItsMostProbableActionAndSaysSo() {
    Decision decision = scaler.explain(tick(0, 0.5));

    assertThat(decision.source()).isEqualTo(DecisionSource.POLICY);
    assertThat(decision.replicas()).isEqualTo(11);
    assertThat(decision.reason()).contains("50.0 req/s is 50% of capacity").contains("policy +1");
    // Softmax of one logit of 3 among the allowed ones, all others 0.
    double others = decision.probabilities().length - maskedAt(10) - 1;
    assertThat((double) decision.probabilities()[PLUS_ONE])
        .isCloseTo(Math.exp(3) / (Math.exp(3) + others), org.assertj.core.data.Offset.offset(1e-6));
  }

  /** At ten replicas -10 % is -1 and +10 % is +1: two actions say nothing of their own. */
  private static int maskedAt(int replicas) {
    assertThat(replicas).isEqualTo(10);
    return 2;
  }

  @Test
  void outsideTheTrainedRangeTheQueueingRuleDecidesUntilItHasBeenBackForThreeTicks() {
    assertThat(scaler.explain(tick(0, 1.5)).source()).isEqualTo(DecisionSource.QUEUEING_RULE);
    assertThat(scaler.explain(tick(1, 0.5)).source()).isEqualTo(DecisionSource.QUEUEING_RULE);
    assertThat(scaler.explain(tick(2, 0.5)).source()).isEqualTo(DecisionSource.QUEUEING_RULE);
    assertThat(scaler.explain(tick(3, 0.5)).source()).isEqualTo(DecisionSource.POLICY);
  }

  @Test
  void aScalerThatTakesUpASavedStateDecidesAsTheOneThatWasNeverInterrupted() {
    scaler.decide(tick(0, 0.6));
    scaler.decide(tick(1, 1.5));
    scaler.decide(tick(2, 0.7));
    KiScaler restored =
        new KiScaler(Samples.workload(), GuardSettings.DEFAULT, Optional.of(alwaysPlusOne()));
    restored.restoreState(scaler.saveState());

    for (int number = 3; number < 9; number++) {
      Decision expected = scaler.explain(tick(number, 0.5 + 0.01 * number));
      Decision replayed = restored.explain(tick(number, 0.5 + 0.01 * number));
      assertThat(replayed).usingRecursiveComparison().isEqualTo(expected);
    }
  }

  @Test
  void aTornStateIsRefused() {
    byte[] state = scaler.saveState();
    assertThatThrownBy(() -> scaler.restoreState(Arrays.copyOf(state, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ends too early");
    assertThatThrownBy(() -> scaler.restoreState(Arrays.copyOf(state, state.length - 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void withoutTelemetryNobodyDecides() {
    Decision decision = scaler.explain(tick(0, Double.NaN));

    assertThat(decision.source()).isEqualTo(DecisionSource.HOLD);
    assertThat(decision.replicas()).isEqualTo(10);
    assertThat(decision.guards()).containsExactly(Guard.TELEMETRY_MISSING);
  }
}
