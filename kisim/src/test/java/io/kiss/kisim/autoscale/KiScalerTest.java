package io.kiss.kisim.autoscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.util.Arrays;
import java.util.List;
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
  void thePolicyDecidesByTheMedianOfItsActionsAndSaysSo() {
    Decision decision = scaler.explain(tick(0, 0.5));

    assertThat(decision.source()).isEqualTo(DecisionSource.POLICY);
    assertThat(decision.replicas()).isEqualTo(11);
    assertThat(decision.reason()).contains("50.0 req/s is 50% of capacity").contains("policy +1");
    // Softmax of one logit of 3 among the allowed ones, all others 0.
    double others = decision.probabilities().length - maskedAt(10) - 1;
    assertThat((double) decision.probabilities()[PLUS_ONE])
        .isCloseTo(Math.exp(3) / (Math.exp(3) + others), org.assertj.core.data.Offset.offset(1e-6));
  }

  /** Its median is to stay, and a third of its samples want more. */
  private static PolicySnapshot undecided() {
    PolicySnapshot policy = alwaysPlusOne();
    float[] weights = new float[policy.weights().length];
    Arrays.fill(weights, weights.length - ActionSpace.SIZE, weights.length, -20);
    weights[weights.length - ActionSpace.SIZE + ActionSpace.STAY] = (float) Math.log(2);
    weights[weights.length - ActionSpace.SIZE + PLUS_ONE] = 0;
    return new PolicySnapshot(
        policy.observationId(),
        policy.actionId(),
        policy.layers(),
        weights,
        policy.mean(),
        policy.deviation(),
        policy.lowest(),
        policy.highest());
  }

  @Test
  void aDeploymentWhoseRequestsAreOftenALittleLateIsScaledWithMoreCare() {
    KiScaler calm =
        new KiScaler(Samples.workload(), GuardSettings.DEFAULT, Optional.of(undecided()));
    KiScaler late =
        new KiScaler(Samples.workload(), GuardSettings.DEFAULT, Optional.of(undecided()));
    Decision decision = null;
    int number = 0;
    do {
      TelemetryBuffer telemetry = tick(number, 0.9);
      telemetry.violatingShare = 0;
      assertThat(calm.explain(telemetry).replicas()).isEqualTo(10);
      telemetry.violatingShare = 0.1;
      decision = late.explain(telemetry);
      number++;
    } while (decision.replicas() == 10 && number < 240);

    assertThat(number).as("ticks until it asks for more").isBetween(10, 120);
    assertThat(decision.replicas()).isEqualTo(11);
    assertThat(decision.reason()).endsWith("policy +1, careful by its record");
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
  void whereTheRuleDecidesNoReplicaIsToBeBusierThanSevenTenths() {
    KiScaler ruled = new KiScaler(Samples.workload(), GuardSettings.DEFAULT, Optional.empty());
    Decision decision = ruled.explain(tick(0, 0.9));
    // 90 requests a second at ten a replica: 9 would do, 13 are at 69 %.
    assertThat(decision.source()).isEqualTo(DecisionSource.QUEUEING_RULE);
    assertThat(decision.proposal()).isEqualTo(13);
  }

  /** Of a policy whose Deployments were drawn log-uniform, SLOs of 2 to 10 service times. */
  private static PolicySnapshot trainedOn() {
    PolicySnapshot policy = alwaysPlusOne();
    float[] deviation = policy.deviation().clone();
    float[] lowest = policy.lowest().clone();
    float[] highest = policy.highest().clone();
    double[][] drawn = {{15 / 60.0, 5}, {2, 10}, {0.005, 4}, {0.3, 3}, {1, 21}};
    String[] names = {
      "log start-up time over 60 s",
      "log SLO over service time",
      "log service time",
      "log violation price over 10",
      "log of requests that a full replica holds"
    };
    for (int i = 0; i < names.length; i++) {
      int feature = ScalerCore.observationNames().indexOf(names[i]);
      lowest[feature] = (float) Math.log(drawn[i][0]);
      highest[feature] = (float) Math.log(drawn[i][1]);
      // Of a uniform distribution.
      deviation[feature] = (highest[feature] - lowest[feature]) / (float) Math.sqrt(12);
    }
    return new PolicySnapshot(
        policy.observationId(),
        policy.actionId(),
        policy.layers(),
        policy.weights(),
        policy.mean(),
        deviation,
        lowest,
        highest);
  }

  private static Decision first(
      double slo, double service, double capacity, double startup, double price) {
    WorkloadSpec workload =
        new WorkloadSpec("web", 1, 40, slo, service, capacity, startup, price, 15);
    return new KiScaler(workload, GuardSettings.DEFAULT, Optional.of(trainedOn()))
        .explain(Samples.telemetry(0, 10, 5 * capacity));
  }

  @Test
  void aDeploymentUnlikeAnyOfTheTrainedOnesIsDecidedByTheQueueingRule() {
    List<Decision> unlike =
        List.of(
            first(36 * 0.1, 0.1, 10, 60, 10),
            first(1.5 * 0.1, 0.1, 10, 60, 10),
            first(0.5, 0.1, 10, 900, 10),
            first(0.5, 0.1, 10, 5, 10),
            first(0.5, 0.1, 10, 60, 100),
            first(0.5, 0.1, 10, 60, 1),
            first(5 * 0.001, 0.001, 1000, 60, 10),
            first(5 * 20, 20, 0.05, 60, 10),
            first(0.5, 0.1, 640, 60, 10));
    for (Decision decision : unlike) {
      assertThat(decision.source()).isEqualTo(DecisionSource.QUEUEING_RULE);
      assertThat(decision.guards()).contains(Guard.OUT_OF_RANGE);
    }
    assertThat(unlike.get(0).reason())
        .contains("log SLO over service time is 3.58 where training saw 0.69 to 2.30");
  }

  @Test
  void aDeploymentAtTheEdgeOfTheTrainedOnesOrAFifthBeyondIsDecidedByThePolicy() {
    List<Decision> alike =
        List.of(
            first(0.5, 0.1, 10, 60, 10),
            first(10 * 0.1, 0.1, 10, 60, 10),
            first(12 * 0.1, 0.1, 10, 60, 10),
            first(2 * 0.1, 0.1, 10, 60, 10),
            first(0.5, 0.1, 10, 300, 10),
            first(0.5, 0.1, 10, 15, 10),
            first(0.5, 0.1, 10, 60, 30),
            first(0.5, 0.1, 10, 60, 3),
            first(5 * 4, 4, 0.25, 60, 10),
            first(5 * 0.005, 0.005, 200, 60, 10),
            first(0.5, 0.1, 210, 60, 10));
    for (Decision decision : alike) {
      assertThat(decision.source()).isEqualTo(DecisionSource.POLICY);
    }
  }

  @Test
  void anObservationThatIsNoNumberIsOutOfRange() {
    TelemetryBuffer telemetry = tick(0, 0.5);
    // The logarithm of a negative latency.
    telemetry.p95LatencySeconds = -1;
    assertThat(scaler.explain(telemetry).guards()).contains(Guard.OUT_OF_RANGE);
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
