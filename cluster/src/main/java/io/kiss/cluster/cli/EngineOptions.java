package io.kiss.cluster.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What a command that learns can be told of where gradients are computed. */
final class EngineOptions {
  private static final Pattern DEVICE = Pattern.compile("auto|cpu|gpu:\\d{1,2}");

  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--engine",
      paramLabel = "mxnet|pytorch",
      description = "Deep learning engine (default: kiss.learner.engine, MXNet).")
  private Engine engine;

  @Option(
      names = "--device",
      paramLabel = "auto|cpu|gpu:N",
      description = "Where gradients are computed (default: kiss.learner.device, auto).")
  private String device;

  /** The engines, by the names people write. */
  enum Engine {
    MXNET("MXNet"),
    PYTORCH("PyTorch");

    private final String key;

    Engine(String key) {
      this.key = key;
    }
  }

  /**
   * Configuration keys, and what the command line says they are.
   *
   * @throws ParameterException if there can be no such device
   */
  Map<String, Object> flags() {
    Map<String, Object> flags = new HashMap<>();
    if (engine != null) {
      flags.put("kiss.learner.engine", engine.key);
    }
    if (device != null) {
      if (!DEVICE.matcher(device).matches()) {
        throw new ParameterException(
            command.commandLine(), "--device must be auto, cpu or gpu:N, not " + device);
      }
      flags.put("kiss.learner.device", device);
    }
    return flags;
  }
}
