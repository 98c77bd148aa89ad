package io.kiss.rollout;

import io.kiss.kisim.env.VectorEnvironment;

/** Makes the environments of a worker. Called on the thread that then collects with them. */
@FunctionalInterface
public interface EnvironmentFactory {

  /**
   * Makes a vector of environments.
   *
   * @param environments how many
   * @param seed everything random in them comes from it
   */
  VectorEnvironment create(int environments, long seed);
}
