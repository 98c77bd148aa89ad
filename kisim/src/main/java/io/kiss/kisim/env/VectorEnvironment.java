package io.kiss.kisim.env;

/**
 * Many environments that step together. An environment whose episode ends starts the next one by
 * itself within the same step; the observation its episode ended on is kept beside. One instance
 * serves one thread.
 */
public interface VectorEnvironment {

  /** Number of environments. */
  int size();

  /** Length of one observation. */
  int observationSize();

  /** Number of discrete actions, those of all heads together. */
  int actionCount();

  /**
   * Where several actions are chosen at once, how many each is chosen among; their sum is {@link
   * #actionCount}, and a mask holds them one head after the other.
   */
  default int[] actionHeads() {
    return new int[] {actionCount()};
  }

  /**
   * Starts an episode in every environment.
   *
   * @return the buffer that every later {@link #step} fills again; only observations, masks and
   *     {@code policyDecides} have a meaning yet
   */
  VectorStep reset();

  /**
   * Steps every environment.
   *
   * @param actions one a head, counted from 0 in each {@code [envs × heads]}; ignored where the
   *     policy does not decide
   * @return the same buffer as {@link #reset}, filled anew
   */
  VectorStep step(int[] actions);

  /**
   * Everything that decides what the next steps bring, for {@link #restoreState} of an environment
   * made alike.
   */
  byte[] saveState();

  /**
   * Takes up what {@link #saveState} kept: the steps from here on are the same, bit for bit.
   *
   * @return what {@link #step} returned last before the state was saved, as far as the next action
   *     depends on it: observations, masks and {@code policyDecides}
   * @throws IllegalArgumentException if it was kept by an environment made otherwise
   */
  VectorStep restoreState(byte[] state);
}
