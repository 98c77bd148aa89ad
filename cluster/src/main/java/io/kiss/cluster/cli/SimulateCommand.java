package io.kiss.cluster.cli;

import io.kiss.cluster.boot.BootFailure;
import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.KiScaler;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.autoscale.opponents.Autoscalers;
import io.kiss.kisim.file.UnusableFileException;
import io.kiss.kisim.scenario.Decider;
import io.kiss.kisim.scenario.EngineChoice;
import io.kiss.kisim.scenario.ScenarioException;
import io.kiss.kisim.scenario.Simulation;
import io.kiss.kisim.scenario.SimulationReport;
import io.kiss.kisim.scenario.SimulationResult;
import io.kiss.kisim.scenario.SimulationScenario;
import io.kiss.kisim.traffic.ArrivalTrace;
import io.kiss.kisim.traffic.TraceFormatException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./kiss simulate}: one what-if run on either engine. */
@Command(
    name = "simulate",
    description = "Simulate a scenario under an autoscaler.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kiss simulate --scenario conf/scenarios/paper-spike.conf --autoscaler hpa",
      "  kiss simulate --scenario conf/scenarios/slow-start.conf \\",
      "    --autoscaler kiscaler:policy.kiss --json -",
      "  kiss simulate --list-autoscalers",
      "",
      "conf/scenarios/README.md lists the keys of scenarios and what the files hold."
    },
    mixinStandardHelpOptions = true)
public final class SimulateCommand implements Callable<Integer> {
  /** Before the name of a policy file: a comma in it is not one between settings. */
  private static final String LEARNED = "kiscaler:";

  private static final double MOST_SCALE = 1e6;

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
      paramLabel = "NAME",
      defaultValue = "static",
      description =
          "NAME or NAME:key=value,… of --list-autoscalers, or kiscaler:FILE with a policy of kiss"
              + " train (default: ${DEFAULT-VALUE}).")
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

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the result as JSON; - is standard output.")
  private Path json;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Write every control step as CSV; - is standard output.")
  private Path csv;

  @Override
  public Integer call() {
    if (list) {
      spec.commandLine().getOut().print(Autoscalers.describe());
      spec.commandLine().getOut().flush();
      return CommandLine.ExitCode.OK;
    }
    try {
      requireNamed("--scenario", scenario);
      requireNamed("--trace", trace);
      outputs().forEach(OutputFile::requireWritable);
      require(
          outputs().stream().map(OutputFile::path).distinct().count() == outputs().size(),
          "--json and --csv name the same file");
      SimulationScenario read = SimulationScenario.read(scenario);
      return write(run(trace == null ? withoutTrace(read) : withTrace(read)));
    } catch (ScenarioException | UnusableFileException | IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private List<OutputFile> outputs() {
    List<OutputFile> outputs = new ArrayList<>();
    if (json != null) {
      outputs.add(new OutputFile("--json", json));
    }
    if (csv != null) {
      outputs.add(new OutputFile("--csv", csv));
    }
    return outputs;
  }

  private SimulationScenario withoutTrace(SimulationScenario read) {
    require(
        !spec.commandLine().getParseResult().hasMatchedOption("--trace-scale"),
        "--trace-scale is a factor on the counts of a --trace, and there is none");
    return read;
  }

  private SimulationScenario withTrace(SimulationScenario read) {
    require(
        traceScale > 0 && traceScale <= MOST_SCALE,
        "--trace-scale must be above 0 and at most 1,000,000, not " + traceScale);
    require(!Files.isDirectory(trace), "--trace: " + trace + " is a folder, not a trace");
    try {
      return read.withTrace(ArrivalTrace.read(trace), traceScale);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("--trace: there is no file " + trace, e);
    } catch (TraceFormatException e) {
      throw new IllegalArgumentException("--trace: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "--trace: " + trace + " cannot be read: " + e.getMessage(), e);
    }
  }

  private SimulationResult run(SimulationScenario read) {
    if (autoscaler.equals("kiscaler") || autoscaler.equals(LEARNED)) {
      throw new IllegalArgumentException(
          "--autoscaler kiscaler needs the policy that decides: kiscaler:FILE, a file of kiss"
              + " train");
    }
    if (!autoscaler.startsWith(LEARNED)) {
      AutoscalerChoice choice = AutoscalerChoice.parse(autoscaler);
      requireInside(choice, read);
      return Simulation.run(read, engine, choice.create(read.workload()), Decider.of(choice), seed);
    }
    PolicyFile learned = PolicyFile.read(Path.of(autoscaler.substring(LEARNED.length())));
    Autoscaler scaler =
        new KiScaler(read.workload(), GuardSettings.DEFAULT, Optional.of(learned.policy()));
    return Simulation.run(read, engine, scaler, Decider.of(scaler.name(), learned), seed);
  }

  /** A fixed number of replicas that the limits would change is a typing error. */
  private static void requireInside(AutoscalerChoice choice, SimulationScenario read) {
    int replicas = choice.fixedReplicas();
    int most = read.scenario().maxReplicas();
    require(
        replicas == 0 || replicas >= read.minReplicas() && replicas <= most,
        choice + ": replicas must be in the scenario's " + read.minReplicas() + ".." + most);
  }

  private int write(SimulationResult result) {
    CommandLine line = spec.commandLine();
    boolean piped = outputs().stream().anyMatch(OutputFile::isStandardOutput);
    PrintWriter people = piped ? line.getErr() : line.getOut();
    people.print(SimulationReport.text(result));
    people.flush();
    try {
      for (OutputFile output : outputs()) {
        String text =
            output.flag().equals("--json")
                ? SimulationReport.json(result) + "\n"
                : SimulationReport.csv(result);
        output.write(text, line.getOut());
      }
    } catch (IOException e) {
      throw new BootFailure("what was simulated cannot be written: " + e.getMessage(), e);
    }
    return CommandLine.ExitCode.OK;
  }

  private static void requireNamed(String flag, Path file) {
    require(
        file == null || !file.toString().isBlank(),
        flag + " must name a file, but is empty; is a shell variable unset?");
  }

  private static void require(boolean holds, String sentence) {
    if (!holds) {
      throw new IllegalArgumentException(sentence);
    }
  }
}
