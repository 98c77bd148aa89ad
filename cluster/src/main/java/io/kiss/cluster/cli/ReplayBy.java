package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.kiss.actors.replay.Replayer;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.file.UnusableFileException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Finds who is to take decisions again. */
final class ReplayBy {
  private static final String POLICIES = "/api/v1/policies";

  private final AdminClient node;
  private final CommandLine line;
  private final Set<String> registered = new HashSet<>();
  private final Map<String, Optional<PolicyNetwork>> fetched = new HashMap<>();

  ReplayBy(AdminClient node, CommandLine line) {
    this.node = node;
    this.line = line;
  }

  /**
   * The one called so: registered with the node, a file, or a classical autoscaler.
   *
   * @throws ParameterException with a sentence of what there is
   */
  Replayer named(String name) {
    for (JsonNode policy : node.require(node.get(POLICIES)).path("policies")) {
      registered.add(policy.path("id").asText());
    }
    if (registered.contains(name)) {
      return Replayer.policy(name, network(name), this::network);
    }
    switch (name) {
      case "recorded":
        return Replayer.asRecorded(this::network);
      case "none":
        return Replayer.policy(name, Optional.empty(), this::network);
      default:
        break;
    }
    Path file = Path.of(name);
    try {
      return Files.isRegularFile(file)
          ? Replayer.policy(
              name,
              Optional.of(new PolicyNetwork(PolicyFile.read(file).policy().requireCompatible())),
              this::network)
          : Replayer.autoscaler(AutoscalerChoice.parse(name));
    } catch (UnusableFileException e) {
      throw new ParameterException(line, "--policy: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          line,
          "--policy: '%s' is no policy of this node and no file, and %s"
              .formatted(name, e.getMessage()),
          e);
    }
  }

  private Optional<PolicyNetwork> network(String id) {
    return fetched.computeIfAbsent(
        id,
        missing ->
            registered.contains(id)
                ? Optional.of(
                    new PolicyNetwork(
                        PolicyFile.of(id, node.bytes(path(id))).policy().requireCompatible()))
                : Optional.empty());
  }

  private static String path(String id) {
    return POLICIES + "/" + URLEncoder.encode(id, StandardCharsets.UTF_8) + "/file";
  }
}
