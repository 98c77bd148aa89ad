package io.kiss.cluster.cli;

import io.kiss.cluster.boot.BootFailure;
import io.kiss.cluster.boot.BuildInfo;
import io.kiss.cluster.evaluate.Durations;
import io.kiss.cluster.evaluate.EvaluationReader;
import io.kiss.cluster.evaluate.EvaluationRequest;
import io.kiss.cluster.evaluate.EvaluationRequest.Window;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.evaluate.FleetSpec;
import io.kiss.kisim.file.UnusableFileException;
import io.kiss.kisim.scenario.EngineChoice;
import io.kiss.kisim.scenario.ScenarioException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./kiss evaluate}: reads and checks its flags. */
@Command(
    name = "evaluate",
    description = {
      "Compares autoscalers on traces or scenarios, and writes a report. The same command gives the"
          + " same bytes; after Ctrl-C or a kill it goes on where it was."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  kiss evaluate --traces monday.csv.gz",
      "  kiss evaluate --traces monday.csv.gz --policy policy.kiss --out monday",
      "  kiss evaluate --traces monday.csv.gz --policy v2 --node http://kiss:8080",
      "  kiss evaluate --traces *.csv.gz --window 0:6h --seeds 9 --startup-seconds 60",
      "  kiss evaluate --traces t.csv --autoscalers hpa,hpa:target=0.5,hpa:tuned",
      "  kiss evaluate --scenarios conf/scenarios/slow-start.conf --engine request",
      "  kiss evaluate --traces monday.csv.gz --json | jq .summary.rows"
    })
public final class EvaluateCommand implements Callable<Integer> {
  private static final int MOST_SEEDS = 10_000;
  private static final int MOST_JOBS = 1024;

  @Spec private CommandSpec spec;

  @Option(
      names = "--traces",
      paramLabel = "FILE",
      arity = "1..*",
      description = "CSV files second,requests (gzip or not) to replay.")
  private List<Path> traces = List.of();

  @Option(
      names = "--scenarios",
      paramLabel = "FILE",
      arity = "1..*",
      description =
          "Scenario files to run instead; of what they say, only --slo-ms, --startup-seconds,"
              + " --min-replicas and --max-replicas take anything's place.")
  private List<Path> scenarios = List.of();

  @Option(
      names = "--profile",
      paramLabel = "NAME|FILE",
      description =
          "Service that traces are replayed on: one of conf/profiles by its name, a file with one,"
              + " or FILE#NAME (default: resnet50-t4).")
  private String profile;

  @Option(
      names = "--startup-seconds",
      paramLabel = "D",
      description = "Mean time until a new pod is ready (default: what the profile has).")
  private String startup;

  @Option(
      names = "--peak-replicas",
      paramLabel = "N",
      description =
          "Rescale each trace so that its busiest minute keeps N replicas busy (default: 10).")
  private Double peakReplicas;

  @Option(
      names = "--slo-ms",
      paramLabel = "N",
      description =
          "Latency a request should not exceed (default: twice what a full pod takes for its"
              + " batches).")
  private Double sloMs;

  @Option(
      names = "--min-replicas",
      paramLabel = "N",
      description = "Least replicas an autoscaler may ask for (default: 1).")
  private Integer minReplicas;

  @Option(
      names = "--max-replicas",
      paramLabel = "N",
      description = "Most replicas an autoscaler may ask for (default: twice the peak's).")
  private Integer maxReplicas;

  @Option(
      names = "--autoscalers",
      paramLabel = "A,B,…",
      description =
          "Who takes part: kiss simulate --list-autoscalers has their settings, as in"
              + " hpa:target=0.6; NAME:tuned is tuned on training traffic beforehand,"
              + " NAME:tuned-here on these very traces in hindsight; kiscaler needs --policy"
              + " (default: all that follow the load, those with thresholds tuned).")
  private String autoscalers;

  @Option(
      names = "--policy",
      paramLabel = "FILE|ID",
      description = "Policy of kiss train, or registered with --node; takes part as kiscaler.")
  private Path policy;

  @Option(
      names = "--node",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8080",
      description =
          "Admin API of the node that is asked where --policy is no file (default:"
              + " ${DEFAULT-VALUE}).")
  private String node;

  @Option(
      names = "--window",
      paramLabel = "FROM:TO",
      description = "Part of the traces, in seconds or as in 1h30m:7h (default: all of them).")
  private String window;

