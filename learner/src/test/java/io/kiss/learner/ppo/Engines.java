package io.kiss.learner.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The engines whose native library is there; the contract suite runs on each. */
final class Engines {
  private Engines() {}

  /**
   * Names of the engines that load. An engine whose natives are part of the build must load;
   * MXNet's are, where there are any for the machine.
   */
  static List<String> present() {
    StringBuilder reasons = new StringBuilder();
    List<String> present = new ArrayList<>();
    for (String name : List.of("MXNet", "PyTorch")) {
      try {
        DjlEngine.load(name);
        present.add(name);
      } catch (IllegalStateException e) {
        reasons.append(e.getMessage()).append("; ");
      }
    }
    if (System.getProperty("kiss.natives", "").equals("pytorch")) {
      assertThat(present).as("this build has PyTorch's natives: %s", reasons).contains("PyTorch");
    }
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
