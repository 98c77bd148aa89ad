package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.text.Columns;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The registry of policies of a running cluster, and which of them its scalers run. */
@Command(
    name = "policy",
    description = "Registers policies with a running cluster, and says which its scalers run.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = PolicyEvaluateCommand.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  kiss policy import policy.kiss     register what kiss train wrote",
      "  kiss policy evaluate ID --wait     what the gate finds, before promote",
      "  kiss policy promote ID             some scalers try it, then all run it",
      "  kiss policy pin ID local/web/api   one Deployment runs it in any case",
      "  kiss policy rollback ID            take it back by hand"
    })
final class PolicyCommand implements Runnable {
  private static final String POLICIES = "/api/v1/policies";

  /** So much of a build's hash as tells it from others. */
  private static final String LONG_HASH = "^([0-9a-f]{12})[0-9a-f]+";

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(
      name = "list",
      description = "All policies, who runs them, and how the candidate does.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  kiss policy list --json")
  int list(@Mixin AdminClient node) {
    JsonNode all = node.whole(POLICIES, "policies", "after");
    if (node.json()) {
      return say(all.toPrettyString());
    }
    Table table = new Table("policy", "standing", "scalers", "gate", "env steps", "seed", "build");
    for (JsonNode policy : all.path("policies")) {
      JsonNode from = policy.path("provenance");
      table.row(
          policy.path("id").asText(),
          standing(policy),
          policy.path("scalers").asText(),
          gate(policy),
          from.path("environmentSteps").asText(),
          from.path("seed").asText(),
          from.path("commit").asText().replaceFirst(LONG_HASH, "$1"));
    }
    int room = Terminal.room();
    table.lines(room).forEach(this::say);
    say("term " + all.path("term").asText() + (all.path("paused").asBoolean() ? ", paused" : ""));
    if (all.path("canary").isObject()) {
      String canary =
          "canary "
              + all.path("canary").path("policy").path("id").asText()
              + ": "
              + all.path("canary").path("sentence").asText();
      Columns.wrap(canary, 2, room).lines().forEach(this::say);
    }
    for (JsonNode pin : all.path("pins")) {
      String deployment = pin.path("deployment").asText("");
      say(
          "pinned "
              + pin.path("cluster").asText()
              + "/"
              + pin.path("namespace").asText()
              + (pin.path("deployment").isNull() ? "" : "/" + deployment)
              + " to "
              + pin.path("policy").path("id").asText());
    }
    return 0;
  }

  private static String standing(JsonNode policy) {
    if (policy.path("champion").asBoolean()) {
      return "champion";
    }
    if (policy.path("tried").asBoolean()) {
      return "canary";
    }
    return policy.path("rejected").asBoolean() ? "rolled back" : "registered";
  }

  private static String gate(JsonNode policy) {
    JsonNode checks = policy.path("gate").path("checks");
    if (checks.isMissingNode()) {
      return "-";
    }
    for (JsonNode check : checks) {
      if (!check.path("passed").asBoolean()) {
        return "failed";
      }
    }
    return "passed";
  }

  @Command(
      name = "show",
      description = "One policy: where it comes from, what the gate found.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  kiss policy show run-1-1022")
  int show(@Mixin AdminClient node, @Parameters(paramLabel = "ID") String id) {
    return say(node.require(node.get(path(id, ""))).toPrettyString());
  }

