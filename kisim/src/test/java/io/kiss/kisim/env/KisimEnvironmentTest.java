package io.kiss.kisim.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.autoscale.ActionSpace;
import io.kiss.kisim.autoscale.GuardSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;

class KisimEnvironmentTest {
  /** Three services, since each is to be measured first. */
  private static final ScenarioRanges FEW = ScenarioRanges.DEFAULT.withShapes(3);

  private static final EnvironmentSettings USUAL = EnvironmentSettings.DEFAULT.with(FEW);

  private static final EnvironmentSettings SHORT =
      new EnvironmentSettings(
          20,
          40,
          15,
          GuardSettings.DEFAULT,
          0.05,
          new TroubleShares(0.2, 0.3, 0.5, 0.5, 0.2, 0.2, 0.5),
          FEW);

  private static int randomAllowed(VectorStep step, int e, Random random) {
    int action = random.nextInt(ActionSpace.SIZE);
    while (step.masks[e * ActionSpace.SIZE + action] == 0) {
      action = random.nextInt(ActionSpace.SIZE);
    }
    return action;
  }

  /** The allowed action nearest to a wish. */
  private static int allowed(VectorStep step, int e, int wish) {
    int direction = Integer.signum(ActionSpace.STAY - wish);
    int action = wish;
    while (step.masks[e * ActionSpace.SIZE + action] == 0) {
      action += direction;
    }
    return action;
  }

  private static double meanReward(
      EnvironmentSettings settings, long seed, IntBinaryOperator wish) {
    int n = 32;
    KisimEnvironment environment = new KisimEnvironment(n, seed, settings);
    VectorStep step = environment.reset();
    int[] actions = new int[n];
    double sum = 0;
    for (int t = 0; t < 300; t++) {
      for (int e = 0; e < n; e++) {
        actions[e] = allowed(step, e, wish.applyAsInt(t, e));
      }
      step = environment.step(actions);
      for (float reward : step.rewards) {
        sum += reward;
      }
    }
    return sum / (300 * n);
  }

  @Test
  void aSavedEnvironmentGoesOnToTheSameBits() {
    int n = 8;
    for (long seed = 1; seed <= 3; seed++) {
      Random random = new Random(seed);
      KisimEnvironment environment = new KisimEnvironment(n, seed, SHORT);
      VectorStep step = environment.reset();
      int[] actions = new int[n];
      for (int t = 0; t < 55; t++) {
        for (int e = 0; e < n; e++) {
          actions[e] = randomAllowed(step, e, random);
        }
        step = environment.step(actions);
      }
      KisimEnvironment other = new KisimEnvironment(n, 99, SHORT);
      VectorStep restored = other.restoreState(environment.saveState());
      assertThat(restored.observations).as("seed %d", seed).isEqualTo(step.observations);
      assertThat(restored.masks).isEqualTo(step.masks);
      for (int t = 0; t < 60; t++) {
        for (int e = 0; e < n; e++) {
          actions[e] = randomAllowed(step, e, random);
        }
        step = environment.step(actions);
        restored = other.step(actions);
        assertThat(restored.observations)
            .as("seed %d, step %d", seed, t)
            .isEqualTo(step.observations);
        assertThat(restored.rewards).isEqualTo(step.rewards);
        assertThat(restored.truncated).isEqualTo(step.truncated);
        assertThat(restored.terminalObservations).isNotNull();
      }
    }
  }

