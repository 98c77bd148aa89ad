package io.kiss.cluster.cli;

import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.cluster.train.RunFolder;
import io.kiss.kisim.file.UnusableFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Reads and checks the flags of {@code kiss train}. */
@Command(
    name = "train",
    description = {
      "Trains a policy on this machine and writes it to a file that kiss up and kiss simulate take."
          + " Ctrl-C saves; --resume goes on from there. With a budget of steps, the same seed and"
          + " flags give the same policy."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  kiss train --out policy.kiss                  two minutes, on all cores",
      "  kiss train --out policy.kiss --steps 20M      until it has seen 20M steps",
      "  kiss train --resume policy.kiss.run           go on with a stopped run",
      "  kiss train --resume p.kiss.run --steps 40M    with a larger budget",
      "  kiss train --out mine.kiss --scenarios conf/scenarios/resnet50-diurnal.conf",
      "  kiss train --out policy.kiss --engine pytorch --device gpu:0",
      "  kiss train --out policy.kiss --json | jq -r .sha256",
      "  kiss simulate --scenario conf/scenarios/slow-start.conf \\",
      "       --autoscaler kiscaler:policy.kiss"
    })
final class TrainCommand implements Callable<Integer> {
  private static final double MOST_SECONDS = 30 * 86_400;
  private static final double USUAL_SECONDS = 120;
  private static final int MOST_WORKERS = 1024;

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Policy file to write; the run keeps its checkpoints, log, metrics and plot in FILE.run.")
  private Path out;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Training budget in seconds, those before a stop counted in (default: 120).")
  private Double seconds;

  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = Count.class,
      description = "Training budget in environment steps instead, such as 500k or 20M.")
  private Long steps;

  @Option(
      names = "--scenarios",
      paramLabel = "FILE",
      arity = "1..*",
      description =
          "Make half of the episodes stretches of these scenarios; the other half stays random, so"
              + " that the policy knows more than it was shown (default: all random).")
  private List<Path> scenarios = List.of();

  @Mixin private EngineOptions engine;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description =
          "Threads that simulate (default: one a core). With 1, simulating and learning alternate;"
              + " with more, they overlap.")
  private Integer workers;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Everything random comes from it (default: kiss.learner.seed).")
  private Long seed;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description = "Go on with the run in this folder; flags given anew win over what it had.")
  private Path resume;

  @Option(
      names = "--metrics",
      paramLabel = "FILE",
      description = "One line of JSON an iteration (default: metrics.ndjson in the run's folder).")
  private Path metrics;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "Learning curve, .svg or .html (default: curve.svg in the run's folder).")
  private Path plot;

  @Option(
      names = "--force",
      description = "Overwrite FILE, and the run in its folder, where there is one.")
  private boolean force;

  @Option(
      names = "--json",
      description = "Print what was made as one JSON object; all else goes to standard error.")
  private boolean json;

  /** A number with k, M or G behind it, if one likes. */
  static final class Count implements ITypeConverter<Long> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})(?:\\.(\\d{1,9}))?([kKmMgG]?)");

    @Override
    public Long convert(String text) {
      Matcher matcher = FORM.matcher(text.replace("_", ""));
      if (!matcher.matches()) {
        throw new TypeConversionException("'" + text + "' is not a number such as 500k or 20M");
      }
      double factor =
          switch (matcher.group(3).toLowerCase(Locale.ROOT)) {
            case "k" -> 1e3;
            case "m" -> 1e6;
            case "g" -> 1e9;
            default -> 1;
          };
      String fraction = matcher.group(2) == null ? "0" : matcher.group(2);
      return Math.round(factor * Double.parseDouble(matcher.group(1) + "." + fraction));
    }
  }

  @Override
  public Integer call() {
    TrainOptions options = options();
    try {
      return new TrainJourney(
              options,
              Terminal.system(json),
              Optional.of(spec.commandLine().getOut()).filter(o -> json))
          .run();
    } catch (UnusableFileException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private TrainOptions options() {
    require(out != null || resume != null, "--out FILE says where the policy goes, but is missing");
    require(seconds == null || steps == null, "--seconds and --steps: give one of them, not both");
    require(
        seconds == null || seconds > 0 && seconds <= MOST_SECONDS,
        "--seconds must be above 0 and at most 30 days, not " + seconds);
    require(steps == null || steps > 0, "--steps must be above 0, not " + steps);
    require(
        workers == null || workers >= 1 && workers <= MOST_WORKERS,
        "--workers must be in 1.." + MOST_WORKERS + ", not " + workers);
    require(
        resume == null || seed == null,
        "--seed belongs to a new run; the one in " + resume + " has its own");
    require(
        resume == null || workers == null,
        "--workers belongs to a new run; the one in " + resume + " has its own");
    requireFolder();
    require(
        resume == null || RunFolder.holdsARun(resume),
        "--resume: there is no checkpoint in " + resume + " to go on from");
    requireFile("--out", out);
    requireFile("--metrics", metrics);
    requireFile("--plot", plot);
    require(
        plot == null || plot.toString().endsWith(".svg") || plot.toString().endsWith(".html"),
        "--plot must end in .svg or .html, not " + plot);
    return new TrainOptions(
        Optional.ofNullable(out),
        Optional.ofNullable(resume),
        budget(),
        scenarios,
        workers == null ? OptionalInt.empty() : OptionalInt.of(workers),
        seed == null ? OptionalLong.empty() : OptionalLong.of(seed),
        Optional.ofNullable(metrics),
        Optional.ofNullable(plot),
        force,
        engine.flags());
  }

  private Optional<TrainingBudget> budget() {
    if (steps != null) {
      return Optional.of(new TrainingBudget(Double.MAX_VALUE, steps));
    }
    if (seconds == null && resume != null) {
      return Optional.empty();
    }
    return Optional.of(TrainingBudget.ofSeconds(seconds == null ? USUAL_SECONDS : seconds));
  }

  private void requireFolder() {
    if (resume == null) {
      return;
    }
    Path run = TrainOptions.beside(resume);
    require(
        Files.isDirectory(resume) || !Files.exists(resume),
        "--resume wants the folder of a run, and %s is a file%s"
            .formatted(resume, Files.isDirectory(run) ? "; is " + run + " meant?" : ""));
    require(Files.exists(resume), "--resume: there is no folder " + resume);
  }

  private void requireFile(String flag, Path file) {
    require(
        file == null || !file.toString().isBlank(),
        flag + " must name a file, but is empty; is a shell variable unset?");
    require(file == null || !Files.isDirectory(file), flag + ": " + file + " is a folder");
  }

  private void require(boolean holds, String sentence) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), sentence);
    }
  }
}