  @Command(
      name = "import",
      description = "Registers a policy file, as kiss train writes it.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  kiss policy import policy.kiss --id v2")
  int add(
      @Mixin AdminClient node,
      @Parameters(paramLabel = "FILE") Path file,
      @Option(
              names = "--id",
              paramLabel = "ID",
              description = "Its name (default: its run and the beginning of its SHA-256).")
          String id) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new BootFailure("the file %s cannot be read".formatted(file), e);
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    if (id != null) {
      body.put("id", id);
    }
    body.put("sha256", PolicySnapshot.sha256(bytes)).put("file", bytes);
    JsonNode added = node.post(POLICIES, body.toString());
    return say(node, added, "Policy " + added.path("id").asText() + " is registered");
  }

  @Command(
      name = "export",
      description = "Writes a policy into a file, for kiss evaluate or another cluster.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = {"  kiss policy export v2 v2.kiss", "  kiss policy export v2 v2.kiss --force"})
  int export(
      @Mixin AdminClient node,
      @Parameters(paramLabel = "ID") String id,
      @Parameters(paramLabel = "FILE") Path file,
      @Option(names = "--force", description = "Overwrite FILE where there is one.")
          boolean force) {
    if (Files.isDirectory(file)) {
      throw new ParameterException(spec.commandLine(), file + " is a folder; name a file");
    }
    if (!force && Files.isRegularFile(file)) {
      throw new ParameterException(spec.commandLine(), file + " exists; --force overwrites it");
    }
    try {
      Files.write(file, node.bytes(path(id, "/file")));
    } catch (IOException e) {
      throw new BootFailure("the file %s cannot be written".formatted(file), e);
    }
    ObjectNode written =
        JsonNodeFactory.instance.objectNode().put("id", id).put("file", file.toString());
    return say(node, written, "Policy " + id + " is in " + file);
  }

  @Command(
      name = "promote",
      description =
          "A share of the scalers tries it beside the champion; if it is not worse, all run it.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  kiss policy promote v2")
  int promote(
      @Mixin AdminClient node,
      @Parameters(paramLabel = "ID") String id,
      @Option(names = "--force", description = "Whatever the gate said; recorded.") boolean force,
      @Option(names = "--direct", description = "To all scalers at once.") boolean direct) {
    ObjectNode body =
        JsonNodeFactory.instance.objectNode().put("force", force).put("direct", direct);
    return assigned(node, node.post(path(id, "/promote"), body.toString()));
  }

  @Command(
      name = "rollback",
      description = "Takes back what is being tried, or the champion in favour of the one before.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  kiss policy rollback v2")
  int rollback(@Mixin AdminClient node, @Parameters(paramLabel = "ID") String id) {
    return assigned(node, node.post(path(id, "/rollback"), ""));
  }

  @Command(
      name = "pin",
      description = "Some scalers run it whatever becomes of champion and candidate.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  kiss policy pin v2 local/demo/resnet50")
  int pin(
      @Mixin AdminClient node,
      @Parameters(paramLabel = "ID") String id,
      @Parameters(paramLabel = "CLUSTER/NAMESPACE[/DEPLOYMENT]") String target) {
    JsonNode assignment = node.post(path(id, "/pin"), target(target));
    int code = assigned(node, assignment, kind(target) + " is pinned to " + id);
    String[] parts = target.split("/", 3);
    if (parts.length == 3 && !node.get(deployment(parts)).isSuccess()) {
      spec.commandLine()
          .getErr()
          .println("Deployment " + target + " was not seen yet; it is pinned once it is");
    }
    return code;
  }

  private static String deployment(String[] parts) {
    return new NamespaceName(parts[0], parts[1]).path()
        + "/deployments/"
        + URLEncoder.encode(parts[2], StandardCharsets.UTF_8);
  }

  @Command(
      name = "unpin",
      description = "Those scalers follow champion and candidate again.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  kiss policy unpin local/demo/resnet50")
  int unpin(
      @Mixin AdminClient node,
      @Parameters(paramLabel = "CLUSTER/NAMESPACE[/DEPLOYMENT]") String target) {
    JsonNode assignment = node.post(POLICIES + "/unpin", target(target));
    return assigned(node, assignment, kind(target) + " follows champion and candidate again");
  }

  /** What a target is, and its name. */
  private static String kind(String target) {
    return (target.split("/", 3).length == 3 ? "Deployment " : "Namespace ") + target;
  }

  private String target(String text) {
    String[] parts = text.split("/", 3);
    if (parts.length < 2) {
      throw new ParameterException(
          spec.commandLine(), "'" + text + "' is not CLUSTER/NAMESPACE or .../DEPLOYMENT");
    }
    ObjectNode target =
        JsonNodeFactory.instance.objectNode().put("cluster", parts[0]).put("namespace", parts[1]);
    if (parts.length == 3) {
      target.put("deployment", parts[2]);
    }
    return target.toString();
  }

  @Command(
      name = "pause",
      description = "Assignments stay as they are until resumed.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  kiss policy pause")
  int pause(@Mixin AdminClient node) {
    node.post(POLICIES + "/pause", "");
    return say(node, paused(true), "Paused: nothing is assigned until kiss policy resume");
  }

  @Command(
      name = "resume",
      description = "Ends the pause.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  kiss policy resume")
  int resume(@Mixin AdminClient node) {
    node.post(POLICIES + "/resume", "");
    return say(node, paused(false), "Resumed");
  }

  private static JsonNode paused(boolean paused) {
    return JsonNodeFactory.instance.objectNode().put("paused", paused);
  }

  private int assigned(AdminClient node, JsonNode assignment, String what) {
    if (!node.json()) {
      say(what);
    }
    return assigned(node, assignment);
  }

  private int assigned(AdminClient node, JsonNode assignment) {
    JsonNode canary = assignment.path("canary");
    return say(
        node,
        assignment,
        "Term "
            + assignment.path("term").asText()
            + ": champion "
            + assignment.path("policy").path("id").asText("none")
            + (canary.isObject()
                ? ", and a share of %s tries %s"
                    .formatted(
                        canary.path("share").asText(), canary.path("candidate").path("id").asText())
                : ""));
  }

  private static String path(String id, String rest) {
    return POLICIES + "/" + URLEncoder.encode(id, StandardCharsets.UTF_8) + rest;
  }

  private int say(AdminClient node, JsonNode answer, String line) {
    return say(node.json() ? answer.toPrettyString() : line);
  }

  private int say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
    return 0;
  }
}
