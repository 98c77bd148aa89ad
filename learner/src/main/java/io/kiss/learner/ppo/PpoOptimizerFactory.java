package io.kiss.learner.ppo;

import ai.djl.Device;
import io.kiss.learner.PolicyOptimizer;

/** Makes PPO optimisers for one network. Making it loads nothing; the first optimiser does. */
public final class PpoOptimizerFactory implements PolicyOptimizer.Factory {
  private final PpoSettings settings;
  private final NetworkShape shape;
  private final ActorCritic network;

  /** Takes note of what to make. */
  public PpoOptimizerFactory(PpoSettings settings, NetworkShape shape) {
    this.settings = settings;
    this.shape = shape;
    network = ActorCritic.of(shape, settings.hidden());
  }

  /**
   * Loads the engine and looks for the device, so that a wrong setting is told at boot.
   *
   * @throws IllegalStateException naming the setting that cannot be had here
   */
  public PpoOptimizerFactory requireEngine() {
    DjlEngine.device(DjlEngine.load(settings.engine()), settings.device());
    return this;
  }

  /**
   * Where gradients are computed, for people: {@code cpu} or {@code gpu:N}, never {@code auto}.
   *
   * @throws IllegalStateException as {@link #requireEngine}
   */
  public String deviceName() {
    Device device = DjlEngine.device(DjlEngine.load(settings.engine()), settings.device());
    return device.isGpu() ? "gpu:" + device.getDeviceId() : "cpu";
  }

  @Override
  public PolicyOptimizer create(long seed) {
    return new PpoOptimizer(settings, PpoState.random(shape, network, seed));
  }

  @Override
  public PolicyOptimizer restore(byte[] checkpoint) {
    return new PpoOptimizer(settings, PpoState.fromBytes(shape, network, checkpoint));
  }
}
