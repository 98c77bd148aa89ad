package io.kiss.learner.ppo;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.learner.PolicyOptimizer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Problems whose answer is known. */
class LearningTest {
  static List<String> engines() {
    return Engines.present();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void findsTheBestPolicyOfAChainWhoseNearRewardMisleads(String engine) {
    PpoSettings settings =
        Engines.settings(
            engine,
            Map.of(
                "minibatch",
                256,
                "learning-rate",
                3e-3,
                "anneal-steps",
                60_000,
                "hidden",
                List.of(32)));
    NetworkShape shape = new NetworkShape("chain", ChainEnvironment.LENGTH, "left-right", 3);
    for (long seed = 1; seed <= 2; seed++) {
      try (PolicyOptimizer optimizer = new PpoOptimizerFactory(settings, shape).create(seed)) {
        PlainTrainingLoop loop =
            new PlainTrainingLoop(optimizer, new ChainEnvironment(32), 32, seed);
        double mean = 0;
        while (loop.environmentSteps() < 60_000 && mean < 9.8) {
          mean = loop.iterate();
        }
        System.out.println(
            engine + " chain, seed " + seed + ": " + mean + " at " + loop.environmentSteps());
        assertThat(PlainTrainingLoop.evaluate(optimizer, new ChainEnvironment(4), 4))
            .as("seed %d after %d steps", seed, loop.environmentSteps())
            .isEqualTo(ChainEnvironment.BEST_RETURN);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void balancesCartPoleForItsFullFiveHundredSteps(String engine) {
    balancesCartPole(engine, 1);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("engines")
  void balancesCartPoleFromOtherSeedsToo(String engine) {
    balancesCartPole(engine, 2);
    balancesCartPole(engine, 3);
  }

  private static void balancesCartPole(String engine, long seed) {
    PpoSettings settings =
        Engines.settings(
            engine,
            Map.of(
                "minibatch",
                512,
                "learning-rate",
                1e-3,
                "learning-rate-end",
                1e-4,
                "anneal-steps",
                400_000,
                "gamma",
                0.99,
                "epochs",
                8));
    NetworkShape shape = new NetworkShape("cartpole-v1", 4, "left-right", 2);
    try (PolicyOptimizer optimizer = new PpoOptimizerFactory(settings, shape).create(seed)) {
      PlainTrainingLoop loop =
          new PlainTrainingLoop(optimizer, new CartPoleEnvironment(32, seed), 128, seed);
      double mean = 0;
      while (loop.environmentSteps() < 400_000 && !(mean >= 495)) {
        loop.iterate();
        mean =
            PlainTrainingLoop.evaluate(
                optimizer, new CartPoleEnvironment(20, 1000 + loop.environmentSteps()), 20);
      }
      double held =
          PlainTrainingLoop.evaluate(optimizer, new CartPoleEnvironment(100, 77 + seed), 100);
      System.out.println(
          engine + " CartPole, seed " + seed + ": " + held + " at " + loop.environmentSteps());
      assertThat(held)
          .as("seed %d after %d steps", seed, loop.environmentSteps())
          .isGreaterThanOrEqualTo(490);
    }
  }
}
