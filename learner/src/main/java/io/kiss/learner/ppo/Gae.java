package io.kiss.learner.ppo;

import io.kiss.actors.protocol.TrajectorySegment;

/**
 * Generalised advantage estimation: {@code A_t = Σ_k (γλ)^k δ_{t+k}} up to the end of the episode
 * or segment, with {@code δ_t = r_t + γ V(s_{t+1}) - V(s_t)}.
 *
 * <p>Where an episode terminated, the next state is worth nothing; where it was truncated, what the
 * observation it ended on is worth; at the end of the segment, what the last observation is worth.
 *
 * <p>Where another policy acted than the one that is improved, what a later step adds is weighed by
 * {@code min(1, π/μ)} of every action in between: {@code A_t = δ_t + γλ c_{t+1} A_{t+1}}. A step's
 * own action needs no weight, since its advantage is that of having taken it.
 *
 * @see <a href="https://arxiv.org/abs/1506.02438">Schulman et al., High-Dimensional Continuous
 *     Control Using Generalized Advantage Estimation</a>
 * @see <a href="https://arxiv.org/abs/1606.02647">Munos et al., Safe and Efficient Off-Policy
 *     Reinforcement Learning</a>
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
   * @param traces weights c of the steps, from {@code offset} on {@code [steps × envs]}
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
      float[] traces,
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
          future =
              t == segment.steps() - 1
                  ? gamma * lastValues[lastOffset + e]
                  : gamma * values[offset + row + environments]
                      + gamma * lambda * traces[offset + row + environments] * next[e];
        }
        next[e] = segment.rewards()[row] + future - values[offset + row];
        advantages[offset + row] = (float) next[e];
      }
    }
  }
}
