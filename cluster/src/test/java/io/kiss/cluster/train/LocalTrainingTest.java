package io.kiss.cluster.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.env.KisimEnvironment;
import io.kiss.learner.ppo.NetworkShape;
import io.kiss.learner.ppo.PpoOptimizerFactory;
import io.kiss.learner.ppo.PpoSettings;
import io.kiss.rollout.EnvironmentFactory;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real optimiser on real environments, a few of them. */
class LocalTrainingTest {
  private static final int ENVIRONMENTS = 4;
  private static final int STEPS = 16;
  private static final EnvironmentFactory KISIM =
      (environments, seed) -> new KisimEnvironment(environments, seed, EnvironmentSettings.DEFAULT);

  /** A second a look. */
  private final AtomicLong nanos = new AtomicLong();

  private LocalTraining.Setup setup(int workers, long seed, long iterations) {
    PpoSettings settings = PpoSettings.from(ConfigFactory.load());
    return new LocalTraining.Setup(
        new TrainingPlan(seed, workers, ENVIRONMENTS, STEPS),
        new TrainingBudget(Double.MAX_VALUE, iterations * workers * ENVIRONMENTS * STEPS),
        settings,
        new PpoOptimizerFactory(settings, NetworkShape.ofScaler()),
        KISIM,
        () -> nanos.addAndGet(1_000_000_000L));
  }

  private String train(LocalTraining.Setup setup) {
    try (LocalTraining training = LocalTraining.begin(setup)) {
      while (!training.isBudgetSpent()) {
        training.iterate();
      }
      return training.policy().sha256();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void theSameSeedGivesTheSamePolicyAndAnotherSeedAnother(int workers) {
    String policy = train(setup(workers, 5, 6));
    assertThat(train(setup(workers, 5, 6))).isEqualTo(policy);
    assertThat(train(setup(workers, 6, 6))).isNotEqualTo(policy);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aRunThatWasStoppedEndsWithTheWeightsOfTheOneThatWasNot(int workers) {
    LocalTraining.Setup setup = setup(workers, 5, 6);
    String policy = train(setup);
    RunState state;
    try (LocalTraining first = LocalTraining.begin(setup)) {
      assertThat(first.state()).isEmpty();
      for (int i = 0; i < 3; i++) {
        first.iterate();
      }
      state = first.state().orElseThrow();
    }
    try (LocalTraining second = LocalTraining.goOn(setup, state)) {
      assertThat(second.episodesGoOn()).isTrue();
      assertThat(second.state()).contains(state);
      IterationReport report = second.iterate();
      assertThat(report.iteration()).isEqualTo(4);
      assertThat(report.environmentSteps()).isEqualTo(4L * workers * ENVIRONMENTS * STEPS);
      // An iteration is a second by this clock, those before the stop counted in.
      assertThat(report.seconds()).isEqualTo(4);
      while (!second.isBudgetSpent()) {
        second.iterate();
      }
      assertThat(second.policy().sha256()).isEqualTo(policy);
    }
  }

  @Test
  void learningRateFollowsTheUsedShareOfTheBudget() {
    LocalTraining.Setup setup = setup(1, 5, 4);
    double high = setup.settings().learningRate();
    double low = setup.settings().learningRateEnd();
    try (LocalTraining training = LocalTraining.begin(setup)) {
      assertThat(training.iterate().learningRate()).isEqualTo(high);
      assertThat(training.iterate().learningRate()).isEqualTo(low + (high - low) * 0.75);
    }
  }

  @Test
  void otherEnvironmentsThanTheRunHadStartNewEpisodesAndAreSaid() {
    LocalTraining.Setup setup = setup(2, 5, 6);
    RunState state;
    try (LocalTraining first = LocalTraining.begin(setup)) {
      first.iterate();
      first.iterate();
      state = first.state().orElseThrow();
    }
    EnvironmentSettings usual = EnvironmentSettings.DEFAULT;
    EnvironmentFactory longer =
        (environments, seed) ->
            new KisimEnvironment(
                environments,
                seed,
                new EnvironmentSettings(
                    usual.fewestSteps() + 1,
                    usual.mostSteps(),
                    usual.tickSeconds(),
                    usual.guards(),
                    usual.churnPrice(),
                    usual.troubles(),
                    usual.ranges()));
    LocalTraining.Setup other =
        new LocalTraining.Setup(
            setup.plan(),
            setup.budget(),
            setup.settings(),
            setup.optimizers(),
            longer,
            setup.nanos());
    RunState later;
    try (LocalTraining second = LocalTraining.goOn(other, state)) {
      assertThat(second.episodesGoOn()).isFalse();
      second.iterate();
      later = second.state().orElseThrow();
      assertThat(later.episodesSince()).isEqualTo(2);
    }
    try (LocalTraining third = LocalTraining.goOn(other, later)) {
      assertThat(third.episodesGoOn()).isTrue();
    }
  }

  @Test
  void aTornCheckpointOfTheOptimiserIsRefused() {
    LocalTraining.Setup setup = setup(1, 5, 6);
    RunState state;
    try (LocalTraining first = LocalTraining.begin(setup)) {
      first.iterate();
      state = first.state().orElseThrow();
    }
    RunState torn =
        new RunState(
            state.plan(),
            state.iteration(),
            state.environmentSteps(),
            state.seconds(),
            state.rollbacks(),
            state.episodesSince(),
            Arrays.copyOf(state.training(), state.training().length - 1));
    assertThatThrownBy(() -> LocalTraining.goOn(setup, torn))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("torn");
  }
}
