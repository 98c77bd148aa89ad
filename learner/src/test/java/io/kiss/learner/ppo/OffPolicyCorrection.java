package io.kiss.learner.ppo;

import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.kisim.autoscale.PolicyNetwork;

/**
 * Corrects the advantages of a segment that older weights collected: what later steps add to an
 * earlier one's advantage is weighed by {@code min(1, π/μ)} of each action in between, as in V-trace
 * and Retrace. A step's own action needs no weight here, since PPO's ratio is taken over μ.
 *
 * <p>Estimation knows nothing of this. It gets other rewards: {@code r'_t = r_t + γλ (ρ_{t+1} - 1)
 * A_{t+1}}, for which plain GAE gives the corrected advantages.
 *
 * @see <a href="https://arxiv.org/abs/1802.01561">Espeholt et al., IMPALA</a>
 * @see <a href="https://arxiv.org/abs/1606.02647">Munos et al., Safe and Efficient Off-Policy
 *     Reinforcement Learning</a>
 */
final class OffPolicyCorrection {
  private static final int ENDED = TrajectorySegment.TERMINATED | TrajectorySegment.TRUNCATED;

  private final PpoState now;
  private final double gamma;
  private final double lambda;

  /**
   * Corrects towards what these weights would do.
   *
   * @param now one head alone
   */
  OffPolicyCorrection(PpoState now, double gamma, double lambda) {
    this.now = now;
    this.gamma = gamma;
    this.lambda = lambda;
  }

  /**
   * The same segment, corrected.
   *
   * @param traces whether it gets rewards that have GAE give corrected advantages
   * @param proximal whether PPO's ratio is to be taken over the present policy
   */
  TrajectorySegment correct(TrajectorySegment segment, boolean traces, boolean proximal) {
    if (now.observations.isEmpty()) {
      return segment;
    }
    float[] log = logProbabilities(segment);
    float[] rewards = segment.rewards().clone();
    if (traces) {
      double[] weights = new double[log.length];
      for (int row = 0; row < weights.length; row++) {
        weights[row] = Math.min(1, Math.exp(log[row] - segment.logProbabilities()[row]));
      }
      float[] values = values(segment.observations());
      float[] last = values(segment.lastObservations());
      float[] terminal = values(segment.terminalObservations());
      change(segment, weights, values, last, terminal, rewards);
    }
    return new TrajectorySegment(
        segment.worker(),
        segment.incarnation(),
        segment.sequence(),
        segment.iteration(),
        segment.steps(),
        segment.environments(),
        segment.observations(),
        segment.masks(),
        segment.actions(),
        proximal ? log : segment.logProbabilities(),
        rewards,
        segment.flags(),
        segment.terminalObservations(),
        segment.lastObservations(),
        segment.episodes());
  }

  private void change(
      TrajectorySegment segment,
      double[] weights,
      float[] values,
      float[] last,
      float[] terminal,
      float[] rewards) {
    int environments = segment.environments();
    double[] next = new double[environments];
    int ended = terminal.length;
    for (int t = segment.steps() - 1; t >= 0; t--) {
      for (int e = environments - 1; e >= 0; e--) {
        int row = t * environments + e;
        byte flags = segment.flags()[row];
        double future;
        if ((flags & ENDED) != 0) {
          ended--;
          future = (flags & TrajectorySegment.TERMINATED) != 0 ? 0 : gamma * terminal[ended];
        } else if (t == segment.steps() - 1) {
          future = gamma * last[e];
        } else {
          double carried = gamma * lambda * next[e];
          double weighed = carried * weights[row + environments];
          rewards[row] += (float) (weighed - carried);
          future = gamma * values[row + environments] + weighed;
        }
        next[e] = segment.rewards()[row] + future - values[row];
      }
    }
  }

  /** Of the present policy; those that are there where the policy did not decide. */
  private float[] logProbabilities(TrajectorySegment segment) {
    PolicyNetwork policy = new PolicyNetwork(now.snapshot());
    int actions = now.network.actions();
    int features = now.network.features();
    float[] log = segment.logProbabilities().clone();
    float[] logits = new float[actions];
    for (int row = 0; row < log.length; row++) {
      if ((segment.flags()[row] & TrajectorySegment.POLICY_DECIDED) != 0) {
        policy.logits(segment.observations(), row * features, logits, 0);
        double highest = Double.NEGATIVE_INFINITY;
        for (int a = 0; a < actions; a++) {
          if ((segment.masks()[row] & 1 << a) != 0) {
            highest = Math.max(highest, logits[a]);
          }
        }
        double sum = 0;
        for (int a = 0; a < actions; a++) {
          if ((segment.masks()[row] & 1 << a) != 0) {
            sum += Math.exp(logits[a] - highest);
          }
        }
        log[row] = (float) (logits[segment.actions()[row]] - highest - Math.log(sum));
      }
    }
    return log;
  }

  /** In units of the reward. */
  private float[] values(float[] observations) {
    float[] normalised = new float[observations.length];
    now.observations.normalise(observations, normalised, 0);
    float[] values = now.values(normalised);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * now.returns.deviation() + now.returns.mean());
    }
    return values;
  }
}
