package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.kiss.cluster.AllRoles;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeSettings;
import io.kiss.kisim.text.Columns;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** What {@code kiss up} does with a namespace of a real cluster: attach it, scale it, serve. */
final class LiveJourney {
  private static final int NAME_WIDTH = 20;

  private final UpOptions options;
  private final NamespaceName namespace;
  private final AttachOptions attach;
  private final CommandSpec spec;
  private final Terminal terminal;

  LiveJourney(
      UpOptions options,
      NamespaceName namespace,
      AttachOptions attach,
      CommandSpec spec,
      Terminal terminal) {
    this.options = options;
    this.namespace = namespace;
    this.attach = attach;
    this.spec = spec;
    this.terminal = terminal;
  }

  /** Boots the node and runs until it is stopped. The answer is the exit code. */
  int run() {
    NodeSettings settings =
        NodeSettings.fromNode(NodeSettings.load(UpJourney.home(), UpJourney.flags(options)));
    // Before the first logger is asked for.
    System.setProperty("kiss.logs", settings.data().logs().toString());
    try (Node node = Node.boot(settings, new AllRoles())) {
      terminal.line("KIS-S is up: " + node.whereToAsk());
      options
          .policy()
          .ifPresent(policy -> new EvaluationStep(node, terminal, List.of()).use(policy));
      AdminClient client = AdminClient.of(node.url(), spec);
      new DecisionPrinter(terminal, options.verbose(), NAME_WIDTH).show(node);
      AttachCommand.attach(client, namespace, attach)
          .ifPresent(kept -> terminal.line(Columns.wrap(kept, 2)));
      JsonNode view = AttachCommand.settled(client, namespace);
      AttachmentText.lines(view).forEach(terminal::line);
      Refusals refusals = new Refusals(terminal);
      refusals.areShown(view);
      refusals.show(node);
      node.whenStopped().toCompletableFuture().join();
      // Not by Ctrl-C, which ends the JVM: the cluster has put this node out.
      return 1;
    }
  }
}
