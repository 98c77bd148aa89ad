package io.kiss.rollout;

import io.kiss.kisim.env.VectorEnvironment;
import io.kiss.kisim.env.VectorStep;

/**
 * Environments whose every number says where it comes from. The observation of environment e after
 * n steps is {100 e + n, -n}; the reward of that step is e + n / 1000. Environment e ends an
 * episode at every step that {@code 3 + e} divides: truncated where e is even, terminated where it
 * is odd, on the observation {1000 + 100 e + n, n}. Action 0 is forbidden where n + e is odd, and
 * somebody else decides where 5 divides n.
 */
final class ScriptedEnvironment implements VectorEnvironment {
  static final int FEATURES = 2;
  static final int ACTIONS = 4;

  private final VectorStep buffer;
  private final int size;
  private final int[] heads;
  private int steps;

  /** The actions it was last told, of all environments. */
  int[] told;

  ScriptedEnvironment(int size) {
    this(size, ACTIONS);
  }

  /** The four actions belong to these heads. */
  ScriptedEnvironment(int size, int... heads) {
    this.size = size;
    this.heads = heads;
    buffer = new VectorStep(size, FEATURES, ACTIONS);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int observationSize() {
    return FEATURES;
  }

  @Override
  public int actionCount() {
    return ACTIONS;
  }

  @Override
  public int[] actionHeads() {
    return heads;
  }

  @Override
  public VectorStep reset() {
    steps = 0;
    observe();
    return buffer;
  }

  @Override
  public VectorStep step(int[] actions) {
    steps++;
    told = actions.clone();
    observe();
    for (int e = 0; e < size; e++) {
      buffer.rewards[e] = reward(e, steps);
      boolean ends = ends(e, steps);
      buffer.truncated[e] = ends && e % 2 == 0;
      buffer.terminated[e] = ends && e % 2 == 1;
      buffer.terminalObservations[FEATURES * e] = 1000 + 100 * e + steps;
      buffer.terminalObservations[FEATURES * e + 1] = steps;
      buffer.episodeReturns[e] = 10;
      buffer.episodeSloAttainment[e] = 0.5;
      buffer.episodeGpuHours[e] = 2;
    }
    return buffer;
  }

  static boolean ends(int e, int n) {
    return n % (3 + e) == 0;
  }

  static float reward(int e, int n) {
    return e + n / 1000f;
  }

  static boolean policyDecides(int n) {
    return n % 5 != 0;
  }

  static boolean allowed(int e, int n, int action) {
    return action > 0 || (n + e) % 2 == 0;
  }

  private void observe() {
    for (int e = 0; e < size; e++) {
      buffer.observations[FEATURES * e] = 100 * e + steps;
      buffer.observations[FEATURES * e + 1] = -steps;
      buffer.policyDecides[e] = policyDecides(steps);
      for (int a = 0; a < ACTIONS; a++) {
        buffer.masks[ACTIONS * e + a] = allowed(e, steps, a) ? 1 : 0;
      }
    }
  }

  @Override
  public byte[] saveState() {
    return new byte[] {(byte) steps};
  }

  @Override
  public VectorStep restoreState(byte[] state) {
    steps = state[0];
    observe();
    return buffer;
  }
}
