package io.kiss.cluster.cli;

import io.kiss.cluster.AllRoles;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What {@code kiss up} does once its flags are read. */
final class UpJourney {
  private final UpOptions options;
  private final Terminal terminal;

  UpJourney(UpOptions options, Terminal terminal) {
    this.options = options;
    this.terminal = terminal;
  }

  /** Boots the node and runs until it is stopped. The answer is the exit code. */
  int run() {
    NodeSettings settings =
        NodeSettings.from(NodeSettings.load(home(), flags(options)), options.trace());
    // Before the first logger is asked for.
    System.setProperty("kiss.logs", settings.data().logs().toString());
    try (Node node = Node.boot(settings, new AllRoles())) {
      terminal.line("KIS-S is up: " + node.url() + "  (Ctrl-C stops)");
      node.whenStopped().toCompletableFuture().join();
    }
    // Not by Ctrl-C, which ends the JVM: the cluster has put this node out.
    return 1;
  }

  private static Path home() {
    return Path.of(System.getProperty("kiss.home", "."));
  }

  private static Map<String, Object> flags(UpOptions options) {
    Map<String, Object> flags = new HashMap<>();
    options.port().ifPresent(port -> flags.put("kiss.http.port", port));
    options.data().ifPresent(data -> flags.put("kiss.data", data.toString()));
    options.workers().ifPresent(workers -> flags.put("kiss.rollout.workers", workers));
    options
        .seed()
        .ifPresent(
            seed -> {
              flags.put("kiss.rollout.seed", seed);
              flags.put("kiss.learner.seed", seed);
              flags.put("kiss.demo.seed", seed);
            });
    return flags;
  }
}
