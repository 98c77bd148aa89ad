package io.kiss.cluster.cli;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.KiScaler;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.autoscale.opponents.Autoscalers;
import io.kiss.kisim.file.UnusableFileException;
import io.kiss.kisim.scenario.EngineChoice;
import io.kiss.kisim.scenario.ScenarioException;
import io.kiss.kisim.scenario.Simulation;
import io.kiss.kisim.scenario.SimulationReport;
import io.kiss.kisim.scenario.SimulationResult;
import io.kiss.kisim.scenario.SimulationScenario;
import io.kiss.kisim.traffic.ArrivalTrace;
import io.kiss.kisim.traffic.TraceFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./kiss simulate}: one what-if run on either engine. */
@Command(
    name = "simulate",
    description = "Simulate a scenario under an autoscaler.",
    footer = "conf/scenarios/README.md lists the keys of scenarios and what the files hold.",
    mixinStandardHelpOptions = true)
public final class SimulateCommand implements Callable<Integer> {
  /** Before the name of a policy file: a comma in it is not one between settings. */
  private static final String LEARNED = "kiscaler:";

  @Spec private CommandSpec spec;

  @Option(names = "--scenario", required = true, paramLabel = "FILE", description = "HOCON file.")
  private Path scenario;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "CSV second,requests (gzip or not) whose arrivals replace the traffic.")
  private Path trace;

  @Option(
      names = "--trace-scale",
      paramLabel = "X",
      defaultValue = "1",
      description = "Factor on the trace's counts (default: ${DEFAULT-VALUE}).")
  private double traceScale;

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      defaultValue = "request",
      description =
          "${COMPLETION-CANDIDATES}: every request, or expectations over them (default:"
              + " ${DEFAULT-VALUE}).")
  private EngineChoice engine;

  @Option(
      names = "--autoscaler",
      paramLabel = "NAME[:k=v,…]",
      defaultValue = "static",
      description =
          "See --list-autoscalers, or kiscaler:FILE with a policy of kiss train (default:"
              + " ${DEFAULT-VALUE}).")
  private String autoscaler;

  @Option(
      names = "--list-autoscalers",
      help = true,
      description = "Print the autoscalers with their settings, and exit.")
  private boolean list;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of all that is drawn (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the result as JSON.")
  private Path json;

  @Option(names = "--csv", paramLabel = "FILE", description = "Write every control step as CSV.")
  private Path csv;

  @Override
  public Integer call() {
    if (list) {
      spec.commandLine().getOut().print(Autoscalers.describe());
      spec.commandLine().getOut().flush();
      return CommandLine.ExitCode.OK;
    }
    SimulationScenario read;
    Autoscaler scaler;
    try {
      read = SimulationScenario.read(scenario);
      if (trace != null) {
        if (!(traceScale > 0 && traceScale < Double.POSITIVE_INFINITY)) {
          throw new IllegalArgumentException("--trace-scale must be positive, not " + traceScale);
        }
        read = read.withTrace(ArrivalTrace.read(trace), traceScale);
      }
      scaler = scaler(read);
    } catch (ScenarioException
        | TraceFormatException
        | UnusableFileException
        | IllegalArgumentException e) {
      return fail(CommandLine.ExitCode.USAGE, e.getMessage());
    } catch (IOException e) {
      return fail(CommandLine.ExitCode.USAGE, trace + ": cannot be read: " + e.getMessage());
    }
    SimulationResult result = Simulation.run(read, engine, scaler, seed);
    spec.commandLine().getOut().print(SimulationReport.text(result));
    spec.commandLine().getOut().flush();
    try {
      if (json != null) {
        Files.writeString(json, SimulationReport.json(result) + "\n");
      }
      if (csv != null) {
        Files.writeString(csv, SimulationReport.csv(result));
      }
    } catch (IOException e) {
      return fail(CommandLine.ExitCode.SOFTWARE, "cannot write " + e.getMessage());
    }
    return CommandLine.ExitCode.OK;
  }

  private Autoscaler scaler(SimulationScenario read) {
    if (!autoscaler.startsWith(LEARNED)) {
      return AutoscalerChoice.parse(autoscaler).create(read.workload());
    }
    PolicyFile learned = PolicyFile.read(Path.of(autoscaler.substring(LEARNED.length())));
    return new KiScaler(read.workload(), GuardSettings.DEFAULT, Optional.of(learned.policy()));
  }

  private int fail(int code, String message) {
    spec.commandLine().getErr().println("kiss simulate: " + message);
    return code;
  }
}
