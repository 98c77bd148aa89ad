package io.kiss.learner.ppo;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.env.VectorEnvironment;
import io.kiss.learner.SingleWorkerTraining;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Problems whose answer is known, before ours. The steps each took are printed. */
class LearningTest {
  private static final Map<String, Object> SMALL =
      Map.of(
          "minibatch", 256, "learning-rate", 3e-3, "anneal-steps", 60_000, "hidden", List.of(32));

  private static final Map<String, Object> CART_POLE =
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
          8);

  static List<String> engines() {
    return Engines.present();
  }

  /**
   * Trains until the argmax policy is good enough on fresh environments, and returns what it earns
   * there.
   *
   * @param environments makes some, by a seed
   */
  private static double train(
      SingleWorkerTraining training,
      IntFunction<VectorEnvironment> environments,
      int steps,
      double enough) {
    double earned = Double.NaN;
    while (training.environmentSteps() < steps && !(earned >= enough)) {
      training.iterate(false);
      int fresh = 1000 + (int) training.iteration();
      earned = Rollouts.evaluate(training.policy(), environments.apply(fresh), 20);
    }
    return earned;
  }

  private static SingleWorkerTraining start(
      String engine,
      Map<String, Object> changes,
      VectorEnvironment environment,
      int steps,
      long seed) {
    NetworkShape shape =
        new NetworkShape(
            "test",
            environment.observationSize(),
            "test",
            Arrays.stream(environment.actionHeads()).boxed().toList());
    return SingleWorkerTraining.start(
        new PpoOptimizerFactory(Engines.settings(engine, changes), shape),
        Rollouts.of(environment, steps, seed),
        false,
        seed);
  }

  private static void print(
      String engine, String problem, long seed, double earned, SingleWorkerTraining training) {
    System.out.printf(
        "%s %s, seed %d: mean return %.2f after %d environment steps%n",
        engine, problem, seed, earned, training.environmentSteps());
  }

  @ParameterizedTest
  @MethodSource("engines")
  void findsTheBestPolicyOfAChainWhoseNearRewardMisleads(String engine) {
    solveChain(engine, 1, 2);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("engines")
  void findsItFromOtherSeedsToo(String engine) {
    solveChain(engine, 3, 10);
  }

  private static void solveChain(String engine, long firstSeed, long lastSeed) {
    for (long seed = firstSeed; seed <= lastSeed; seed++) {
      try (SingleWorkerTraining training =
          start(engine, SMALL, new ChainEnvironment(32), 32, seed)) {
        double earned =
            train(training, s -> new ChainEnvironment(4), 60_000, ChainEnvironment.BEST_RETURN);
        print(engine, "chain", seed, earned, training);
        assertThat(earned).as("seed %d", seed).isEqualTo(ChainEnvironment.BEST_RETURN);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void meetsTwoWishesAtOnceWithTwoHeads(String engine) {
    for (long seed = 1; seed <= 2; seed++) {
      try (SingleWorkerTraining training =
          start(engine, SMALL, new PairEnvironment(32, seed), 32, seed)) {
        double earned =
            train(
                training,
                s -> new PairEnvironment(8, s),
                60_000,
                PairEnvironment.BEST_RETURN - 1e-6);
        print(engine, "pair", seed, earned, training);
        assertThat(earned).as("seed %d", seed).isGreaterThan(PairEnvironment.BEST_RETURN - 1e-3);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void balancesCartPoleForItsFullFiveHundredSteps(String engine) {
    balanceCartPole(engine, 1, 1);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("engines")
  void balancesCartPoleFromOtherSeedsToo(String engine) {
    balanceCartPole(engine, 2, 10);
  }

  private static void balanceCartPole(String engine, long firstSeed, long lastSeed) {
    for (long seed = firstSeed; seed <= lastSeed; seed++) {
      try (SingleWorkerTraining training =
          start(engine, CART_POLE, new CartPoleEnvironment(32, seed), 128, seed)) {
        train(training, s -> new CartPoleEnvironment(20, s), 400_000, 495);
        double held =
            Rollouts.evaluate(training.policy(), new CartPoleEnvironment(100, 77 + seed), 100);
        print(engine, "CartPole", seed, held, training);
        assertThat(held).as("seed %d", seed).isGreaterThanOrEqualTo(490);
      }
    }
  }
}
