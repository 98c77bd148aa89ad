package io.kiss.learner.ppo;

import io.kiss.actors.protocol.TrajectorySegment;

/**
 * Generalised advantage estimation: {@code A_t = Σ_k (γλ)^k δ_{t+k}} up to the end of the episode
 * or segment, with {@code δ_t = r_t + γ V(s_{t+1}) - V(s_t)}.
 *
 * <p>Where an episode terminated, the next state is worth nothing; where it was truncated, what the
 * observation it ended on is worth; at the end of the segment, what the last observation is worth.
 *
 * @see <a href="https://arxiv.org/abs/1506.02438">Schulman et al., High-Dimensional Continuous
 *     Control Using Generalized Advantage Estimation</a>
 */
final class Gae {
  private static final int ENDED = TrajectorySegment.TERMINATED | TrajectorySegment.TRUNCATED;

  private Gae() {}

  /** Number of steps of a segment on which an episode ended. */
  static int endedSteps(TrajectorySegment segment) {
    int ended = 0;
    for (byte flags : segment.flags()) {
      if ((flags & ENDED) != 0) {
        ended++;
      }
    }
    return ended;
  }

  /**
   * Computes the advantages of one segment.
   *
   * @param values of the observations, from {@code offset} on {@code [steps × envs]}
   * @param lastValues of the segment's last observations, from {@code lastOffset} on {@code [envs]}
   * @param terminalValues of its terminal observations, from {@code terminalOffset} on {@code
   *     [ended]}
   * @param advantages receives the advantages, from {@code offset} on {@code [steps × envs]}
   */
  static void advantages(
      TrajectorySegment segment,
      float[] values,
      int offset,
      float[] lastValues,
      int lastOffset,
      float[] terminalValues,
      int terminalOffset,
      double gamma,
      double lambda,
      float[] advantages) {
    int environments = segment.environments();
    double[] next = new double[environments];
    int terminal = terminalOffset + endedSteps(segment);
    for (int t = segment.steps() - 1; t >= 0; t--) {
      for (int e = environments - 1; e >= 0; e--) {
        int row = t * environments + e;
        byte flags = segment.flags()[row];
        double future;
        if ((flags & ENDED) != 0) {
          terminal--;
          boolean terminated = (flags & TrajectorySegment.TERMINATED) != 0;
          future = terminated ? 0 : gamma * terminalValues[terminal];
        } else {
          boolean last = t == segment.steps() - 1;
          double value = last ? lastValues[lastOffset + e] : values[offset + row + environments];
          future = gamma * value + gamma * lambda * next[e];
        }
        next[e] = segment.rewards()[row] + future - values[offset + row];
        advantages[offset + row] = (float) next[e];
      }
    }
  }
}
