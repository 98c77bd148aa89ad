package io.kiss.cluster.cli;

import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.file.UnusableFileException;
import io.kiss.kisim.traffic.ArrivalTrace;
import io.kiss.kisim.traffic.TraceFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Reads and checks the flags of {@code kiss up}. */
@Command(
    name = "up",
    description = {
      "Starts a node with all roles, trains a policy, proves it against HPA, and scales the"
          + " embedded demo namespace with it. Ctrl-C stops; the next start goes on from there."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  kiss up                                  train for two minutes, then the demo",
      "  kiss up --train-seconds 30 --port 9090   less training, another port",
      "  kiss up --trace conv.csv.gz              a trace as the demo's traffic",
      "  kiss up --policy policy.kiss             scale with what kiss train made",
      "  kiss up --trace conv.csv.gz --once       half an hour of it, a summary, exit",
      "  kiss up --namespace prod/llm --kubeconfig FILE --prometheus URL \\",
      "      --source vllm --slo-ms 2000 --max-replicas 12    watch a real namespace"
    })
final class UpCommand implements Callable<Integer> {
  private static final double MOST_TRAIN_SECONDS = 30 * 86_400;
  private static final int MOST_WORKERS = 1024;

  @Spec private CommandSpec spec;

  @Option(
      names = "--namespace",
      paramLabel = "[CLUSTER/]NAMESPACE",
      converter = NamespaceName.Reader.class,
      description =
          "Attach this namespace of a real cluster instead of the demo; nothing is trained. With"
              + " the flags of kiss attach, --kubeconfig and --prometheus first; one that is"
              + " attached already keeps what no flag says.")
  private NamespaceName namespace;

  @Mixin private AttachOptions attach;

  @Option(
      names = "--train-seconds",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "Training budget, earlier starts counted in (default: ${DEFAULT-VALUE}).")
  private double trainSeconds;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description =
          "Scale with this policy of kiss train instead of training one: it is evaluated, and"
              + " registered and promoted whatever comes out.")
  private Path policy;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Replay this trace as the demo's traffic: CSV second,requests, gzip or not.")
  private Path trace;

  @Option(
      names = "--once",
      description = "End after a stretch of scaling; the last line is a JSON summary.")
  private boolean once;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port of the admin API and web page (default: kiss.http.port, 8080).")
  private Integer port;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of database and logs (default: kiss.data, ./data).")
  private Path data;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Rollout workers (default: kiss.rollout.workers).")
  private Integer workers;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of training and demo (default: as configured).")
  private Long seed;

  @Option(
      names = "--verbose",
      description = "Show every decision, and the log's warnings, on the terminal.")
  private boolean verbose;

  @Override
  public Integer call() {
    UpOptions options = options();
    if (verbose) {
      System.setProperty("kiss.console", "WARN");
    }
    if (namespace != null) {
      require(
          !once && trace == null && workers == null && seed == null && !trainSecondsGiven(),
          "--namespace is of a real cluster, and nothing is trained: --once, --trace, --workers,"
              + " --seed and --train-seconds are the demo's");
      attach.requireUsableHere();
      return new LiveJourney(options, namespace, attach, spec, Terminal.system()).run();
    }
    require(
        !attach.given(),
        "flags of a real cluster were given without --namespace: which one is it?");
    return new UpJourney(options, Terminal.system()).run();
  }

  private UpOptions options() {
    require(
        trainSeconds > 0 && trainSeconds <= MOST_TRAIN_SECONDS,
        "--train-seconds must be above 0 and at most 30 days, not " + trainSeconds);
    require(
        data == null || !data.toString().isBlank(),
        "--data must name a folder, but is empty; is a shell variable unset?");
    require(
        trace == null || !trace.toString().isBlank(),
        "--trace must name a file, but is empty; is a shell variable unset?");
    require(port == null || port >= 0 && port <= 65535, "--port must be in 0..65535, not " + port);
    require(
        workers == null || workers >= 1 && workers <= MOST_WORKERS,
        "--workers must be in 1.." + MOST_WORKERS + ", not " + workers);
    require(
        policy == null || !trainSecondsGiven(),
        "--policy and --train-seconds: give one of them, not both");
    return new UpOptions(
        trainSeconds,
        Optional.ofNullable(policy).map(this::readPolicy),
        Optional.ofNullable(trace).map(this::read),
        once,
        port == null ? OptionalInt.empty() : OptionalInt.of(port),
        Optional.ofNullable(data),
        workers == null ? OptionalInt.empty() : OptionalInt.of(workers),
        seed == null ? OptionalLong.empty() : OptionalLong.of(seed),
        verbose);
  }

  private boolean trainSecondsGiven() {
    return spec.commandLine().getParseResult().hasMatchedOption("--train-seconds");
  }

  private PolicyFile readPolicy(Path file) {
    try {
      return PolicyFile.read(file);
    } catch (UnusableFileException e) {
      throw new ParameterException(spec.commandLine(), "--policy: " + e.getMessage(), e);
    }
  }

  private ArrivalTrace read(Path file) {
    try {
      require(!Files.isDirectory(file), "--trace: " + file + " is a folder, not a trace");
      ArrivalTrace read = ArrivalTrace.read(file);
      require(read.totalRequests() > 0, "--trace: " + file + " holds no request");
      return read;
    } catch (TraceFormatException e) {
      throw new ParameterException(spec.commandLine(), "--trace: " + e.getMessage(), e);
    } catch (NoSuchFileException e) {
      throw new ParameterException(spec.commandLine(), "--trace: there is no file " + file, e);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "--trace: " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private void require(boolean holds, String sentence) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), sentence);
    }
  }
}
