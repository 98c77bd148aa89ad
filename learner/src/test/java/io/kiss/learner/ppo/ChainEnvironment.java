package io.kiss.learner.ppo;

import io.kiss.kisim.env.VectorEnvironment;
import io.kiss.kisim.env.VectorStep;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A corridor of states 0..N-1, one-hot observed: left pays 0.1 and goes back to the start, right
 * goes one on, and from the last state pays 10 and ends the episode. A third action that would pay
 * 100 is always masked. Episodes are cut off after 4 N steps. The best policy always goes right: a
 * return of 10; always left earns 0.4 N.
 */
final class ChainEnvironment implements VectorEnvironment {
  static final int LENGTH = 6;
  static final double BEST_RETURN = 10;

  private final int[] states;
  private final int[] ages;
  private final double[] returns;
  private final VectorStep out;

  ChainEnvironment(int environments) {
    states = new int[environments];
    ages = new int[environments];
    returns = new double[environments];
    out = new VectorStep(environments, LENGTH, 3);
  }

  @Override
  public int size() {
    return states.length;
  }

  @Override
  public int observationSize() {
    return LENGTH;
  }

  @Override
  public int actionCount() {
    return 3;
  }

  @Override
  public VectorStep reset() {
    Arrays.fill(out.policyDecides, true);
    Arrays.fill(states, 0);
    Arrays.fill(ages, 0);
    Arrays.fill(returns, 0);
    observe(out.observations);
    for (int e = 0; e < states.length; e++) {
      out.masks[3 * e] = 1;
      out.masks[3 * e + 1] = 1;
    }
    return out;
  }

  private void observe(float[] observations) {
    Arrays.fill(observations, 0);
    for (int e = 0; e < states.length; e++) {
      observations[e * LENGTH + Math.min(states[e], LENGTH - 1)] = 1;
    }
  }

  @Override
  public VectorStep step(int[] actions) {
    for (int e = 0; e < states.length; e++) {
      double reward = actions[e] == 0 ? 0.1 : actions[e] == 2 ? 100 : 0;
      states[e] = actions[e] == 0 ? 0 : states[e] + 1;
      out.terminated[e] = states[e] == LENGTH;
      reward += out.terminated[e] ? 10 : 0;
      out.rewards[e] = (float) reward;
      returns[e] += reward;
      ages[e]++;
      out.truncated[e] = !out.terminated[e] && ages[e] == 4 * LENGTH;
    }
    observe(out.terminalObservations);
    for (int e = 0; e < states.length; e++) {
      if (out.ended(e)) {
        out.episodeReturns[e] = returns[e];
        returns[e] = 0;
        ages[e] = 0;
        states[e] = 0;
      }
    }
    observe(out.observations);
    return out;
  }

  @Override
  public byte[] saveState() {
    ByteBuffer buffer = ByteBuffer.allocate(states.length * (2 * Integer.BYTES + Double.BYTES));
    for (int e = 0; e < states.length; e++) {
      buffer.putInt(states[e]).putInt(ages[e]).putDouble(returns[e]);
    }
    return buffer.array();
  }

  @Override
  public VectorStep restoreState(byte[] state) {
    reset();
    ByteBuffer buffer = ByteBuffer.wrap(state);
    for (int e = 0; e < states.length; e++) {
      states[e] = buffer.getInt();
      ages[e] = buffer.getInt();
      returns[e] = buffer.getDouble();
    }
    observe(out.observations);
    return out;
  }
}
