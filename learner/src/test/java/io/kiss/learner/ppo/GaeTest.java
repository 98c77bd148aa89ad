package io.kiss.learner.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.actors.protocol.TrajectorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GaeTest {
  private static final NetworkShape SHAPE = new NetworkShape("o", 2, "a", 3);

  @Test
  void equalsItsDefinitionSummedStepByStep() {
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      TrajectorySegment segment =
          Segments.random(SHAPE, 1 + random.nextInt(30), 1 + random.nextInt(5), seed);
      int offset = random.nextInt(4);
      float[] values = Segments.gaussian(random, offset + segment.environmentSteps());
      float[] last = Segments.gaussian(random, segment.environments());
      float[] terminal = Segments.gaussian(random, Gae.endedSteps(segment));
      float[] traces = new float[values.length];
      for (int i = 0; i < traces.length; i++) {
        traces[i] = random.nextFloat();
      }
      float[] advantages = new float[values.length];
      Gae.advantages(segment, values, offset, last, 0, terminal, 0, 0.98, 0.95, traces, advantages);
      for (int t = 0; t < segment.steps(); t++) {
        for (int e = 0; e < segment.environments(); e++) {
          int row = offset + t * segment.environments() + e;
          assertThat((double) advantages[row])
              .as("seed %d, step %d, environment %d", seed, t, e)
              .isCloseTo(
                  byDefinition(segment, values, offset, last, terminal, traces, t, e),
                  within(1e-4));
        }
      }
    }
  }

  /** Σ_k (γλ)^k c_{t+1} … c_{t+k} δ_{t+k}, every δ looked up anew. */
  private static double byDefinition(
      TrajectorySegment segment,
      float[] values,
      int offset,
      float[] last,
      float[] terminal,
      float[] traces,
      int t,
      int e) {
    int envs = segment.environments();
    double sum = 0;
    double weight = 1;
    for (int k = t; k < segment.steps(); k++) {
      int row = k * envs + e;
      boolean terminated = (segment.flags()[row] & TrajectorySegment.TERMINATED) != 0;
      boolean truncated = (segment.flags()[row] & TrajectorySegment.TRUNCATED) != 0;
      double next;
      if (terminated) {
        next = 0;
      } else if (truncated) {
        int endedBefore = 0;
        for (int i = 0; i < row; i++) {
          endedBefore += segment.flags()[i] > TrajectorySegment.POLICY_DECIDED ? 1 : 0;
        }
        next = terminal[endedBefore];
      } else {
        next = k + 1 < segment.steps() ? values[offset + row + envs] : last[e];
      }
      double delta = segment.rewards()[row] + 0.98 * next - values[offset + row];
      weight *= k > t ? 0.98 * 0.95 * traces[offset + row] : 1;
      sum += weight * delta;
      if (terminated || truncated) {
        break;
      }
    }
    return sum;
  }
}
