package io.kiss.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SegmentCollectorTest {
  private static final int ENVIRONMENTS = 3;
  private static final int STEPS = 14;
  private static final Iteration ITERATION = new Iteration("run", 1, 0);

  private final PolicySnapshot policy = TestPolicies.random(3);
  private final PolicyNetwork network = new PolicyNetwork(policy);

  private SegmentCollector collector(int environments, int steps, long seed) {
    return new SegmentCollector(new ScriptedEnvironment(environments), steps, seed);
  }

  /** The policy's log-probabilities in double, straight from the definition. */
  private double[] logSoftmax(int e, int n) {
    double[] x = {
      (100.0 * e + n - TestPolicies.MEAN[0]) / TestPolicies.DEVIATION[0],
      (-n - TestPolicies.MEAN[1]) / TestPolicies.DEVIATION[1]
    };
    float[] w = policy.weights();
    int actions = ScriptedEnvironment.ACTIONS;
    double[] logits = new double[actions];
    double sum = 0;
    for (int a = 0; a < actions; a++) {
      logits[a] = w[2 * a] * x[0] + w[2 * a + 1] * x[1] + w[2 * actions + a];
      sum += ScriptedEnvironment.allowed(e, n, a) ? Math.exp(logits[a]) : 0;
    }
    for (int a = 0; a < actions; a++) {
      logits[a] -= Math.log(sum);
    }
    return logits;
  }

  @Test
  void logProbabilitiesAreThoseOfAnIndependentMaskedSoftmax() {
    TrajectorySegment segment =
        collector(ENVIRONMENTS, STEPS, 1).collect(0, 1, 0, ITERATION, network);
    for (int n = 0; n < STEPS; n++) {
      for (int e = 0; e < ENVIRONMENTS; e++) {
        int row = n * ENVIRONMENTS + e;
        int action = segment.actions()[row];
        if (ScriptedEnvironment.policyDecides(n)) {
          assertThat(ScriptedEnvironment.allowed(e, n, action)).isTrue();
          assertThat((double) segment.logProbabilities()[row])
              .isCloseTo(logSoftmax(e, n)[action], within(2e-5));
        }
      }
    }
  }

  @Test
  void actionsAreDrawnAsOftenAsTheirProbabilitySays() {
    int segments = 20_000;
    // Step 1 of environment 1: all four actions are allowed.
    double[] expected = logSoftmax(1, 1);
    int[] counts = new int[ScriptedEnvironment.ACTIONS];
    for (int i = 0; i < segments; i++) {
      TrajectorySegment segment = collector(2, 2, i).collect(0, 1, 0, ITERATION, network);
      counts[segment.actions()[3]]++;
    }
    for (int a = 0; a < counts.length; a++) {
      double p = Math.exp(expected[a]);
      // Five standard deviations of a binomial share.
      assertThat(counts[a] / (double) segments)
          .as("action %d with seeds 0..%d", a, segments)
          .isCloseTo(p, within(5 * Math.sqrt(p * (1 - p) / segments) + 1e-9));
    }
  }

  @Test
  void rowsFlagsAndTerminalObservationsAreWhereTheScriptPutsThem() {
    SegmentCollector collector = collector(ENVIRONMENTS, STEPS, 1);
    for (int sequence = 0; sequence < 2; sequence++) {
      TrajectorySegment segment = collector.collect(5, 9, sequence, ITERATION, network);
      assertThat(segment.worker()).isEqualTo(5);
      assertThat(segment.incarnation()).isEqualTo(9);
      assertThat(segment.sequence()).isEqualTo(sequence);
      List<Float> terminal = new ArrayList<>();
      int ended = 0;
      for (int t = 0; t < STEPS; t++) {
        int n = sequence * STEPS + t;
        for (int e = 0; e < ENVIRONMENTS; e++) {
          int row = t * ENVIRONMENTS + e;
          assertThat(segment.observations()[2 * row]).isEqualTo(100 * e + n);
          assertThat(segment.observations()[2 * row + 1]).isEqualTo(-n);
          assertThat(segment.masks()[row]).isEqualTo((n + e) % 2 == 0 ? 0b1111 : 0b1110);
          assertThat(segment.rewards()[row]).isEqualTo(ScriptedEnvironment.reward(e, n + 1));
          int flags = ScriptedEnvironment.policyDecides(n) ? 1 : 0;
          if (ScriptedEnvironment.ends(e, n + 1)) {
            flags += e % 2 == 0 ? 4 : 2;
            terminal.add(1000f + 100 * e + n + 1);
            terminal.add(n + 1f);
            ended++;
          }
          assertThat(segment.flags()[row]).as("row %d", row).isEqualTo((byte) flags);
        }
      }
      assertThat(segment.terminalObservations())
          .hasSize(2 * ended)
          .containsExactly(floats(terminal));
      int last = (sequence + 1) * STEPS;
      assertThat(segment.lastObservations())
          .containsExactly(last, -last, 100 + last, -last, 200 + last, -last);
      assertThat(segment.episodes())
          .isEqualTo(new EpisodeSummary(ended, 10.0 * ended, 0.5 * ended, 2.0 * ended));
    }
  }

  @Test
  void theSameSeedCollectsTheSameAndAnotherSomethingElse() {
    TrajectorySegment a = collector(8, 64, 11).collect(0, 1, 0, ITERATION, network);
    TrajectorySegment b = collector(8, 64, 11).collect(0, 1, 0, ITERATION, network);
    TrajectorySegment c = collector(8, 64, 12).collect(0, 1, 0, ITERATION, network);
    assertThat(a).usingRecursiveComparison().isEqualTo(b);
    assertThat(a.actions()).isNotEqualTo(c.actions());
  }

  @Test
  void restoredItGoesOnAsIfItHadNeverStopped() {
    SegmentCollector whole = collector(3, 14, 5);
    whole.collect(0, 1, 0, ITERATION, network);
    byte[] state = whole.saveState();
    TrajectorySegment expected = whole.collect(0, 1, 1, ITERATION, network);
    SegmentCollector restored = collector(3, 14, 5);
    restored.restoreState(state);
    assertThat(restored.collect(0, 1, 1, ITERATION, network))
        .usingRecursiveComparison()
        .isEqualTo(expected);
    assertThatThrownBy(() -> collector(3, 14, 6).restoreState(state))
        .hasMessageContaining("with this seed");
    assertThatThrownBy(() -> restored.restoreState(new byte[3]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void severalHeadsAreDrawnEachByItselfAndTheirLogProbabilitiesAddUp() {
    ScriptedEnvironment environment = new ScriptedEnvironment(ENVIRONMENTS, 3, 1);
    PolicyNetwork twoHeads = new PolicyNetwork(TestPolicies.withHeads(policy, 3, 1));
    SegmentCollector collector = new SegmentCollector(environment, STEPS, 4);
    TrajectorySegment segment = collector.collect(0, 1, 0, ITERATION, twoHeads);
    assertThat(segment.actions()).hasSize(2 * ENVIRONMENTS * STEPS);
    int last = STEPS - 1;
    for (int n = 0; n < STEPS; n++) {
      for (int e = 0; e < ENVIRONMENTS; e++) {
        int row = n * ENVIRONMENTS + e;
        int first = segment.actions()[2 * row];
        assertThat(segment.actions()[2 * row + 1]).as("one action in that head").isZero();
        if (ScriptedEnvironment.policyDecides(n)) {
          // The second head's only action is certain; the first's three share what is left.
          double[] all = logSoftmax(e, n);
          double others = 1 - Math.exp(all[3]);
          assertThat((double) segment.logProbabilities()[row])
              .isCloseTo(all[first] - Math.log(others), within(5e-4));
        }
        if (n == last) {
          assertThat(environment.told[2 * e]).isEqualTo(first);
        }
      }
    }
    assertThatThrownBy(() -> collector.collect(0, 1, 1, ITERATION, network))
        .hasMessageContaining("heads [3, 1]");
  }

  @Test
  void eachHeadsActionsAreDrawnAsOftenAsItsProbabilitySays() {
    int draws = 20_000;
    ActionSampler sampler = new ActionSampler(new int[] {2, 3});
    float[] logits = {9, 0, (float) Math.log(3), 1, 1, 5};
    float[] masks = {1, 1, 1, 1, 0};
    int[] chosen = new int[3];
    int[][] counts = new int[2][3];
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < draws; i++) {
      float logProbability = sampler.sample(logits, 1, masks, 0, random, chosen, 1);
      double p = (chosen[1] == 0 ? 0.25 : 0.75) * 0.5;
      assertThat((double) logProbability).isCloseTo(Math.log(p), within(1e-6));
      counts[0][chosen[1]]++;
      counts[1][chosen[2]]++;
    }
    // Five standard deviations of a binomial share, seed 7.
    assertThat(counts[0][1] / (double) draws)
        .isCloseTo(0.75, within(5 * Math.sqrt(0.75 * 0.25 / draws)));
    assertThat(counts[1][0] / (double) draws).isCloseTo(0.5, within(5 * 0.5 / Math.sqrt(draws)));
    assertThat(counts[1][2]).as("masked").isZero();
  }

  @Test
  void aPolicyForAnotherEnvironmentIsRefused() {
    float[] one = {1};
    PolicySnapshot other =
        new PolicySnapshot("t", "t", new int[] {1, 4}, new float[8], one, one, one, one);
    SegmentCollector collector = collector(1, 1, 1);
    assertThatThrownBy(() -> collector.collect(0, 1, 0, ITERATION, new PolicyNetwork(other)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 features");
  }

  private static float[] floats(List<Float> list) {
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(i);
    }
    return values;
  }
}
