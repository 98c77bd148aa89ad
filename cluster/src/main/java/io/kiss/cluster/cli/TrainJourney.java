package io.kiss.cluster.cli;

import io.kiss.cluster.boot.BootFailure;
import io.kiss.cluster.train.Checkpoint;
import io.kiss.cluster.train.IterationReport;
import io.kiss.cluster.train.LearningCurve;
import io.kiss.cluster.train.LocalTraining;
import io.kiss.cluster.train.MetricsFile;
import io.kiss.cluster.train.RunFolder;
import io.kiss.cluster.train.StopSignals;
import io.kiss.kisim.file.UnusableFileException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.LoggerFactory;

/** What {@code kiss train} does once its flags are read. */
final class TrainJourney {
  private final TrainOptions options;
  private final Terminal terminal;
  private final Optional<PrintWriter> programs;

  /**
   * A run that is to be.
   *
   * @param terminal for people
   * @param programs where what was made is told as JSON, if it is
   */
  TrainJourney(TrainOptions options, Terminal terminal, Optional<PrintWriter> programs) {
    this.options = options;
    this.terminal = terminal;
    this.programs = programs;
  }

  /**
   * Trains until the budget is spent or somebody stops it. The answer is the exit code.
   *
   * @throws UnusableFileException if what the flags name cannot be used
   */
  int run() {
    // Before the first logger is asked for; the file is made with the first line in it.
    System.setProperty(
        "kiss.logs", options.folder().toAbsolutePath().normalize().resolve("logs").toString());
    // What the flags say is checked before anything is made on the disk.
    Optional<TrainSetup> fresh =
        options.resume().isPresent() ? Optional.empty() : Optional.of(TrainSetup.fresh(options));
    fresh.ifPresent(TrainJourney::requireEngine);
    try (RunFolder folder = RunFolder.open(options.folder());
        StopSignals signals = StopSignals.listen(this::sayThatItStops)) {
      Optional<Checkpoint> found = fresh.isPresent() ? Optional.empty() : Optional.of(find(folder));
      if (fresh.isPresent()) {
        makeRoom(folder);
      }
      TrainSetup setup = found.map(c -> TrainSetup.resumed(options, c)).orElseGet(fresh::get);
      setup.makeFolders();
      return train(setup, folder, signals, found);
    } catch (IOException e) {
      throw new BootFailure(options.folder() + " cannot be used: " + e.getMessage(), e);
    }
  }

  private void sayThatItStops() {
    terminal.line(
        (terminal.interactive() ? "\n" : "")
            + "Stopping after this update; Ctrl-C again ends at once");
  }

  private Checkpoint find(RunFolder folder) {
    List<String> refused = new ArrayList<>();
    Optional<Checkpoint> found = folder.newest(refused::add);
    if (found.isEmpty()) {
      throw new UnusableFileException(
          refused.isEmpty()
              ? "there is no checkpoint in " + options.folder() + " to go on from"
              : "--resume: no checkpoint in %s is whole (%s); train anew with --out FILE"
                  .formatted(options.folder(), String.join("; ", refused)));
    }
    refused.forEach(why -> terminal.line(why + "; the one before it is tried"));
    return found.get();
  }

  /** An older run that is done gives way; one that is not is somebody's work. */
  private void makeRoom(RunFolder folder) throws IOException {
    Optional<Checkpoint> other = folder.newest(ignored -> {});
    if (other.isPresent() && !other.get().isDone() && !options.force()) {
      throw new UnusableFileException(
          "%s holds a run that was stopped after %d steps; --resume %s goes on with it, --force starts"
                  .formatted(
                      options.folder(), other.get().state().environmentSteps(), options.folder())
              + " over");
    }
    folder.clear();
  }

  private int train(
      TrainSetup setup, RunFolder folder, StopSignals signals, Optional<Checkpoint> found)
      throws IOException {
    LearningCurve curve = found.map(Checkpoint::curve).orElseGet(LearningCurve::new);
    long done = found.map(checkpoint -> checkpoint.state().iteration()).orElse(0L);
    try (LocalTraining training = start(setup, found);
        MetricsFile metrics = setup.openMetrics(done)) {
      TrainOutputs outputs = new TrainOutputs(setup, folder, curve, terminal);
      TrainProgress progress = new TrainProgress(setup, curve, terminal, System::nanoTime);
      Optional<IterationReport> last = Optional.empty();
      while (!training.isBudgetSpent() && signals.exitCode().isEmpty()) {
        IterationReport report = training.iterate();
        last = Optional.of(report);
        curve.add(report);
        metrics.write(report);
        progress.show(report);
        outputs.checkpointIfDue(training);
      }
      last.ifPresent(progress::finish);
      return end(outputs, training, signals.exitCode());
    }
  }

  private static void requireEngine(TrainSetup setup) {
    try {
      setup.optimizers().requireEngine();
    } catch (IllegalStateException e) {
      throw new BootFailure(e.getMessage(), e);
    }
  }

  private LocalTraining start(TrainSetup setup, Optional<Checkpoint> found) {
    requireEngine(setup);
    String announcement = setup.announcement(found);
    terminal.line(announcement);
    LoggerFactory.getLogger(TrainJourney.class).info("{}; {}", announcement, setup.settings());
    try {
      LocalTraining training =
          found
              .map(checkpoint -> LocalTraining.goOn(setup.training(), checkpoint.state()))
              .orElseGet(() -> LocalTraining.begin(setup.training()));
      if (!training.episodesGoOn()) {
        terminal.line("The scenarios are not those the run had: its episodes start anew");
      }
      return training;
    } catch (IllegalArgumentException e) {
      throw new UnusableFileException(
          "the checkpoint in " + options.folder() + " cannot be used: " + e.getMessage(), e);
    }
  }

  private int end(TrainOutputs outputs, LocalTraining training, OptionalInt stopped) {
    if (training.state().isEmpty()) {
      terminal.line("Stopped before anything was learned; nothing is written");
      return stopped.orElse(1);
    }
    outputs.writeAll(training);
    LoggerFactory.getLogger(TrainJourney.class)
        .info(
            "{} after {} steps",
            training.isBudgetSpent() ? "Done" : "Stopped",
            training.state().orElseThrow().environmentSteps());
    programs.ifPresent(to -> outputs.tellPrograms(to, training.isBudgetSpent()));
    if (stopped.isPresent() && !training.isBudgetSpent()) {
      outputs.sayHowToResume();
      return stopped.getAsInt();
    }
    outputs.sayWhatThereIs();
    return 0;
  }
}
