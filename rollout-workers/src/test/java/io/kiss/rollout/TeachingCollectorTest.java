package io.kiss.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TeachingCollectorTest {
  private static final int ENVIRONMENTS = 4;
  private static final int STEPS = 11;
  private static final int ACTIONS = ScriptedEnvironment.ACTIONS;

  private final List<PolicySnapshot> teachers =
      List.of(TestPolicies.random(3), TestPolicies.random(4));

  private TeachingCollector collector(ScriptedEnvironment environment, long seed) {
    return new TeachingCollector(
        environment, STEPS, seed, teachers.stream().map(PolicyNetwork::new).toList());
  }

  /** A policy that always takes one action where it may. */
  private static PolicyNetwork always(int action) {
    float[] weights = new float[ACTIONS * (ScriptedEnvironment.FEATURES + 1)];
    weights[ACTIONS * ScriptedEnvironment.FEATURES + action] = 1000;
    int[] layers = {ScriptedEnvironment.FEATURES, ACTIONS};
    return new PolicyNetwork(
        new PolicySnapshot(
            "test",
            "test",
            layers,
            weights,
            TestPolicies.MEAN,
            TestPolicies.DEVIATION,
            TestPolicies.MEAN,
            TestPolicies.MEAN));
  }

  /** In double, straight from the definition: the softmax of the mean of the teachers' logits. */
  private double[] together(int e, int n) {
    double[] x = {
      (100.0 * e + n - TestPolicies.MEAN[0]) / TestPolicies.DEVIATION[0],
      (-n - TestPolicies.MEAN[1]) / TestPolicies.DEVIATION[1]
    };
    double[] p = new double[ACTIONS];
    for (int a = 0; a < ACTIONS; a++) {
      double logit = 0;
      for (PolicySnapshot teacher : teachers) {
        float[] w = teacher.weights();
        logit += (w[2 * a] * x[0] + w[2 * a + 1] * x[1] + w[2 * ACTIONS + a]) / teachers.size();
      }
      p[a] = ScriptedEnvironment.allowed(e, n, a) ? Math.exp(logit) : 0;
    }
    double sum = Arrays.stream(p).sum();
    return Arrays.stream(p).map(each -> each / sum).toArray();
  }

  @Test
  void aLessonIsWhatTheTeachersWouldDoTogetherWhereAPolicyDecides() {
    Lessons lessons = collector(new ScriptedEnvironment(ENVIRONMENTS), 1).collect(Optional.empty());
    int row = 0;
    for (int n = 0; n < STEPS; n++) {
      for (int e = 0; e < ENVIRONMENTS && ScriptedEnvironment.policyDecides(n); e++, row++) {
        assertThat(lessons.observations()[2 * row]).isEqualTo(100 * e + n);
        assertThat(lessons.observations()[2 * row + 1]).isEqualTo(-n);
        double[] expected = together(e, n);
        for (int a = 0; a < ACTIONS; a++) {
          assertThat(lessons.masks()[ACTIONS * row + a] > 0)
              .isEqualTo(ScriptedEnvironment.allowed(e, n, a));
          assertThat((double) lessons.probabilities()[ACTIONS * row + a])
              .isCloseTo(expected[a], within(1e-5));
        }
      }
    }
    assertThat(lessons.rows()).isEqualTo(row);
  }

  @Test
  void halfOfTheEnvironmentsFollowTheStudentOnceThereIsOne() {
    int asked = 0;
    for (int seed = 0; seed < 20; seed++) {
      int[] nobody = lastActions(seed, Optional.empty());
      int[] one = lastActions(seed, Optional.of(always(1)));
      int[] other = lastActions(seed, Optional.of(always(3)));
      for (int e = 0; e < ENVIRONMENTS; e += 2) {
        assertThat(one[e]).isEqualTo(nobody[e]);
        assertThat(other[e]).isEqualTo(nobody[e]);
        assertThat(one[e + 1]).isEqualTo(1);
        assertThat(other[e + 1]).isEqualTo(3);
        asked += nobody[e + 1] == 1 ? 0 : 1;
      }
    }
    assertThat(asked).as("the teachers do otherwise").isPositive();
  }

  /** Of a second batch: where n is 21, everybody is asked. */
  private int[] lastActions(int seed, Optional<PolicyNetwork> student) {
    ScriptedEnvironment environment = new ScriptedEnvironment(ENVIRONMENTS);
    TeachingCollector collector = collector(environment, seed);
    collector.collect(student);
    collector.collect(student);
    return environment.told;
  }

  @Test
  void actionsAreDrawnFromTheTeachersDistribution() {
    int draws = 20_000;
    int[] counts = new int[ACTIONS];
    for (int i = 0; i < draws; i++) {
      ScriptedEnvironment environment = new ScriptedEnvironment(2);
      TeachingCollector collector =
          new TeachingCollector(
              environment, 2, i, teachers.stream().map(PolicyNetwork::new).toList());
      collector.collect(Optional.empty());
      counts[environment.told[1]]++;
    }
    double[] expected = together(1, 1);
    for (int a = 0; a < ACTIONS; a++) {
      // Five standard deviations of a binomial share.
      assertThat(counts[a] / (double) draws)
          .as("action %d with seeds 0..%d", a, draws)
          .isCloseTo(expected[a], within(5 * Math.sqrt(expected[a] * (1 - expected[a]) / draws)));
    }
  }

  @Test
  void severalHeadsAreRefused() {
    assertThatThrownBy(() -> collector(new ScriptedEnvironment(2, 2, 2), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one action at a time");
  }
}
