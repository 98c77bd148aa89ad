package io.kiss.learner.ppo;

import io.kiss.kisim.env.VectorEnvironment;
import io.kiss.kisim.env.VectorStep;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.commons.rng.RestorableUniformRandomProvider;
import org.apache.commons.rng.core.RandomProviderDefaultState;
import org.apache.commons.rng.simple.RandomSource;

/**
 * CartPole-v1: Barto, Sutton and Anderson's pole with Gymnasium's constants, Euler steps of 0.02 s,
 * reward 1 a step, lost beyond 2.4 or 12 degrees, cut off after 500 steps.
 */
final class CartPoleEnvironment implements VectorEnvironment {
  private static final double POLE_MASS = 0.1;
  private static final double TOTAL_MASS = 1.1;
  private static final double HALF_LENGTH = 0.5;
  private static final double FORCE = 10;
  private static final double TAU = 0.02;
  private static final double ANGLE_LIMIT = 12 * 2 * Math.PI / 360;

  private final double[][] states;
  private final int[] ages;
  private final RestorableUniformRandomProvider random;
  private final VectorStep out;

  CartPoleEnvironment(int environments, long seed) {
    states = new double[environments][4];
    ages = new int[environments];
    random = RandomSource.SPLIT_MIX_64.create(seed);
    out = new VectorStep(environments, 4, 2);
    Arrays.fill(out.masks, 1);
    Arrays.fill(out.policyDecides, true);
  }

  @Override
  public int size() {
    return states.length;
  }

  @Override
  public int observationSize() {
    return 4;
  }

  @Override
  public int actionCount() {
    return 2;
  }

  @Override
  public VectorStep reset() {
    for (int e = 0; e < states.length; e++) {
      start(e);
      write(e, out.observations);
    }
    return out;
  }

  private void start(int e) {
    ages[e] = 0;
    for (int i = 0; i < 4; i++) {
      states[e][i] = random.nextDouble() * 0.1 - 0.05;
    }
  }

  private void write(int e, float[] observations) {
    for (int i = 0; i < 4; i++) {
      observations[4 * e + i] = (float) states[e][i];
    }
  }

  @Override
  public VectorStep step(int[] actions) {
    for (int e = 0; e < states.length; e++) {
      move(states[e], actions[e] == 1 ? FORCE : -FORCE);
      ages[e]++;
      out.rewards[e] = 1;
      out.terminated[e] = Math.abs(states[e][0]) > 2.4 || Math.abs(states[e][2]) > ANGLE_LIMIT;
      out.truncated[e] = !out.terminated[e] && ages[e] == 500;
      if (out.ended(e)) {
        write(e, out.terminalObservations);
        out.episodeReturns[e] = ages[e];
        start(e);
      }
      write(e, out.observations);
    }
    return out;
  }

  private static void move(double[] s, double force) {
    double cos = Math.cos(s[2]);
    double sin = Math.sin(s[2]);
    double push = (force + POLE_MASS * HALF_LENGTH * s[3] * s[3] * sin) / TOTAL_MASS;
    double angular =
        (9.8 * sin - cos * push) / (HALF_LENGTH * (4.0 / 3 - POLE_MASS * cos * cos / TOTAL_MASS));
    double linear = push - POLE_MASS * HALF_LENGTH * angular * cos / TOTAL_MASS;
    s[0] += TAU * s[1];
    s[1] += TAU * linear;
    s[2] += TAU * s[3];
    s[3] += TAU * angular;
  }

  @Override
  public byte[] saveState() {
    byte[] generator = ((RandomProviderDefaultState) random.saveState()).getState();
    ByteBuffer buffer =
        ByteBuffer.allocate(states.length * (4 * Double.BYTES + Integer.BYTES) + generator.length);
    for (int e = 0; e < states.length; e++) {
      for (double value : states[e]) {
        buffer.putDouble(value);
      }
      buffer.putInt(ages[e]);
    }
    return buffer.put(generator).array();
  }

  @Override
  public VectorStep restoreState(byte[] state) {
    ByteBuffer buffer = ByteBuffer.wrap(state);
    for (int e = 0; e < states.length; e++) {
      for (int i = 0; i < 4; i++) {
        states[e][i] = buffer.getDouble();
      }
      ages[e] = buffer.getInt();
      write(e, out.observations);
    }
    byte[] generator = new byte[buffer.remaining()];
    buffer.get(generator);
    random.restoreState(new RandomProviderDefaultState(generator));
    return out;
  }
}
