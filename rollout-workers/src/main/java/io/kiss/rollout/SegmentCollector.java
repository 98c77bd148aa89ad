package io.kiss.rollout;

import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.env.VectorEnvironment;
import io.kiss.kisim.env.VectorStep;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Steps a vector of environments with a policy and keeps what the learner needs. Episodes go on
 * from one segment to the next. Nothing is allocated per step. Not for two threads at once.
 */
public final class SegmentCollector {
  private static final int MOST_ACTIONS = Integer.SIZE;

  private final VectorEnvironment environment;
  private final VectorStep current;
  private final int steps;
  private final SplittableRandom random;
  private final int features;
  private final int actionCount;
  private final float[] logits;
  private final double[] weights;
  private final int[] chosen;

  /** Where episodes ended in the segment being collected; grows to the most ever needed. */
  private float[] terminal = new float[0];

  private int terminalLength;
  private float logProbability;

  /**
   * Resets the environment.
   *
   * @param steps of each environment in a segment
   * @param seed of the actions drawn
   */
  public SegmentCollector(VectorEnvironment environment, int steps, long seed) {
    if (environment.actionCount() > MOST_ACTIONS) {
      throw new IllegalArgumentException(
          "a mask holds " + MOST_ACTIONS + " actions, not " + environment.actionCount());
    }
    this.environment = environment;
    this.steps = steps;
    random = new SplittableRandom(seed);
    features = environment.observationSize();
    actionCount = environment.actionCount();
    logits = new float[actionCount];
    weights = new double[actionCount];
    chosen = new int[environment.size()];
    current = environment.reset();
  }

  /** Collects one segment. */
  public TrajectorySegment collect(
      int worker, long incarnation, long sequence, Iteration iteration, PolicyNetwork network) {
    requireFit(network);
    int environments = environment.size();
    int rows = steps * environments;
    float[] observations = new float[rows * features];
    int[] masks = new int[rows];
    byte[] actions = new byte[rows];
    float[] logProbabilities = new float[rows];
    float[] rewards = new float[rows];
    byte[] flags = new byte[rows];
    EpisodeSummary episodes = EpisodeSummary.NONE;
    terminalLength = 0;
    for (int t = 0; t < steps; t++) {
      int from = t * environments;
      System.arraycopy(
          current.observations, 0, observations, from * features, environments * features);
      for (int e = 0; e < environments; e++) {
        int row = from + e;
        masks[row] = maskBits(e);
        chosen[e] = choose(e, network);
        actions[row] = (byte) chosen[e];
        logProbabilities[row] = logProbability;
        flags[row] = current.policyDecides[e] ? TrajectorySegment.POLICY_DECIDED : 0;
      }
      environment.step(chosen);
      System.arraycopy(current.rewards, 0, rewards, from, environments);
      for (int e = 0; e < environments; e++) {
        if (current.ended(e)) {
          flags[from + e] |= endFlags(e);
          keepTerminalObservation(e);
          episodes = episodes.plus(episodeOf(e));
        }
      }
    }
    return new TrajectorySegment(
        worker,
        incarnation,
        sequence,
        iteration,
        steps,
        environments,
        observations,
        masks,
        actions,
        logProbabilities,
        rewards,
        flags,
        Arrays.copyOf(terminal, terminalLength),
        Arrays.copyOf(current.observations, environments * features),
        episodes);
  }

  private void requireFit(PolicyNetwork network) {
    int[] layers = network.snapshot().layers();
    if (layers[0] != features || layers[layers.length - 1] != actionCount) {
      throw new IllegalArgumentException(
          "the policy's layers are "
              + Arrays.toString(layers)
              + ", but the environment shows "
              + features
              + " features and takes "
              + actionCount
              + " actions");
    }
  }

  private int maskBits(int e) {
    int bits = 0;
    for (int a = 0; a < actionCount; a++) {
      if (current.masks[e * actionCount + a] > 0) {
        bits |= 1 << a;
      }
    }
    return bits;
  }

  /**
   * Draws from the softmax over the allowed actions and leaves the action's log-probability in
   * {@link #logProbability}. Where somebody else decides, the action is ignored and not drawn.
   */
  private int choose(int e, PolicyNetwork network) {
    logProbability = 0;
    if (!current.policyDecides[e]) {
      return 0;
    }
    network.logits(current.observations, e * features, logits, 0);
    int mask = e * actionCount;
    float highest = Float.NEGATIVE_INFINITY;
    for (int a = 0; a < actionCount; a++) {
      if (current.masks[mask + a] > 0) {
        highest = Math.max(highest, logits[a]);
      }
    }
    double sum = 0;
    for (int a = 0; a < actionCount; a++) {
      weights[a] = current.masks[mask + a] > 0 ? Math.exp(logits[a] - highest) : 0;
      sum += weights[a];
    }
    int action = draw(random.nextDouble() * sum);
    logProbability = (float) (logits[action] - highest - Math.log(sum));
    return action;
  }

  private int draw(double level) {
    int action = -1;
    double cumulated = 0;
    for (int a = 0; a < actionCount; a++) {
      if (weights[a] > 0) {
        action = a;
        cumulated += weights[a];
        if (level < cumulated) {
          break;
        }
      }
    }
    if (action < 0) {
      throw new IllegalStateException("the environment allows no action, yet lets the policy act");
    }
    return action;
  }

  private byte endFlags(int e) {
    int flags = 0;
    if (current.terminated[e]) {
      flags |= TrajectorySegment.TERMINATED;
    }
    if (current.truncated[e]) {
      flags |= TrajectorySegment.TRUNCATED;
    }
    return (byte) flags;
  }

  private void keepTerminalObservation(int e) {
    if (terminalLength + features > terminal.length) {
      terminal = Arrays.copyOf(terminal, Math.max(2 * terminal.length, 16 * features));
    }
    System.arraycopy(
        current.terminalObservations, e * features, terminal, terminalLength, features);
    terminalLength += features;
  }

  private EpisodeSummary episodeOf(int e) {
    return new EpisodeSummary(
        1, current.episodeReturns[e], current.episodeSloAttainment[e], current.episodeGpuHours[e]);
  }
}
