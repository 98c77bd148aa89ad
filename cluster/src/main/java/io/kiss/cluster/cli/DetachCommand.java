package io.kiss.cluster.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Detaches a namespace, or forgets a cluster, through a running node. */
@Command(
    name = "detach",
    description = {
      "Detaches a namespace. Replicas stay as they are, decisions are kept. With --cluster, forgets"
          + " where a cluster is; its namespaces must be detached."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    footerHeading = "%nExamples:%n",
    footer = {"  kiss detach prod/llm", "  kiss detach --cluster prod"})
final class DetachCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AdminClient node;

  @ArgGroup(multiplicity = "1")
  private What what;

  /** One of them. */
  private static final class What {
    @Parameters(
        paramLabel = "[CLUSTER/]NAMESPACE",
        converter = NamespaceName.Reader.class,
        description = "What to detach.")
    private NamespaceName name;

    @Option(
        names = "--cluster",
        paramLabel = "NAME",
        description = "Cluster to forget: its kubeconfig and Prometheus.")
    private String cluster;
  }

  @Override
  public Integer call() {
    if (what.cluster == null) {
      node.delete(what.name.path());
      say(
          node.json()
              ? "{\"detached\":\"%s\"}".formatted(what.name)
              : "Namespace %s is detached; replicas stay as they are".formatted(what.name));
    } else {
      node.delete(NamespaceName.clusterPath(what.cluster));
      say(
          node.json()
              ? "{\"removed\":\"%s\"}".formatted(what.cluster)
              : "Cluster %s is removed".formatted(what.cluster));
    }
    return 0;
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
