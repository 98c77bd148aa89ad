package io.kiss.learner.ppo;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The engines whose native library is there; the contract suite runs on each. */
final class Engines {
  private Engines() {}

  /** Names of the engines that load; skips the test with the reasons where none does. */
  static List<String> present() {
    StringBuilder reasons = new StringBuilder();
    List<String> present =
        Stream.of("MXNet", "PyTorch")
            .filter(
                name -> {
                  try {
                    return DjlEngine.load(name) != null;
                  } catch (IllegalStateException e) {
                    reasons.append(e.getMessage()).append("; ");
                    return false;
                  }
                })
            .toList();
    assumeTrue(!present.isEmpty(), reasons::toString);
    return present;
  }

  /** The defaults on this engine's CPU, with some keys changed. */
  static PpoSettings settings(String engine, Map<String, Object> changes) {
    return PpoSettings.from(
        ConfigFactory.parseMap(changes)
            .atPath("kiss.learner")
            .withFallback(
                ConfigFactory.parseMap(
                    Map.of("kiss.learner.engine", engine, "kiss.learner.device", "cpu")))
            .withFallback(ConfigFactory.parseResources("reference.conf"))
            .resolve());
  }
}
