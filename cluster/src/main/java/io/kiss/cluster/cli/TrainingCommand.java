package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Controls the training run of a running cluster. */
@Command(
    name = "training",
    description = {
      "Controls the training run of a running cluster, from any of its nodes; kiss status shows it."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kiss training start --seconds 600   start a run, or set its budget",
      "  kiss training workers 8             in the whole cluster, from now on"
    })
final class TrainingCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(
      name = "start",
      description = {
        "Starts a run, or sets the budget of the one there is, which goes on with it, after a pause"
            + " too. A budget that it has spent already is refused."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExamples:%n",
      footer = {
        "  kiss training start --seconds 600",
        "  kiss training start --seconds 3600 --steps 50000000 --json"
      },
      sortOptions = false)
  int start(
      @Mixin AdminClient node,
      @Option(
              names = "--seconds",
              paramLabel = "S",
              required = true,
              description = "Seconds of training in all, those before a restart counted in.")
          double seconds,
      @Option(
              names = "--steps",
              paramLabel = "N",
              description = "Environment steps in all (default: as many as there is time for).")
          Long steps) {
    ObjectNode budget = JsonNodeFactory.instance.objectNode().put("seconds", seconds);
    if (steps != null) {
      budget.put("environmentSteps", steps);
    }
    return say(node, node.post("/api/v1/training/start", budget.toString()));
  }

  @Command(
      name = "pause",
      description = "Finishes the update in progress, saves, and rests.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExamples:%n",
      footer = "  kiss training pause")
  int pause(@Mixin AdminClient node) {
    return say(node, node.post("/api/v1/training/pause", ""));
  }

  @Command(
      name = "resume",
      description = "Goes on after a pause.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExamples:%n",
      footer = "  kiss training resume")
  int resume(@Mixin AdminClient node) {
    return say(node, node.post("/api/v1/training/resume", ""));
  }

  @Command(
      name = "stop",
      description = "Ends the run as it is; its last weights stay.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExamples:%n",
      footer = "  kiss training stop --json")
  int stop(@Mixin AdminClient node) {
    return say(node, node.post("/api/v1/training/stop", ""));
  }

  @Command(
      name = "workers",
      description = {
        "Changes the number of rollout workers in the whole cluster. All workers are stopped and"
            + " start anew; a cluster started anew has kiss.rollout.workers again."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExamples:%n",
      footer = "  kiss training workers 8")
  int workers(
      @Mixin AdminClient node,
      @Parameters(paramLabel = "N", description = "How many, 1 or more.") int workers) {
    ObjectNode number = JsonNodeFactory.instance.objectNode().put("workers", workers);
    return say(node, node.post("/api/v1/training/workers", number.toString()));
  }

  private int say(AdminClient node, JsonNode training) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(node.json() ? training.toPrettyString() : StatusText.run(training));
    out.flush();
    return 0;
  }
}
