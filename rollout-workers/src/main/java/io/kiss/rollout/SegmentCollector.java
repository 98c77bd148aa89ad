package io.kiss.rollout;

import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.env.VectorEnvironment;
import io.kiss.kisim.env.VectorStep;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Steps a vector of environments with a policy and keeps what the learner needs. Episodes go on
 * from one segment to the next. Nothing is allocated per step. Not for two threads at once.
 */
public final class SegmentCollector {
  private static final int MOST_ACTIONS = Integer.SIZE;
  private static final int STATE_VERSION = 1;

  private final VectorEnvironment environment;
  private final int steps;
  private final long seed;
  private final int features;
  private final int actionCount;
  private final int[] heads;
  private final float[] logits;
  private final ActionSampler sampler;
  private final int[] chosen;
  private VectorStep current;

  /** Segments collected so far; with the seed it decides what is drawn in the next. */
  private long collected;

  /** Where episodes ended in the segment being collected; grows to the most ever needed. */
  private float[] terminal = new float[0];

  private int terminalLength;

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
    this.seed = seed;
    features = environment.observationSize();
    actionCount = environment.actionCount();
    heads = environment.actionHeads();
    logits = new float[environment.size() * actionCount];
    sampler = new ActionSampler(heads);
    chosen = new int[environment.size() * heads.length];
    current = environment.reset();
  }

  /**
   * Everything that decides what the next segments bring, for {@link #restoreState} of a collector
   * made alike.
   */
  public byte[] saveState() {
    byte[] inner = environment.saveState();
    return ByteBuffer.allocate(Integer.BYTES + 2 * Long.BYTES + inner.length)
        .putInt(STATE_VERSION)
        .putLong(seed)
        .putLong(collected)
        .put(inner)
        .array();
  }

  /**
   * Takes up what {@link #saveState} kept: the segments from here on are the same, bit for bit.
   *
   * @throws IllegalArgumentException if it was kept by a collector made otherwise
   */
  public void restoreState(byte[] state) {
    ByteBuffer buffer = ByteBuffer.wrap(state);
    if (state.length < Integer.BYTES + 2 * Long.BYTES
        || buffer.getInt() != STATE_VERSION
        || buffer.getLong() != seed) {
      throw new IllegalArgumentException("the rollout state is not of a worker with this seed");
    }
    long count = buffer.getLong();
    byte[] inner = new byte[buffer.remaining()];
    buffer.get(inner);
    current = environment.restoreState(inner);
    collected = count;
  }

  /** Collects one segment. */
  public TrajectorySegment collect(
      int worker, long incarnation, long sequence, Iteration iteration, PolicyNetwork network) {
    requireFit(network);
    int environments = environment.size();
    int rows = steps * environments;
    float[] observations = new float[rows * features];
    int[] masks = new int[rows];
    byte[] actions = new byte[rows * heads.length];
    float[] logProbabilities = new float[rows];
    float[] rewards = new float[rows];
    byte[] flags = new byte[rows];
    EpisodeSummary episodes = EpisodeSummary.NONE;
    terminalLength = 0;
    // A generator a segment: between two segments its state is but their number.
    SplittableRandom random =
        new SplittableRandom(RolloutSettings.mix(RolloutSettings.mix(seed) + collected++));
    for (int t = 0; t < steps; t++) {
      int from = t * environments;
      System.arraycopy(
          current.observations, 0, observations, from * features, environments * features);
      network.logits(observations, from * features, environments, logits, 0);
      for (int e = 0; e < environments; e++) {
        masks[from + e] = maskBits(e);
        logProbabilities[from + e] = choose(e, random);
        flags[from + e] = current.policyDecides[e] ? TrajectorySegment.POLICY_DECIDED : 0;
      }
      for (int i = 0; i < chosen.length; i++) {
        actions[from * heads.length + i] = (byte) chosen[i];
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
    if (layers[0] != features || !Arrays.equals(network.snapshot().heads(), heads)) {
      throw new IllegalArgumentException(
          "the policy's layers are "
              + Arrays.toString(layers)
              + " with heads "
              + Arrays.toString(network.snapshot().heads())
              + ", but the environment shows "
              + features
              + " features and takes actions of heads "
              + Arrays.toString(heads));
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
   * Draws every head's action and returns the log-probability of them together. Where somebody else
   * decides, the actions are ignored and not drawn.
   */
  private float choose(int e, SplittableRandom random) {
    int at = e * actionCount;
    return current.policyDecides[e]
        ? sampler.sample(logits, at, current.masks, at, random, chosen, e * heads.length)
        : sampler.none(chosen, e * heads.length);
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
