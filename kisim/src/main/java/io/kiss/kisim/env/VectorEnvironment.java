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

  /** Number of discrete actions. */
  int actionCount();

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
   * @param actions one an environment {@code [envs]}; ignored where the policy does not decide
   * @return the same buffer as {@link #reset}, filled anew
   */
  VectorStep step(int[] actions);
}
