package io.kiss.learner.ppo;

import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.env.VectorEnvironment;
import io.kiss.kisim.env.VectorStep;
import io.kiss.learner.SingleWorkerTraining;
import io.kiss.rollout.SegmentCollector;

/** Rollouts by the collector that workers use, and the evaluation of a policy. */
final class Rollouts {
  private Rollouts() {}

  /** Segments of this length from an environment. */
  static SingleWorkerTraining.Rollout of(VectorEnvironment environment, int steps, long seed) {
    SegmentCollector collector = new SegmentCollector(environment, steps, seed);
    return new SingleWorkerTraining.Rollout() {
      @Override
      public TrajectorySegment collect(Iteration iteration, PolicyNetwork policy) {
        return collector.collect(0, 0, iteration.number(), iteration, policy);
      }

      @Override
      public byte[] saveState() {
        return collector.saveState();
      }

      @Override
      public void restoreState(byte[] state) {
        collector.restoreState(state);
      }
    };
  }

  /** Plays every environment's argmax policy until this many episodes ended; their mean return. */
  static double evaluate(PolicySnapshot policy, VectorEnvironment environment, int episodes) {
    PolicyNetwork network = new PolicyNetwork(policy);
    int actions = environment.actionCount();
    int[] heads = environment.actionHeads();
    float[] logits = new float[actions];
    float[] mask = new float[actions];
    int[] chosen = new int[environment.size() * heads.length];
    VectorStep step = environment.reset();
    double sum = 0;
    int count = 0;
    while (count < episodes) {
      for (int e = 0; e < environment.size(); e++) {
        System.arraycopy(step.masks, e * actions, mask, 0, actions);
        network.logits(step.observations, e * environment.observationSize(), logits, 0);
        int from = 0;
        for (int h = 0; h < heads.length; h++) {
          chosen[e * heads.length + h] = PolicyNetwork.argmax(logits, mask, from, from + heads[h]);
          from += heads[h];
        }
      }
      step = environment.step(chosen);
      for (int e = 0; e < environment.size(); e++) {
        if (step.ended(e)) {
          sum += step.episodeReturns[e];
          count++;
        }
      }
    }
    return sum / count;
  }
}