  @Test
  void aStateOfOtherEnvironmentsOrATornOneIsRefused() {
    KisimEnvironment environment = new KisimEnvironment(2, 1, SHORT);
    environment.reset();
    byte[] state = environment.saveState();
    assertThatThrownBy(() -> new KisimEnvironment(3, 1, SHORT).restoreState(state))
        .hasMessageContaining("not of an environment with this size and these settings");
    for (int length = 0; length < state.length; length++) {
      byte[] torn = Arrays.copyOf(state, length);
      assertThatThrownBy(() -> environment.restoreState(torn))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void rewardsDependOnTheActionsFromTheFirstStepOn() {
    int n = 64;
    for (long seed = 1; seed <= 3; seed++) {
      KisimEnvironment up = new KisimEnvironment(n, seed, USUAL);
      KisimEnvironment stay = new KisimEnvironment(n, seed, USUAL);
      VectorStep first = up.reset();
      stay.reset();
      int[] more = new int[n];
      int[] same = new int[n];
      int differ = 0;
      int could = 0;
      for (int e = 0; e < n; e++) {
        same[e] = ActionSpace.STAY;
        more[e] = allowed(first, e, 9);
        could += more[e] != ActionSpace.STAY ? 1 : 0;
      }
      float[] rewards = up.step(more).rewards;
      float[] staying = stay.step(same).rewards;
      for (int e = 0; e < n; e++) {
        differ += rewards[e] != staying[e] ? 1 : 0;
      }
      assertThat(could).isGreaterThan(n / 2);
      assertThat(differ).as("seed %d", seed).isEqualTo(could);
    }
  }

  @Test
  void neitherStarvingNorGluttonyPaysAsWellAsAGoodGuess() {
    // The rule here looks at nothing: it only shows that both extremes cost.
    double starving = meanReward(USUAL, 5, (t, e) -> 0);
    double gluttony = meanReward(USUAL, 5, (t, e) -> 9);
    double staying = meanReward(USUAL, 5, (t, e) -> ActionSpace.STAY);
    assertThat(staying).isGreaterThan(starving);
    assertThat(gluttony).isGreaterThan(starving);
  }

  @Test
  void theReturnOfAnEpisodeIsTheSumOfItsRewards() {
    int n = 8;
    KisimEnvironment environment = new KisimEnvironment(n, 3, SHORT);
    VectorStep step = environment.reset();
    Random random = new Random(3);
    int[] actions = new int[n];
    double[] sums = new double[n];
    int ended = 0;
    for (int t = 0; t < 200; t++) {
      for (int e = 0; e < n; e++) {
        actions[e] = randomAllowed(step, e, random);
      }
      step = environment.step(actions);
      for (int e = 0; e < n; e++) {
        sums[e] += step.rewards[e];
        assertThat(step.terminated[e]).isFalse();
        if (step.ended(e)) {
          double room = 1e-4 * (1 + Math.abs(sums[e]));
          assertThat(step.episodeReturns[e]).isCloseTo(sums[e], within(room));
          assertThat(step.episodeSloAttainment[e]).isBetween(0.0, 1.0);
          assertThat(step.episodeGpuHours[e]).isPositive();
          sums[e] = 0;
          ended++;
        }
      }
    }
    assertThat(ended).isGreaterThan(8 * 200 / 40 - 8);
  }

  @Test
  void environmentsDoNotEndInStep() {
    int n = 100;
    KisimEnvironment environment = new KisimEnvironment(n, 3, SHORT);
    environment.reset();
    int[] actions = new int[n];
    Arrays.fill(actions, ActionSpace.STAY);
    for (int t = 0; t < 120; t++) {
      VectorStep step = environment.step(actions);
      int together = 0;
      for (int e = 0; e < n; e++) {
        together += step.ended(e) ? 1 : 0;
      }
      assertThat(together).as("step %d", t).isLessThan(n / 4);
    }
  }

  @Test
  void theSameSeedAndActionsGiveTheSameBitsAndAnotherSeedOthers() {
    assertThat(trace(11, 6)).isEqualTo(trace(11, 6));
    assertThat(trace(11, 6)).isNotEqualTo(trace(12, 6));
  }

  @Test
  void anEnvironmentDoesNotDependOnHowManyStandBesideIt() {
    assertThat(trace(11, 3)).isEqualTo(Arrays.copyOf(trace(11, 6), 3));
  }

  @Test
  void theNumberOfThreadsChangesNoBit() throws Exception {
    List<Callable<int[]>> runs = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      long seed = 20 + i;
      runs.add(() -> trace(seed, 4));
    }
    List<int[]> alone = new ArrayList<>();
    for (Callable<int[]> run : runs) {
      alone.add(run.call());
    }
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<int[]>> together = pool.invokeAll(runs);
      for (int i = 0; i < runs.size(); i++) {
        assertThat(together.get(i).get()).as("seed %d", 20 + i).isEqualTo(alone.get(i));
      }
    } finally {
      pool.shutdownNow();
    }
  }

  /** Checksums of observations and rewards of 100 steps under actions that the step decides. */
  private static int[] trace(long seed, int n) {
    KisimEnvironment environment = new KisimEnvironment(n, seed, SHORT);
    VectorStep step = environment.reset();
    int[] actions = new int[n];
    int[] sums = new int[n];
    for (int t = 0; t < 100; t++) {
      for (int e = 0; e < n; e++) {
        actions[e] = allowed(step, e, Math.floorMod(t * 7 + e, ActionSpace.SIZE));
      }
      step = environment.step(actions);
      int size = environment.observationSize();
      for (int e = 0; e < n; e++) {
        sums[e] = 31 * sums[e] + Float.floatToIntBits(step.rewards[e]);
        for (int i = 0; i < size; i++) {
          sums[e] = 31 * sums[e] + Float.floatToIntBits(step.observations[e * size + i]);
        }
      }
    }
    return sums;
  }

  @Test
  void whereTelemetryIsAwayOnlyStayingIsOfferedAndThePolicyIsNotBlamed() {
    int n = 64;
    KisimEnvironment environment = new KisimEnvironment(n, 2, SHORT);
    VectorStep step = environment.reset();
    int[] actions = new int[n];
    Arrays.fill(actions, ActionSpace.STAY);
    int away = 0;
    for (int t = 0; t < 200; t++) {
      step = environment.step(actions);
      for (int e = 0; e < n; e++) {
        float offered = 0;
        for (int a = 0; a < ActionSpace.SIZE; a++) {
          offered += step.masks[e * ActionSpace.SIZE + a];
        }
        if (!step.policyDecides[e]) {
          away++;
          assertThat(offered).isEqualTo(1);
        }
        assertThat(step.masks[e * ActionSpace.SIZE + ActionSpace.STAY]).isEqualTo(1);
      }
      for (float feature : step.observations) {
        assertThat(feature).isFinite();
      }
    }
    assertThat(away).isGreaterThan(50);
  }

  @Test
  void aStepBeforeTheResetIsRefused() {
    KisimEnvironment environment = new KisimEnvironment(1, 1, SHORT);
    assertThatThrownBy(() -> environment.step(new int[1])).hasMessageContaining("reset()");
  }
}
