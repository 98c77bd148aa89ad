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
