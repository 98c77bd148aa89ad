package io.kiss.learner.ppo;

import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.TrajectorySegment;
import java.util.Random;

/** Makes up segments. */
final class Segments {
  private Segments() {}

  /** Random in every respect; about one step in ten ends an episode, one in five is not decided. */
  static TrajectorySegment random(NetworkShape shape, int steps, int environments, long seed) {
    Random random = new Random(seed);
    int rows = steps * environments;
    int heads = shape.heads().size();
    int[] masks = new int[rows];
    byte[] taken = new byte[rows * heads];
    float[] logProbabilities = new float[rows];
    byte[] flags = new byte[rows];
    int ended = 0;
    for (int i = 0; i < rows; i++) {
      int from = 0;
      for (int h = 0; h < heads; h++) {
        int actions = shape.heads().get(h);
        int action = random.nextInt(actions);
        int mask = random.nextInt(1 << actions) | 1 << action;
        taken[i * heads + h] = (byte) action;
        masks[i] |= mask << from;
        logProbabilities[i] -= (float) Math.log(Integer.bitCount(mask));
        from += actions;
      }
      flags[i] = random.nextInt(5) > 0 ? TrajectorySegment.POLICY_DECIDED : 0;
      if (random.nextInt(10) == 0) {
        ended++;
        flags[i] |=
            random.nextBoolean() ? TrajectorySegment.TERMINATED : TrajectorySegment.TRUNCATED;
      }
    }
    int features = shape.observationSize();
    return new TrajectorySegment(
        0,
        1,
        0,
        new Iteration("test", 1, 0),
        steps,
        environments,
        gaussian(random, rows * features),
        masks,
        taken,
        logProbabilities,
        gaussian(random, rows),
        flags,
        gaussian(random, ended * features),
        gaussian(random, environments * features),
        EpisodeSummary.NONE);
  }

  static TrajectorySegment withRewards(TrajectorySegment s, float[] rewards) {
    return with(s, s.logProbabilities(), rewards);
  }

  static TrajectorySegment withLogProbabilities(TrajectorySegment s, float[] logProbabilities) {
    return with(s, logProbabilities, s.rewards());
  }

  private static TrajectorySegment with(
      TrajectorySegment s, float[] logProbabilities, float[] rewards) {
    return new TrajectorySegment(
        s.worker(),
        s.incarnation(),
        s.sequence(),
        s.iteration(),
        s.steps(),
        s.environments(),
        s.observations(),
        s.masks(),
        s.actions(),
        logProbabilities,
        rewards,
        s.flags(),
        s.terminalObservations(),
        s.lastObservations(),
        s.episodes());
  }

  static float[] gaussian(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
