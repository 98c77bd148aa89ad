package io.kiss.learner.ppo;

import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.env.VectorEnvironment;
import io.kiss.kisim.env.VectorStep;
import io.kiss.learner.PolicyOptimizer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Collect, update, again: training without actors. */
final class PlainTrainingLoop {
  private final PolicyOptimizer optimizer;
  private final VectorEnvironment environment;
  private final int steps;
  private final SplittableRandom random;
  private VectorStep now;
  private long environmentSteps;

  PlainTrainingLoop(
      PolicyOptimizer optimizer, VectorEnvironment environment, int steps, long seed) {
    this.optimizer = optimizer;
    this.environment = environment;
    this.steps = steps;
    random = new SplittableRandom(seed);
    now = environment.reset();
  }

  long environmentSteps() {
    return environmentSteps;
  }

  /**
   * One iteration.
   *
   * @return mean return of the episodes that ended in it; NaN where none did
   */
  double iterate() {
    TrajectorySegment segment = collect();
    optimizer.update(List.of(segment));
    return segment.episodes().returns() / segment.episodes().count();
  }

  TrajectorySegment collect() {
    PolicyNetwork network = new PolicyNetwork(optimizer.snapshot());
    int envs = environment.size();
    int features = environment.observationSize();
    int actions = environment.actionCount();
    int rows = steps * envs;
    float[] observations = new float[rows * features];
    int[] masks = new int[rows];
    byte[] taken = new byte[rows];
    float[] logProbabilities = new float[rows];
    float[] rewards = new float[rows];
    byte[] flags = new byte[rows];
    float[] terminal = new float[rows * features];
    int ended = 0;
    EpisodeSummary episodes = EpisodeSummary.NONE;
    float[] logits = new float[actions];
    float[] mask = new float[actions];
    int[] chosen = new int[envs];
    for (int t = 0; t < steps; t++) {
      System.arraycopy(now.observations, 0, observations, t * envs * features, envs * features);
      for (int e = 0; e < envs; e++) {
        int row = t * envs + e;
        System.arraycopy(now.masks, e * actions, mask, 0, actions);
        for (int a = 0; a < actions; a++) {
          masks[row] |= mask[a] > 0 ? 1 << a : 0;
        }
        network.logits(observations, row * features, logits, 0);
        PolicyNetwork.softmax(logits, mask);
        chosen[e] = sample(logits);
        taken[row] = (byte) chosen[e];
        logProbabilities[row] = (float) Math.log(logits[chosen[e]]);
        flags[row] = now.policyDecides[e] ? TrajectorySegment.POLICY_DECIDED : 0;
      }
      now = environment.step(chosen);
      for (int e = 0; e < envs; e++) {
        int row = t * envs + e;
        rewards[row] = now.rewards[e];
        flags[row] |= now.terminated[e] ? TrajectorySegment.TERMINATED : 0;
        flags[row] |= now.truncated[e] ? TrajectorySegment.TRUNCATED : 0;
        if (now.ended(e)) {
          System.arraycopy(
              now.terminalObservations, e * features, terminal, ended * features, features);
          ended++;
          episodes = episodes.plus(new EpisodeSummary(1, now.episodeReturns[e], 0, 0));
        }
      }
    }
    environmentSteps += rows;
    return new TrajectorySegment(
        0,
        0,
        0,
        new Iteration("plain", 0, 0),
        steps,
        envs,
        observations,
        masks,
        taken,
        logProbabilities,
        rewards,
        flags,
        Arrays.copyOf(terminal, ended * features),
        now.observations.clone(),
        episodes);
  }

  private int sample(float[] probabilities) {
    double u = random.nextDouble();
    int last = 0;
    for (int a = 0; a < probabilities.length; a++) {
      if (probabilities[a] > 0) {
        last = a;
        u -= probabilities[a];
        if (u < 0) {
          return a;
        }
      }
    }
    return last;
  }

  /** Plays every environment's argmax policy until this many episodes ended; their mean return. */
  static double evaluate(PolicyOptimizer optimizer, VectorEnvironment environment, int episodes) {
    PolicyNetwork network = new PolicyNetwork(optimizer.snapshot());
    int actions = environment.actionCount();
    float[] logits = new float[actions];
    float[] mask = new float[actions];
    int[] chosen = new int[environment.size()];
    VectorStep step = environment.reset();
    double sum = 0;
    int count = 0;
    while (count < episodes) {
      for (int e = 0; e < chosen.length; e++) {
        System.arraycopy(step.masks, e * actions, mask, 0, actions);
        network.logits(step.observations, e * environment.observationSize(), logits, 0);
        chosen[e] = PolicyNetwork.argmax(logits, mask);
      }
      step = environment.step(chosen);
      for (int e = 0; e < chosen.length; e++) {
        if (step.ended(e)) {
          sum += step.episodeReturns[e];
          count++;
        }
      }
    }
    return sum / count;
  }
}
