package io.kiss.learner.ppo;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;

/** Finds engine and device by the names the settings give them. */
final class DjlEngine {
  private DjlEngine() {}

  /**
   * Loads an engine; nothing is fetched and nothing reported at run time unless the environment
   * says otherwise.
   *
   * @throws IllegalStateException saying what to do if it cannot be loaded
   */
  static Engine load(String name) {
    setUnlessGiven("ai.djl.offline", "true");
    if (System.getenv("OPT_OUT_TRACKING") == null) {
      setUnlessGiven("OPT_OUT_TRACKING", "true");
    }
    try {
      return Engine.getEngine(name);
    } catch (RuntimeException | LinkageError e) {
      throw new IllegalStateException(
          Engine.getAllEngines().contains(name)
              ? "kiss.learner.engine is "
                  + name
                  + ", but its native library is not part of this build or does not run here; build"
                  + " it in (KISS_NATIVES=pytorch or gpu for PyTorch), or use MXNet"
              : "kiss.learner.engine is " + name + ", but must be MXNet or PyTorch",
          e);
    }
  }

  private static void setUnlessGiven(String key, String value) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, value);
    }
  }

  /**
   * The device of this name.
   *
   * @throws IllegalStateException if the engine has no such GPU
   */
  static Device device(Engine engine, String name) {
    if (name.equals("cpu")) {
      return Device.cpu();
    }
    int gpus = engine.getGpuCount();
    if (name.equals("auto")) {
      return gpus > 0 ? Device.gpu(0) : Device.cpu();
    }
    int index = Integer.parseInt(name.substring("gpu:".length()));
    if (index >= gpus) {
      throw new IllegalStateException(
          "kiss.learner.device = "
              + name
              + ", but the engine "
              + engine.getEngineName()
              + " sees "
              + gpus
              + " GPUs; use auto or cpu, or an engine built for this GPU");
    }
    return Device.gpu(index);
  }

  /**
   * Whether arrays are best made once and written over: to make one costs MXNet ten times as much,
   * and its gradients are written over, too, where PyTorch's add up.
   */
  static boolean keepsArrays(Engine engine) {
    return engine.getEngineName().equals("MXNet");
  }

  /** What kept arrays are to hang on, or null where the engine does not keep them. */
  static NDManager keeper(Engine engine, NDManager manager) {
    return keepsArrays(engine) ? manager.newSubManager() : null;
  }
}
