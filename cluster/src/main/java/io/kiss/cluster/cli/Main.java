package io.kiss.cluster.cli;

import io.kiss.cluster.boot.BootFailure;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Entry point of the launcher. Exit codes: 0 done, 1 it could not start, failed or was refused by
 * the node, 2 wrong usage, 130 and 143 stopped by Ctrl-C and SIGTERM.
 */
@Command(
    name = "kiss",
    description = "Learns to scale GPU inference in a simulator and runs what it learned.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:it could not start, failed, or was refused by the node",
      "2:wrong usage, or a file that cannot be used",
      "130:stopped by Ctrl-C",
      "143:stopped by SIGTERM"
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kiss up                      train, evaluate, and scale the embedded demo",
      "  kiss train --out policy.kiss  train a policy on this machine, into a file",
      "  kiss simulate --scenario conf/scenarios/paper-spike.conf --autoscaler hpa",
      "  kiss evaluate --traces FILE   compare autoscalers on your traffic",
      "  kiss reproduce               the KIS-S paper's study, claim beside result",
      "  kiss attach NAMESPACE --help   watch or scale a namespace of Kubernetes",
      "  kiss status --json           the cluster and its training, for programs",
      "  kiss jobs list               what-if runs of a node",
      "  kiss up --help               all flags of a command"
    })
public final class Main implements Runnable {
  /** By name, in the order of the help. */
  private static final Map<String, Class<?>> COMMANDS = commands();

  @Spec private CommandSpec spec;

  private Main() {}

  private static Map<String, Class<?>> commands() {
    Map<String, Class<?>> commands = new LinkedHashMap<>();
    commands.put("up", UpCommand.class);
    commands.put("node", NodeCommand.class);
    commands.put("status", StatusCommand.class);
    commands.put("attach", AttachCommand.class);
    commands.put("shadows", ShadowsCommand.class);
    commands.put("detach", DetachCommand.class);
    commands.put("decisions", DecisionsCommand.class);
    commands.put("replay", ReplayCommand.class);
    commands.put("policy", PolicyCommand.class);
    commands.put("training", TrainingCommand.class);
    commands.put("jobs", JobsCommand.class);
    commands.put("completion", CompletionCommand.class);
    commands.put("train", TrainCommand.class);
    commands.put("ensemble", EnsembleCommand.class);
    commands.put("distil", DistilCommand.class);
    commands.put("simulate", SimulateCommand.class);
    commands.put("evaluate", EvaluateCommand.class);
    commands.put("calibrate", CalibrateCommand.class);
    commands.put("reproduce", ReproduceCommand.class);
    return commands;
  }

  public static void main(String[] args) {
    System.exit(execute(args));
  }

  /** Runs a command line; the answer is the exit code. */
  static int execute(String... args) {
    return commandLineFor(args).execute(args);
  }

  /**
   * What {@code args} takes to be run. Reading the flags of all commands takes half a second, so
   * that only those of the command that is named are read.
   */
  static CommandLine commandLineFor(String... args) {
    String named = args.length == 0 ? "" : args[0];
    Class<?> command = COMMANDS.get(named);
    return command == null ? commandLine() : commandLine(Map.of(named, command));
  }

  /** With all commands. */
  static CommandLine commandLine() {
    return commandLine(COMMANDS);
  }

  private static CommandLine commandLine(Map<String, Class<?>> commands) {
    CommandLine line = new CommandLine(new Main());
    commands.forEach(line::addSubcommand);
    line.setParameterExceptionHandler(Main::usageError);
    line.setExecutionExceptionHandler(Main::failure);
    line.setUsageHelpAutoWidth(true);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    tellExitCodes(line, line.getCommandSpec().usageMessage());
    return line;
  }

  /** Every command ends with the same codes, and its help says so. */
  private static void tellExitCodes(CommandLine line, UsageMessageSpec told) {
    for (CommandLine command : line.getSubcommands().values()) {
      command
          .getCommandSpec()
          .usageMessage()
          .exitCodeListHeading(told.exitCodeListHeading())
          .exitCodeList(told.exitCodeList());
      tellExitCodes(command, told);
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static int usageError(ParameterException e, String[] args) {
    CommandLine line = named(e.getCommandLine());
    PrintWriter err = line.getErr();
    err.printf(
        "%s: %s; see %s --help%n", "kiss", sentence(e), line.getCommandSpec().qualifiedName());
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  /** The command that was typed, where it is another that complains on its behalf. */
  private static CommandLine named(CommandLine line) {
    CommandLine deepest = line;
    while (deepest.getParseResult() != null && deepest.getParseResult().hasSubcommand()) {
      deepest = deepest.getParseResult().subcommand().commandSpec().commandLine();
    }
    return deepest;
  }

  private static String sentence(ParameterException e) {
    String text = e.getMessage().lines().findFirst().orElse("wrong usage").strip();
    // A word, as picocli begins with; a file's name stays as it is.
    return text.matches("[A-Z][a-z]* .*")
        ? Character.toLowerCase(text.charAt(0)) + text.substring(1)
        : text;
  }

  private static int failure(Exception e, CommandLine line, CommandLine.ParseResult parsed) {
    PrintWriter err = line.getErr();
    err.println(
        e instanceof BootFailure
            ? "kiss: " + e.getMessage()
            : "kiss: this should not have happened: " + e);
    err.flush();
    if (!(e instanceof BootFailure)) {
      org.slf4j.LoggerFactory.getLogger(Main.class).error("Command failed", e);
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** Says which version this is, from the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"KIS-S " + number(), "Java " + System.getProperty("java.version")};
    }

    static String number() {
      String version = Main.class.getPackage().getImplementationVersion();
      return version == null ? "(not packaged)" : version;
    }
  }
}
