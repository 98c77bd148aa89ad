package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What-if runs of a running node. */
@Command(
    name = "jobs",
    description = {
      "What-if runs on a node: simulations and evaluations that it was asked for over its admin"
          + " API. They live on that node."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kiss jobs list",
      "  kiss jobs simulate order.json    fields: /openapi.yaml, SimulationOrder",
      "  kiss jobs show ID --json",
      "  kiss jobs cancel ID"
    })
final class JobsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(
      name = "list",
      description = "All jobs that the node remembers, newest first.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExamples:%n",
      footer = {"  kiss jobs list", "  kiss jobs list --json | jq -r .jobs[].id"})
  int list(@Mixin AdminClient node) {
    JsonNode page = node.whole("/api/v1/jobs", "jobs", "before");
    if (node.json()) {
      return say(page.toPrettyString());
    }
    if (page.path("jobs").isEmpty()) {
      return say("No jobs; POST /api/v1/simulations or kiss jobs simulate begins one");
    }
    Table table = new Table("JOB", "KIND", "STATE", "DONE", "PROBLEM");
    for (JsonNode job : page.path("jobs")) {
      table.row(
          job.path("id").asText(),
          job.path("kind").asText(),
          job.path("state").asText(),
          done(job),
          job.path("problem").asText("-"));
    }
    return say(String.join(System.lineSeparator(), table.lines()));
  }

  @Command(
      name = "show",
      description = "How a job stands; with --json its result, too.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExamples:%n",
      footer = {"  kiss jobs show ID", "  kiss jobs show ID --json | jq .result"})
  int show(
      @Mixin AdminClient node,
      @Parameters(paramLabel = "ID", description = "Of the job.") String id) {
    JsonNode job = node.require(node.get("/api/v1/jobs/" + plain(id)));
    return say(node, job);
  }

  @Command(
      name = "cancel",
      description = "Cancels a job, or forgets one that is over.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExamples:%n",
      footer = "  kiss jobs cancel ID")
  int cancel(
      @Mixin AdminClient node,
      @Parameters(paramLabel = "ID", description = "Of the job.") String id) {
    node.delete("/api/v1/jobs/" + plain(id));
    if (node.json()) {
      ObjectNode gone = JsonNodeFactory.instance.objectNode().put("id", id).put("cancelled", true);
      return say(gone.toPrettyString());
    }
    return say("Job " + id + " is cancelled, or forgotten if it was over");
  }

  @Command(
      name = "simulate",
      description = "Asks for a simulation.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExamples:%n",
      footer = {
        "  kiss jobs simulate order.json",
        "  kiss jobs simulate order.json --json | jq -r .id"
      })
  int simulate(
      @Mixin AdminClient node,
      @Parameters(paramLabel = "FILE", description = "The order, as JSON.") Path order) {
    return say(node, node.post("/api/v1/simulations", read(order)));
  }

  @Command(
      name = "evaluate",
      description = "Asks for an evaluation.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExamples:%n",
      footer = {
        "  kiss jobs evaluate order.json",
        "  kiss jobs evaluate order.json --json | jq -r .id"
      })
  int evaluate(
      @Mixin AdminClient node,
      @Parameters(paramLabel = "FILE", description = "The order, as JSON.") Path order) {
    return say(node, node.post("/api/v1/evaluations", read(order)));
  }

  private String read(Path order) {
    try {
      return Files.readString(order);
    } catch (NoSuchFileException e) {
      throw new ParameterException(spec.commandLine(), "there is no file " + order, e);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(),
          Files.isDirectory(order)
              ? order + " is a folder, not a file"
              : "the file " + order + " cannot be read as text",
          e);
    }
  }

  private String plain(String id) {
    if (!id.matches("[A-Za-z0-9-]+")) {
      throw new ParameterException(spec.commandLine(), "'" + id + "' is not the id of a job");
    }
    return id;
  }

  private static String line(JsonNode job) {
    String problem = job.path("problem").isTextual() ? ": " + job.path("problem").asText() : "";
    return "Job %s (%s) is %s, %s done%s"
        .formatted(
            job.path("id").asText(),
            job.path("kind").asText(),
            job.path("state").asText(),
            done(job),
            problem);
  }

  private static String done(JsonNode job) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * job.path("progress").asDouble());
  }

  private int say(AdminClient node, JsonNode job) {
    return say(node.json() ? job.toPrettyString() : line(job));
  }

  private int say(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
    return 0;
  }
}
