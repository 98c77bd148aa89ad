package io.kiss.cluster.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows decisions of a running cluster. */
@Command(
    name = "decisions",
    description = "Shows what was decided, and why; the newest last.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  kiss decisions prod/llm --limit 50",
      "  kiss decisions prod/llm --deployment chat --follow",
      "  kiss decisions local/demo --json | jq .reason"
    })
final class DecisionsCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DATA = "data:";

  @Spec private CommandSpec spec;
  @Mixin private AdminClient node;

  @Parameters(
      paramLabel = "[CLUSTER/]NAMESPACE",
      converter = NamespaceName.Reader.class,
      description = "Whose decisions.")
  private NamespaceName name;

  @Option(names = "--deployment", paramLabel = "NAME", description = "Of this Deployment alone.")
  private String deployment;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "So many of the past (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--follow", description = "Go on with those to come, until Ctrl-C.")
  private boolean follow;

  @Option(names = "--all", description = "Also decisions that change nothing.")
  private boolean all;

  @Override
  public Integer call() {
    List<JsonNode> past = new ArrayList<>();
    String of =
        deployment == null
            ? ""
            : "&deployment=" + URLEncoder.encode(deployment, StandardCharsets.UTF_8);
    node.require(node.get(name.path() + "/decisions?limit=" + limit + of))
        .path("decisions")
        .forEach(past::add);
    Collections.reverse(past);
    past.forEach(this::show);
    if (follow) {
      try (Stream<String> events = node.follow("/api/v1/decisions/events")) {
        events.filter(line -> line.startsWith(DATA)).forEach(this::showEvent);
      }
    }
    return 0;
  }

  private void showEvent(String line) {
    try {
      JsonNode record = JSON.readTree(line.substring(DATA.length()));
      boolean asked =
          record.path("cluster").asText().equals(name.cluster())
              && record.path("namespace").asText().equals(name.namespace())
              && (deployment == null || record.path("deployment").asText().equals(deployment));
      if (asked) {
        show(record);
      }
    } catch (JsonProcessingException e) {
      // A heartbeat, or what a newer node has to say.
      return;
    }
  }

  private void show(JsonNode record) {
    boolean changes = !record.path("outcome").asText().equals("UNCHANGED");
    if (!all && !changes && !node.json()) {
      return;
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(node.json() ? record.toString() : DecisionText.line(record));
    out.flush();
  }
}