  @Option(
      names = "--violation-price",
      paramLabel = "X",
      defaultValue = "10",
      description =
          "Cost of all requests violating the SLO, in units of the GPUs needed; at 10, one percent"
              + " costs as much as ten percent more GPUs (default: ${DEFAULT-VALUE}).")
  private double violationPrice;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Runs of each trace, with seeds 1 to N (default: ${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--engine",
      paramLabel = "fluid|request",
      defaultValue = "fluid",
      description =
          "Expectations over requests, at a cost that does not depend on their number, or every"
              + " request exact (default: ${DEFAULT-VALUE}).")
  private EngineChoice engine;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Folder of the results, and of the finished runs on the way (default: evaluation- and"
              + " a checksum of what is asked).")
  private Path out;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Runs at the same time; changes no result (default: one a core).")
  private Integer jobs;

  @Option(
      names = "--json",
      description =
          "Print results.json instead of table and verdict; progress goes to standard error.")
  private boolean json;

  @Override
  public Integer call() {
    check();
    EvaluationReader.Read read;
    EvaluateJourney journey;
    try {
      Optional<PolicySnapshot> registered = registered();
      EvaluationRequest request = request(registered.isPresent());
      requireWritable(out == null ? Path.of("") : out);
      read =
          EvaluationReader.read(
              request,
              new EvaluationReader.Given(List.of(), registered),
              Path.of(System.getProperty("kiss.home", "."), "conf", "profiles"),
              Main.Version.number(),
              BuildInfo.commit());
      journey =
          EvaluateJourney.open(
              read,
              out == null ? Path.of("evaluation-" + read.digest().substring(0, 8)) : out,
              jobs == null ? Runtime.getRuntime().availableProcessors() : jobs,
              json,
              spec.commandLine().getOut(),
              spec.commandLine().getErr());
    } catch (ScenarioException | UnusableFileException | IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    return journey.run();
  }

  private void check() {
    require(
        traces.isEmpty() != scenarios.isEmpty(),
        "--traces FILE… or --scenarios FILE…: exactly one of them says what to evaluate on");
    requireIn("--peak-replicas", peakReplicas, 1e-3, FleetSpec.MOST_REPLICAS / 2.0);
    requireIn("--slo-ms", sloMs, 1e-3, 1e9);
    requireIn("--violation-price", violationPrice, 1e-6, 1e6);
    require(
        seeds >= 1 && seeds <= MOST_SEEDS,
        "--seeds must be in 1.." + MOST_SEEDS + ", not " + seeds);
    require(
        jobs == null || jobs >= 1 && jobs <= MOST_JOBS,
        "--jobs must be in 1.." + MOST_JOBS + ", not " + jobs);
    require(
        minReplicas == null || minReplicas >= 1,
        "--min-replicas must be at least 1, not " + minReplicas);
    require(
        maxReplicas == null || maxReplicas >= 1,
        "--max-replicas must be at least 1, not " + maxReplicas);
    if (!scenarios.isEmpty()) {
      requireForTraces("--profile", profile);
      requireForTraces("--peak-replicas", peakReplicas);
      requireForTraces("--window", window);
    }
  }

  /** The policy where it is no file; what a file cannot be is not asked of a node. */
  private Optional<PolicySnapshot> registered() {
    if (policy == null
        || Files.exists(policy)
        || !policy.toString().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
      return Optional.empty();
    }
    require(
        node.matches("https?://[^/?#\\s]+/*"),
        "--node must look like http://127.0.0.1:8080, not '" + node + "'");
    try {
      byte[] file = AdminClient.of(node).bytes("/api/v1/policies/" + policy + "/file");
      return Optional.of(PolicyFile.of(policy.toString(), file).policy());
    } catch (BootFailure e) {
      String why = e.getMessage().split(";", 2)[0];
      throw new ParameterException(
          spec.commandLine(),
          "--policy: there is no file " + policy + ", and " + why + "; --node names another",
          e);
    }
  }

  private EvaluationRequest request(boolean registered) {
    return new EvaluationRequest(
        command(),
        traces,
        scenarios,
        Optional.ofNullable(profile),
        startup(),
        optional(peakReplicas),
        sloMs == null ? OptionalDouble.empty() : OptionalDouble.of(sloMs / 1000),
        minReplicas == null ? OptionalInt.empty() : OptionalInt.of(minReplicas),
        maxReplicas == null ? OptionalInt.empty() : OptionalInt.of(maxReplicas),
        Optional.ofNullable(window).map(Window::parse),
        Optional.ofNullable(autoscalers),
        registered ? Optional.empty() : Optional.ofNullable(policy),
        violationPrice,
        seeds,
        engine);
  }

  private OptionalDouble startup() {
    if (startup == null) {
      return OptionalDouble.empty();
    }
    double seconds;
    try {
      seconds = Durations.seconds(startup);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--startup-seconds: " + e.getMessage(), e);
    }
    require(seconds > 0, "--startup-seconds must be above 0, not " + startup);
    return OptionalDouble.of(seconds);
  }

  private static OptionalDouble optional(Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /**
   * As typed, but for where and how it is told and how many threads it takes: no result changes.
   */
  private String command() {
    List<String> args = new ArrayList<>(spec.commandLine().getParseResult().originalArgs());
    if (!args.isEmpty() && args.get(0).equals("evaluate")) {
      args.remove(0);
    }
    return CommandText.of("kiss evaluate", args);
  }

  private void requireWritable(Path folder) {
    require(out == null || !out.toString().isBlank(), "--out must name a folder, but is empty");
    require(
        !Files.exists(folder) || Files.isDirectory(folder),
        "--out: " + folder + " is a file; name a folder");
    Path at = folder.toAbsolutePath();
    while (!Files.exists(at)) {
      at = at.getParent();
    }
    // Asked of the system itself: the flags of a folder say little about those that are read-only.
    try {
      Files.delete(Files.createTempFile(at, ".kiss", ""));
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(),
          (out == null ? "this folder" : "--out: " + out)
              + " cannot be written to; name another by --out",
          e);
    }
  }

  private void requireForTraces(String flag, Object value) {
    require(value == null, flag + " is for --traces; a scenario file says it itself");
  }

  private void requireIn(String flag, Double value, double least, double most) {
    require(
        value == null || value >= least && value <= most,
        flag + " must be in " + plain(least) + ".." + plain(most) + ", not " + value);
  }

  private static String plain(double value) {
    return new BigDecimal(String.valueOf(value)).stripTrailingZeros().toPlainString();
  }

  private void require(boolean holds, String sentence) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), sentence);
    }
  }
}
