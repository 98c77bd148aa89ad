package io.kiss.cluster.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Detaches a namespace, through a running node. */
@Command(
    name = "detach",
    description = "Detaches a namespace. Replicas stay as they are, decisions are kept.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    footerHeading = "%nExample:%n",
    footer = "  kiss detach prod/llm")
final class DetachCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AdminClient node;

  @Parameters(
      paramLabel = "[CLUSTER/]NAMESPACE",
      converter = NamespaceName.Reader.class,
      description = "What to detach.")
  private NamespaceName name;

  @Override
  public Integer call() {
    node.delete(name.path());
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        node.json()
            ? "{\"detached\":\"%s\"}".formatted(name)
            : "Namespace %s is detached; replicas stay as they are".formatted(name));
    out.flush();
    return 0;
  }
}
