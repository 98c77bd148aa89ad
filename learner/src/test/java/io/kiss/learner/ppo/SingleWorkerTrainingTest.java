package io.kiss.learner.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.env.KisimEnvironment;
import io.kiss.kisim.env.VectorEnvironment;
import io.kiss.learner.CheckpointFolder;
import io.kiss.learner.SingleWorkerTraining;
import io.kiss.learner.SingleWorkerTraining.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SingleWorkerTrainingTest {
  private static final int STEPS = 16;

  private static final Map<String, LongFunction<VectorEnvironment>> ENVIRONMENTS =
      Map.of(
          "KISim", seed -> new KisimEnvironment(12, seed, EnvironmentSettings.DEFAULT),
          "CartPole", seed -> new CartPoleEnvironment(6, seed),
          "pair of heads", seed -> new PairEnvironment(8, seed));

  static Stream<Arguments> cases() {
    return Engines.present().stream()
        .flatMap(
            engine ->
                ENVIRONMENTS.keySet().stream()
                    .sorted()
                    .flatMap(
                        environment ->
                            Stream.of(false, true)
                                .map(overlapped -> Arguments.of(engine, environment, overlapped))));
  }

  private static PpoOptimizerFactory optimizers(String engine, VectorEnvironment environment) {
    Map<String, Object> changes = Map.of("minibatch", 48, "hidden", List.of(16, 16));
    List<Integer> heads = Arrays.stream(environment.actionHeads()).boxed().toList();
    return new PpoOptimizerFactory(
        Engines.settings(engine, changes),
        new NetworkShape("o", environment.observationSize(), "a", heads));
  }

  private static SingleWorkerTraining start(
      String engine, String environmentName, boolean overlapped, long seed) {
    VectorEnvironment environment = ENVIRONMENTS.get(environmentName).apply(seed);
    return SingleWorkerTraining.start(
        optimizers(engine, environment), Rollouts.of(environment, STEPS, seed), overlapped, seed);
  }

  private static SingleWorkerTraining resume(
      String engine, String environmentName, long seed, byte[] checkpoint) {
    VectorEnvironment environment = ENVIRONMENTS.get(environmentName).apply(seed);
    return SingleWorkerTraining.resume(
        optimizers(engine, environment), Rollouts.of(environment, STEPS, seed), checkpoint);
  }

  /** A checkpoint after this many more iterations. */
  private static byte[] iterate(SingleWorkerTraining training, int iterations) {
    Outcome outcome = null;
    for (int i = 1; i <= iterations; i++) {
      outcome = training.iterate(i == iterations);
    }
    return outcome.checkpoint().orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theSameSeedGivesTheSameRunToTheLastBitAndAnotherSeedAnother(
      String engine, String environment, boolean overlapped) {
    byte[][] ends = new byte[3][];
    long[] seeds = {5, 5, 6};
    for (int i = 0; i < 3; i++) {
      try (SingleWorkerTraining training = start(engine, environment, overlapped, seeds[i])) {
        ends[i] = iterate(training, 4);
      }
    }
    assertThat(ends[1]).isEqualTo(ends[0]);
    assertThat(ends[2]).isNotEqualTo(ends[0]);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void stoppedAndResumedItEndsWhereItWouldHaveEndedToTheLastBit(
      String engine, String environment, boolean overlapped) {
    byte[] whole;
    try (SingleWorkerTraining training = start(engine, environment, overlapped, 3)) {
      whole = iterate(training, 7);
    }
    byte[] half;
    try (SingleWorkerTraining training = start(engine, environment, overlapped, 3)) {
      half = iterate(training, 3);
    }
    byte[] more;
    try (SingleWorkerTraining training = resume(engine, environment, 3, half)) {
      assertThat(training.iteration()).isEqualTo(3);
      more = iterate(training, 2);
    }
    try (SingleWorkerTraining training = resume(engine, environment, 3, more)) {
      assertThat(iterate(training, 2)).isEqualTo(whole);
      assertThat(training.iteration()).isEqualTo(7);
    }
  }

  @Test
  void aTornFileIsRefusedAndTheOneBeforeItUsed(@TempDir Path folder) throws Exception {
    String engine = Engines.present().get(0);
    CheckpointFolder checkpoints = new CheckpointFolder(folder);
    byte[] second;
    try (SingleWorkerTraining training = start(engine, "CartPole", true, 3)) {
      checkpoints.save(1, iterate(training, 1));
      checkpoints.save(2, second = iterate(training, 1));
      Path newest = checkpoints.save(3, iterate(training, 1));
      byte[] bytes = Files.readAllBytes(newest);
      bytes[bytes.length / 3] ^= 1;
      Files.write(newest, bytes);
    }
    try (SingleWorkerTraining training =
        checkpoints.newest(bytes -> resume(engine, "CartPole", 3, bytes)).orElseThrow()) {
      assertThat(training.iteration()).isEqualTo(2);
    }
    assertThatThrownBy(() -> resume(engine, "CartPole", 4, second))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("with this seed");
    assertThatThrownBy(() -> resume(engine, "pair of heads", 3, second))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another kind");
  }
}
