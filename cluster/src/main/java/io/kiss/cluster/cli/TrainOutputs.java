package io.kiss.cluster.cli;

import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.cluster.boot.BuildInfo;
import io.kiss.cluster.cli.Terminal.Colour;
import io.kiss.cluster.train.Checkpoint;
import io.kiss.cluster.train.CurvePlot;
import io.kiss.cluster.train.LearningCurve;
import io.kiss.cluster.train.LocalTraining;
import io.kiss.cluster.train.RunFolder;
import io.kiss.cluster.train.RunState;
import io.kiss.cluster.train.TrainingPlan;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicyFile.Provenance;
import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.file.AtomicFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Writes what a run leaves behind: checkpoints, the policy, the learning curve. */
final class TrainOutputs {
  private final TrainSetup setup;
  private final RunFolder folder;
  private final LearningCurve curve;
  private final Terminal terminal;
  private long savedAt = System.nanoTime();
  private boolean complained;
  private PolicyFile policy;

  TrainOutputs(TrainSetup setup, RunFolder folder, LearningCurve curve, Terminal terminal) {
    this.setup = setup;
    this.folder = folder;
    this.curve = curve;
    this.terminal = terminal;
  }

  /** Saves a checkpoint where the last is old enough. A full disk does not end training. */
  void checkpointIfDue(LocalTraining training) {
    if (System.nanoTime() - savedAt < setup.checkpointInterval().toNanos()) {
      return;
    }
    try {
      save(training.state().orElseThrow());
    } catch (UncheckedIOException e) {
      if (!complained) {
        terminal.line("A checkpoint could not be written, training goes on: " + e.getCause());
        complained = true;
      }
    }
    savedAt = System.nanoTime();
  }

  private void save(RunState state) {
    folder.save(new Checkpoint(setup.order(), setup.settings(), state, curve));
  }

  /** Saves the run as it stands, and writes policy and curve. */
  void writeAll(LocalTraining training) {
    RunState state = training.state().orElseThrow();
    Path now = setup.order().out();
    try {
      save(state);
      policy = new PolicyFile(training.policy(), provenance(state));
      policy.write(now);
      now = setup.order().plot();
      AtomicFiles.write(now, plot(now.toString().endsWith(".html")));
    } catch (UncheckedIOException e) {
      throw new BootFailure(e.getMessage() + ": " + e.getCause(), e);
    } catch (IOException e) {
      throw new BootFailure(shown(now) + " could not be written: " + e.getMessage(), e);
    }
  }

  private byte[] plot(boolean page) {
    TrainingPlan plan = setup.training().plan();
    long cut =
        (long) EnvironmentSettings.DEFAULT.mostSteps() * plan.workers() * plan.environments();
    return (page
            ? CurvePlot.html(policy.provenance(), curve, cut)
            : CurvePlot.svg(policy.provenance(), curve, cut))
        .getBytes(StandardCharsets.UTF_8);
  }

  private Provenance provenance(RunState state) {
    return new Provenance(
        setup.order().run(),
        state.plan().seed(),
        state.iteration(),
        state.environmentSteps(),
        state.seconds(),
        setup.order().engine() + " on " + setup.optimizers().deviceName(),
        BuildInfo.commit(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        setup.settings());
  }

  /** What was made, for programs. */
  void tellPrograms(PrintWriter to, boolean done) {
    EpisodeSummary episodes = curve.latest(TrainProgress.EPISODES);
    to.println(TrainJson.of(policy, setup.order(), folder.path(), episodes, done));
    to.flush();
  }

  /** One sentence for whoever stopped it. */
  void sayHowToResume() {
    terminal.line(
        "Stopped and saved; " + shown(setup.order().out()) + " is the policy so far. To go on:");
    terminal.verbatim("  kiss train --resume " + shown(folder.path()));
  }

  /** What was made, and what can be done with it. */
  void sayWhatThereIs() {
    EpisodeSummary episodes = curve.latest(TrainProgress.EPISODES);
    double count = episodes.count();
    Provenance from = policy.provenance();
    String out = shown(setup.order().out());
    terminal.line(
        terminal.in(
            Colour.GREEN,
            String.format(
                Locale.ROOT,
                "%s: %,d steps in %.0f s, return %.1f, SLO kept %.1f%%, sha256 %s",
                out,
                from.environmentSteps(),
                from.seconds(),
                episodes.returns() / count,
                100 * episodes.sloAttainment() / count,
                policy.policy().sha256().substring(0, 12))));
    terminal.line("Learning curve: " + shown(setup.order().plot()));
    terminal.line("Figures of each iteration: " + shown(setup.order().metrics()));
    terminal.line("Try it: kiss up --policy " + out);
  }

  /** A path as short as it can be said from here. */
  static String shown(Path path) {
    Path here = Path.of("").toAbsolutePath();
    return path.startsWith(here) ? here.relativize(path).toString() : path.toString();
  }
}
