package io.kiss.cluster.cli;

import io.kiss.kisim.calibrate.Calibration;
import io.kiss.kisim.calibrate.CalibrationException;
import io.kiss.kisim.calibrate.CalibrationJson;
import io.kiss.kisim.calibrate.CalibrationReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./kiss calibrate}: service profiles from Triton benchmarks. */
@Command(
    name = "calibrate",
    description =
        "Fit service profiles on offline (static batch) measurements and put them to the test on"
            + " online (dynamic batch) ones.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  kiss calibrate --offline offline.csv --online online.csv",
      "  kiss calibrate --offline offline.csv --online online.csv --out mine.conf",
      "  kiss calibrate --offline offline.csv --json | jq .medianAbsoluteError.fit"
    })
public final class CalibrateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--offline",
      required = true,
      paramLabel = "FILE",
      description = "CSV of latencies by batch size, one client.")
  private Path offline;

  @Option(
      names = "--online",
      paramLabel = "FILE",
      description = "CSV of a closed loop with dynamic batching, to predict; never fitted on.")
  private Path online;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the profiles, HOCON; - is standard output.")
  private Path out;

  @Option(
      names = "--bound",
      paramLabel = "SHARE",
      defaultValue = "0.25",
      description = "Largest error of a fit that is accepted (default: ${DEFAULT-VALUE}).")
  private double bound;

  @Option(names = "--force", description = "Write fits that are worse than the bound, too.")
  private boolean force;

  @Option(
      names = "--json",
      description = "Print fits and predictions as one JSON object instead of text.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    if (!(bound > 0)) {
      throw usage("--bound must be positive, not " + bound);
    }
    Optional<OutputFile> profiles = Optional.ofNullable(out).map(o -> new OutputFile("--out", o));
    boolean piped = profiles.isPresent() && profiles.get().isStandardOutput();
    if (json && piped) {
      throw usage("--json and --out - both want standard output; name a file");
    }
    Calibration calibration;
    try {
      profiles.ifPresent(OutputFile::requireWritable);
      calibration = Calibration.run(offline, online);
    } catch (CalibrationException | IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
    PrintWriter people = piped ? err : spec.commandLine().getOut();
    people.print(
        json
            ? CalibrationJson.of(calibration, bound, force) + "\n"
            : CalibrationReport.of(calibration));
    people.flush();
    List<String> bad = calibration.worseThan(bound);
    boolean allBad = bad.size() == calibration.fitCount();
    for (String fit : bad) {
      err.printf(
          "kiss calibrate: %s fit %s, worse than the bound of %.0f %%%s%n",
          force ? "accepted by --force:" : "refused:",
          fit,
          100 * bound,
          force ? "" : " (--force accepts it)");
    }
    if (allBad && !force) {
      err.println("kiss calibrate: no fit is good enough, nothing was written");
      return CommandLine.ExitCode.SOFTWARE;
    }
    if (profiles.isPresent()) {
      try {
        profiles
            .get()
            .write(
                calibration.profiles(force ? Double.POSITIVE_INFINITY : bound),
                spec.commandLine().getOut());
      } catch (IOException e) {
        err.println("kiss calibrate: cannot write " + e.getMessage());
        return CommandLine.ExitCode.SOFTWARE;
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private ParameterException usage(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}
