package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Who decides beside the scalers of a namespace without acting, and what that would have cost. */
@Command(
    name = "shadows",
    description = {
      "Shows who decides on a namespace's telemetry beside its scalers without acting, and what"
          + " each would have cost so far, by one model for all. With names, lets these decide from"
          + " the next tick on, in place of those before."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  kiss shadows prod/llm hpa queueing my-policy    these decide, none acts",
      "  kiss shadows prod/llm                           how they stand",
      "  kiss shadows prod/llm --none                    no more"
    })
final class ShadowsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AdminClient node;

  @Parameters(
      index = "0",
      paramLabel = "[CLUSTER/]NAMESPACE",
      converter = NamespaceName.Reader.class,
      description = "An attached namespace.")
  private NamespaceName name;

  @Parameters(
      index = "1..*",
      paramLabel = "SHADOW",
      description = "A registered policy, or an autoscaler such as hpa:target=0.6.")
  private List<String> shadows = List.of();

  @Option(names = "--none", description = "Let nobody decide any more.")
  private boolean none;

  @Override
  public Integer call() {
    if (none && !shadows.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--none and names: give one of them");
    }
    String path = name.path() + "/shadows";
    if (none || !shadows.isEmpty()) {
      ObjectNode body = JsonNodeFactory.instance.objectNode();
      ArrayNode names = body.putArray("shadows");
      shadows.forEach(names::add);
      node.put(path, body.toString());
    }
    JsonNode view = node.require(node.get(path));
    PrintWriter out = spec.commandLine().getOut();
    if (node.json()) {
      out.println(view.toPrettyString());
    } else {
      ShadowsText.lines(name.toString(), view).forEach(out::println);
    }
    out.flush();
    return 0;
  }
}
