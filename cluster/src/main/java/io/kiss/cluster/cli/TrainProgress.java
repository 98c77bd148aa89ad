package io.kiss.cluster.cli;

import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.actors.protocol.TrainingProgress.State;
import io.kiss.cluster.train.IterationReport;
import io.kiss.cluster.train.LearningCurve;
import java.util.function.LongSupplier;

/** Shows how training on this machine goes. */
final class TrainProgress {
  static final int EPISODES = 100;
  private static final long REDRAW_NANOS = 100_000_000L;

  /** The speed shown has forgotten two thirds of what is older. */
  private static final double SPEED_SECONDS = 5;

  private final TrainSetup setup;
  private final LearningCurve curve;
  private final ProgressBar bar;
  private final LongSupplier nanos;
  private double speed = Double.NaN;
  private double shownSeconds;
  private long drawn;
  private boolean everDrawn;

  TrainProgress(TrainSetup setup, LearningCurve curve, Terminal terminal, LongSupplier nanos) {
    this.setup = setup;
    this.curve = curve;
    this.nanos = nanos;
    bar = new ProgressBar(terminal, nanos);
  }

  /** Shows an iteration, unless the one before was shown a moment ago. */
  void show(IterationReport report) {
    double took = report.seconds() - shownSeconds;
    shownSeconds = report.seconds();
    speed =
        Double.isNaN(speed)
            ? report.stepsPerSecond()
            : speed + (report.stepsPerSecond() - speed) * -Math.expm1(-took / SPEED_SECONDS);
    long now = nanos.getAsLong();
    if (!everDrawn || now - drawn >= REDRAW_NANOS) {
      bar.update(progress(report));
      drawn = now;
      everDrawn = true;
    }
  }

  /** Shows the last iteration, and leaves the line. */
  void finish(IterationReport report) {
    bar.finish(progress(report));
  }

  private TrainingProgress progress(IterationReport report) {
    EpisodeSummary episodes = curve.latest(EPISODES);
    // 0 / 0 is NaN, as wanted before the first episode.
    double count = episodes.count();
    return new TrainingProgress(
        setup.order().run(),
        State.RUNNING,
        0,
        report.iteration(),
        setup.training().plan().workers(),
        report.environmentSteps(),
        speed,
        report.seconds(),
        setup.order().budget(),
        episodes.returns() / count,
        episodes.sloAttainment() / count,
        episodes.gpuHours() / count,
        report.update());
  }
}
