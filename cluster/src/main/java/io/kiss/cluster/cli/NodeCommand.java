package io.kiss.cluster.cli;

import io.kiss.cluster.AllRoles;
import io.kiss.cluster.ClusterSettings;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** One node of a cluster: boots what its roles say and runs until it is stopped. */
@Command(
    name = "node",
    description = {
      "Runs one node of a cluster until Ctrl-C or SIGTERM. What it is told besides these flags"
          + " stands in conf/kiss.conf or in the environment, see kiss.cluster in reference.conf."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  KISS_DATABASE_URL=jdbc:postgresql://db/kiss KISS_SEED_NODES=a:25520,b:25520 \\",
      "    kiss node --roles control,scaler",
      "  KISS_SEED_NODES=a:25520,b:25520 kiss node --roles rollout"
    })
final class NodeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--roles",
      paramLabel = "ROLE",
      split = ",",
      description =
          "What this node does: control, learner, rollout, scaler (default: kiss.cluster.roles,"
              + " KISS_ROLES; else all of them).")
  private List<String> roles;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port of the admin API and web page (default: kiss.http.port, 8080).")
  private Integer port;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of logs, and of an embedded database (default: kiss.data, ./data).")
  private Path data;

  @Override
  public Integer call() {
    NodeSettings settings =
        NodeSettings.fromNode(
            NodeSettings.loadNode(Path.of(System.getProperty("kiss.home", ".")), flags()));
    // Before the first logger is asked for. Whoever runs a node in a container reads its output.
    System.setProperty("kiss.logs", settings.data().logs().toString());
    System.setProperty("kiss.console", System.getProperty("kiss.console", "INFO"));
    Terminal terminal = Terminal.system();
    try (Node node = Node.boot(settings, new AllRoles())) {
      node.madeUp()
          .ifPresent(
              address ->
                  terminal.line(
                      "No seed nodes were given: this node has made up a cluster of its own, which"
                          + " others join with KISS_SEED_NODES="
                          + address));
      terminal.line(
          "KIS-S node %s is up: %s"
              .formatted(
                  String.join(",", settings.config().getStringList("akka.cluster.roles")),
                  node.whereToAsk()));
      node.whenStopped().toCompletableFuture().join();
      // A signal ends the JVM with a code of its own.
      if (node.isPutOut()) {
        terminal.line("This node is no longer part of its cluster; start it again to rejoin.");
      }
    }
    return 1;
  }

  private Map<String, Object> flags() {
    Map<String, Object> flags = new HashMap<>();
    if (roles != null) {
      for (String role : roles) {
        require(
            ClusterSettings.ROLES.contains(role),
            "--roles: '%s' is no role; there are %s"
                .formatted(role, String.join(", ", ClusterSettings.ROLES)));
      }
      flags.put("kiss.cluster.roles", List.copyOf(Set.copyOf(roles)));
    }
    if (port != null) {
      require(port >= 0 && port <= 65535, "--port must be in 0..65535, not " + port);
      flags.put("kiss.http.port", port);
    }
    if (data != null) {
      require(
          !data.toString().isBlank(),
          "--data must name a folder, but is empty; is a shell variable unset?");
      flags.put("kiss.data", data.toString());
    }
    return flags;
  }

  private void require(boolean holds, String sentence) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), sentence);
    }
  }
}
