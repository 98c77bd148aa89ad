package io.kiss.learner.ppo;

import io.kiss.kisim.env.VectorEnvironment;
import io.kiss.kisim.env.VectorStep;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Two choices at once, among 4 and among 3: a step shows a wish for each, one-hot, and pays 1 only
 * when both are met, 0.1 when one is. Of each head one action other than the wish is masked.
 * Episodes are cut off after 10 steps. The best return is 10; choosing at random earns about 2.5.
 */
final class PairEnvironment implements VectorEnvironment {
  static final int[] HEADS = {4, 3};
  static final double BEST_RETURN = 10;
  private static final int EPISODE = 10;

  private final int size;
  private final long seed;
  private final VectorStep out;
  private final int[] wishes;
  private final double[] returns;
  private long steps;

  PairEnvironment(int size, long seed) {
    this.size = size;
    this.seed = seed;
    out = new VectorStep(size, 7, 7);
    wishes = new int[2 * size];
    returns = new double[size];
    Arrays.fill(out.policyDecides, true);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int observationSize() {
    return 7;
  }

  @Override
  public int actionCount() {
    return 7;
  }

  @Override
  public int[] actionHeads() {
    return HEADS;
  }

  @Override
  public VectorStep reset() {
    steps = 0;
    Arrays.fill(returns, 0);
    wish();
    return out;
  }

  /** What is wished for depends on the seed and the number of the step alone. */
  private void wish() {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + steps);
    Arrays.fill(out.observations, 0);
    Arrays.fill(out.masks, 1);
    for (int e = 0; e < size; e++) {
      int from = 7 * e;
      for (int h = 0; h < 2; h++) {
        int wish = random.nextInt(HEADS[h]);
        wishes[2 * e + h] = wish;
        out.observations[from + wish] = 1;
        out.masks[from + (wish + 1 + random.nextInt(HEADS[h] - 1)) % HEADS[h]] = 0;
        from += HEADS[h];
      }
    }
  }

  @Override
  public VectorStep step(int[] actions) {
    steps++;
    boolean ends = steps % EPISODE == 0;
    for (int e = 0; e < size; e++) {
      int met = 0;
      for (int h = 0; h < 2; h++) {
        met += actions[2 * e + h] == wishes[2 * e + h] ? 1 : 0;
      }
      double reward = met == 2 ? 1 : 0.1 * met;
      out.rewards[e] = (float) reward;
      returns[e] += reward;
      out.truncated[e] = ends;
      if (ends) {
        out.episodeReturns[e] = returns[e];
        returns[e] = 0;
      }
    }
    wish();
    System.arraycopy(out.observations, 0, out.terminalObservations, 0, out.observations.length);
    return out;
  }

  @Override
  public byte[] saveState() {
    ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES + Double.BYTES * size).putLong(steps);
    for (double sum : returns) {
      buffer.putDouble(sum);
    }
    return buffer.array();
  }

  @Override
  public VectorStep restoreState(byte[] state) {
    ByteBuffer buffer = ByteBuffer.wrap(state);
    steps = buffer.getLong();
    for (int e = 0; e < size; e++) {
      returns[e] = buffer.getDouble();
    }
    wish();
    return out;
  }
}
