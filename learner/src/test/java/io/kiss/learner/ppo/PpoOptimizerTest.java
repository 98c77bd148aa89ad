package io.kiss.learner.ppo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.actors.protocol.UpdateStatistics;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PpoOptimizerTest {
  private static final NetworkShape SHAPE = new NetworkShape("obs", 7, "act", 5);

  static List<String> engines() {
    return Engines.present();
  }

  private static PpoOptimizerFactory factory(String engine) {
    return factory(engine, Map.of("minibatch", 64, "target-kl", 0));
  }

  private static PpoOptimizerFactory factory(String engine, Map<String, Object> changes) {
    return new PpoOptimizerFactory(Engines.settings(engine, changes), SHAPE);
  }

  private static PpoOptimizer create(String engine, long seed) {
    return (PpoOptimizer) factory(engine).create(seed);
  }

  private static List<TrajectorySegment> segments(long seed) {
    return List.of(Segments.random(SHAPE, 20, 8, seed), Segments.random(SHAPE, 16, 4, seed + 1000));
  }

  @ParameterizedTest
  @MethodSource("engines")
  void theSameSeedAndSegmentsGiveTheSameWeightsBitForBitAndAnotherSeedOthers(String engine) {
    byte[] once = trained(engine, 1);
    assertThat(trained(engine, 1)).isEqualTo(once);
    assertThat(trained(engine, 2)).isNotEqualTo(once);
  }

  private static byte[] trained(String engine, long seed) {
    try (PpoOptimizer optimizer = create(engine, seed)) {
      IntStream.range(0, 5).forEach(i -> optimizer.update(segments(i)));
      return optimizer.checkpoint();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void stoppedAndRestoredItGoesOnAsIfItHadNeverStopped(String engine) {
    byte[] checkpoint;
    try (PpoOptimizer optimizer = create(engine, 1)) {
      IntStream.range(0, 2).forEach(i -> optimizer.update(segments(i)));
      checkpoint = optimizer.checkpoint();
    }
    try (PpoOptimizer restored = (PpoOptimizer) factory(engine).restore(checkpoint)) {
      IntStream.range(2, 5).forEach(i -> restored.update(segments(i)));
      assertThat(restored.checkpoint()).isEqualTo(trained(engine, 1));
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void anUpdateMovesThePolicyTowardsActionsThatPaidMore(String engine) {
    NetworkShape shape = new NetworkShape("obs", 1, "act", 2);
    TrajectorySegment drawn = Segments.random(shape, 400, 4, 3);
    float[] rewards = new float[drawn.environmentSteps()];
    for (int i = 0; i < rewards.length; i++) {
      rewards[i] = drawn.actions()[i] == 1 ? 1 : 0;
    }
    Map<String, Object> changes =
        Map.of("minibatch", 200, "learning-rate", 3e-3, "gamma", 0.01, "rollback-kl", 100);
    PpoSettings settings = Engines.settings(engine, changes);
    try (var optimizer = new PpoOptimizerFactory(settings, shape).create(1)) {
      double before = probabilityOfSecond(optimizer.snapshot());
      UpdateStatistics statistics = optimizer.update(List.of(Segments.withRewards(drawn, rewards)));
      assertThat(before).isCloseTo(0.5, within(0.02));
      assertThat(probabilityOfSecond(optimizer.snapshot())).isGreaterThan(before + 0.02);
      assertThat(statistics.epochs()).isBetween(1, 4);
      assertThat(statistics.approximateKl()).isPositive();
    }
  }

  private static double probabilityOfSecond(PolicySnapshot snapshot) {
    float[] logits = new float[2];
    new PolicyNetwork(snapshot).logits(new float[] {0.3f}, 0, logits, 0);
    PolicyNetwork.softmax(logits, new float[] {1, 1});
    return logits[1];
  }

  @ParameterizedTest
  @MethodSource("engines")
  void stepsThePolicyDidNotDecideLeaveThePolicyAlone(String engine) {
    TrajectorySegment segment = Segments.random(SHAPE, 20, 8, 5);
    for (int i = 0; i < segment.flags().length; i++) {
      segment.flags()[i] &= ~TrajectorySegment.POLICY_DECIDED;
    }
    try (PpoOptimizer optimizer = create(engine, 1)) {
      float[] before = optimizer.snapshot().weights();
      UpdateStatistics statistics = optimizer.update(List.of(segment));
      assertThat(optimizer.snapshot().weights()).isEqualTo(before);
      assertThat(statistics.gradientNorm()).as("the critic still learns").isPositive();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void anUpdateThatDivergesIsUndoneAndTheNextOneGoesOn(String engine) {
    try (PpoOptimizer optimizer = create(engine, 1)) {
      optimizer.update(segments(0));
      PolicySnapshot before = optimizer.snapshot();
      TrajectorySegment poisoned = Segments.random(SHAPE, 20, 8, 6);
      poisoned.rewards()[17] = Float.NaN;
      UpdateStatistics undone = optimizer.update(List.of(poisoned));
      assertThat(undone.epochs()).isZero();
      assertThat(optimizer.snapshot()).isEqualTo(before);
      assertThat(optimizer.rollbacks()).isEqualTo(1);
      poisoned = Segments.random(SHAPE, 20, 8, 7);
      poisoned.observations()[3] = Float.POSITIVE_INFINITY;
      poisoned.flags()[0] = TrajectorySegment.POLICY_DECIDED;
      optimizer.update(List.of(poisoned));
      assertThat(optimizer.snapshot()).isEqualTo(before);
      assertThat(optimizer.update(segments(1)).epochs()).isEqualTo(4);
      assertThat(optimizer.snapshot()).isNotEqualTo(before);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aPolicyThatRunsAwayIsStoppedAtTheTargetAndUndoneBeyondTheLimit(String engine) {
    Map<String, Object> wild = Map.of("minibatch", 32, "learning-rate", 0.5, "target-kl", 1e-4);
    try (var optimizer = factory(engine, wild).create(1)) {
      PolicySnapshot before = optimizer.snapshot();
      UpdateStatistics statistics = optimizer.update(segments(1));
      assertThat(statistics.epochs()).isZero();
      assertThat(optimizer.snapshot()).isEqualTo(before);
    }
    Map<String, Object> lively = Map.of("minibatch", 32, "learning-rate", 1e-3, "target-kl", 1e-4);
    try (var optimizer = factory(engine, lively).create(1)) {
      assertThat(optimizer.update(segments(1)).epochs()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void annealingFollowsTheRunsProgressAndAtItsEndTheStepIsTheLastOne(String engine) {
    Map<String, Object> changes = Map.of("minibatch", 4096, "epochs", 1, "learning-rate-end", 0);
    try (var optimizer = factory(engine, changes).create(1)) {
      optimizer.progress(1);
      float[] before = optimizer.snapshot().weights();
      optimizer.update(segments(1));
      assertThat(optimizer.snapshot().weights()).isEqualTo(before);
      optimizer.progress(0.5);
      optimizer.update(segments(2));
      assertThat(optimizer.snapshot().weights()).isNotEqualTo(before);
      assertThatThrownBy(() -> optimizer.progress(1.5))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aTornOrForeignCheckpointIsRefusedWithTheReason(String engine) {
    PpoOptimizerFactory factory = factory(engine);
    byte[] checkpoint = trained(engine, 1);
    assertRefused(factory, Arrays.copyOf(checkpoint, checkpoint.length - 9), "torn");
    assertRefused(factory, new byte[3], "no KIS-S training checkpoint");
    assertRefused(factory, "not a checkpoint at all".getBytes(UTF_8), "no KIS-S");
    byte[] flipped = checkpoint.clone();
    flipped[flipped.length / 2] ^= 4;
    assertRefused(factory, flipped, "torn");
    assertRefused(factory(engine, Map.of("hidden", List.of(32))), checkpoint, "layers");
    NetworkShape other = new NetworkShape("another", 7, "act", 5);
    assertRefused(
        new PpoOptimizerFactory(Engines.settings(engine, Map.of()), other), checkpoint, "another");
  }

  @Test
  void whateverByteOfACheckpointIsDamagedItIsRefused() {
    ActorCritic network = ActorCritic.of(SHAPE, List.of(3));
    PpoState state = PpoState.random(SHAPE, network, 1);
    byte[] whole = state.toBytes();
    assertThat(PpoState.fromBytes(SHAPE, network, whole).toBytes()).isEqualTo(whole);
    for (int i = 0; i < whole.length; i++) {
      byte[] torn = Arrays.copyOf(whole, i);
      byte[] flipped = whole.clone();
      flipped[i] ^= (byte) (1 << i % 8);
      for (byte[] damaged : List.of(torn, flipped)) {
        assertThatThrownBy(() -> PpoState.fromBytes(SHAPE, network, damaged))
            .as("byte %d of %d", i, whole.length)
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  private static void assertRefused(PpoOptimizerFactory factory, byte[] bytes, String reason) {
    assertThatThrownBy(() -> factory.restore(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }
}
