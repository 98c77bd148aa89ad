package io.kiss.cluster.train;

import io.kiss.kisim.env.VectorEnvironment;
import io.kiss.kisim.env.VectorStep;

/**
 * An environment that is under way whoever takes it over: {@link #reset} shows where it stands. So
 * a collector can be made anew for each segment, with a seed of its own, and what a run has to keep
 * is the environment's state alone.
 */
final class OngoingEnvironment implements VectorEnvironment {
  private final VectorEnvironment environment;
  private VectorStep current;

  /** Starts episodes. */
  OngoingEnvironment(VectorEnvironment environment) {
    this.environment = environment;
    current = environment.reset();
  }

  @Override
  public int size() {
    return environment.size();
  }

  @Override
  public int observationSize() {
    return environment.observationSize();
  }

  @Override
  public int actionCount() {
    return environment.actionCount();
  }

  @Override
  public VectorStep reset() {
    return current;
  }

  @Override
  public VectorStep step(int[] actions) {
    current = environment.step(actions);
    return current;
  }

  @Override
  public byte[] saveState() {
    return environment.saveState();
  }

  @Override
  public VectorStep restoreState(byte[] state) {
    current = environment.restoreState(state);
    return current;
  }
}
