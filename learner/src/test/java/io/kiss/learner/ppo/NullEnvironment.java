package io.kiss.learner.ppo;

import io.kiss.kisim.env.VectorEnvironment;
import io.kiss.kisim.env.VectorStep;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/**
 * Costs next to nothing, so that a benchmark measures the trainer: observations are drawn ahead, an
 * action pays 1 where it is the index of the largest of the first five features, and episodes are
 * cut off after 64 steps. The same as the null environment other trainers are measured on.
 */
final class NullEnvironment implements VectorEnvironment {
  static final int ACTIONS = 5;

  /** With 16 features, as the other trainers' null environment has. */
  static final NetworkShape SHAPE = new NetworkShape("null", 16, "null", ACTIONS);

  private static final int POOL = 4096;
  private static final int EPISODE = 64;

  private final int features;
  private final float[] pool;
  private final int[] best = new int[POOL];
  private final int[] at;
  private final VectorStep out;
  private final double[] returns;
  private int age;

  NullEnvironment(int size, int features) {
    this.features = features;
    pool = Segments.gaussian(new Random(0), POOL * features);
    for (int i = 0; i < POOL; i++) {
      for (int a = 1; a < ACTIONS; a++) {
        best[i] = pool[i * features + a] > pool[i * features + best[i]] ? a : best[i];
      }
    }
    at = new int[size];
    returns = new double[size];
    out = new VectorStep(size, features, ACTIONS);
    Arrays.fill(out.masks, 1);
    Arrays.fill(out.policyDecides, true);
  }

  @Override
  public int size() {
    return at.length;
  }

  @Override
  public int observationSize() {
    return features;
  }

  @Override
  public int actionCount() {
    return ACTIONS;
  }

  @Override
  public VectorStep reset() {
    age = 0;
    Arrays.setAll(at, e -> e * 977 % POOL);
    observe(out.observations);
    return out;
  }

  private void observe(float[] observations) {
    for (int e = 0; e < at.length; e++) {
      System.arraycopy(pool, at[e] * features, observations, e * features, features);
    }
  }

  @Override
  public VectorStep step(int[] actions) {
    age++;
    boolean ends = age % EPISODE == 0;
    for (int e = 0; e < at.length; e++) {
      out.rewards[e] = actions[e] == best[at[e]] ? 1 : 0;
      returns[e] += out.rewards[e];
      at[e] = (at[e] + 1) % POOL;
      out.truncated[e] = ends;
      if (ends) {
        out.episodeReturns[e] = returns[e];
        returns[e] = 0;
      }
    }
    observe(out.observations);
    if (ends) {
      System.arraycopy(out.observations, 0, out.terminalObservations, 0, out.observations.length);
    }
    return out;
  }

  @Override
  public byte[] saveState() {
    ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES + at.length * 12).putInt(age);
    for (int e = 0; e < at.length; e++) {
      buffer.putInt(at[e]).putDouble(returns[e]);
    }
    return buffer.array();
  }

  @Override
  public VectorStep restoreState(byte[] state) {
    ByteBuffer buffer = ByteBuffer.wrap(state);
    age = buffer.getInt();
    for (int e = 0; e < at.length; e++) {
      at[e] = buffer.getInt();
      returns[e] = buffer.getDouble();
    }
    observe(out.observations);
    return out;
  }
}
