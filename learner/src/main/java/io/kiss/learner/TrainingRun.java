package io.kiss.learner;

import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.actors.protocol.TrainingProgress.State;
import io.kiss.actors.protocol.UpdateStatistics;
import io.kiss.learner.TrainingStore.SavedRun;
import java.util.function.Function;

/**
 * The run in training: its counters, and a clock that bridges restarts and stands still while there
 * is nothing to learn from. Times are {@code System.nanoTime}'s.
 */
final class TrainingRun {
  private static final TrainingBudget NO_LIMIT = TrainingBudget.ofSeconds(Double.MAX_VALUE);

  private final String name;
  private final long seed;
  private final long epoch;
  private double secondsBefore;
  private boolean ticking;
  private long tickingSince;

  State state;
  TrainingBudget budget;
  long number;
  long environmentSteps;
  UpdateStatistics lastUpdate = UpdateStatistics.NONE;

  /** A new run. */
  TrainingRun(String name, long seed, long epoch, TrainingBudget budget) {
    this.name = name;
    this.seed = seed;
    this.epoch = epoch;
    this.budget = budget;
    state = State.RUNNING;
  }

  /** Goes on with a saved run. */
  TrainingRun(SavedRun saved, long epoch) {
    this(saved.run(), saved.seed(), epoch, saved.budget());
    state = saved.state();
    number = saved.iteration();
    environmentSteps = saved.environmentSteps();
    secondsBefore = saved.seconds();
  }

  String name() {
    return name;
  }

  long seed() {
    return seed;
  }

  Iteration iteration() {
    return new Iteration(name, epoch, number);
  }

  /** Lets the clock run, or stand still. */
  void tick(boolean on, long now) {
    secondsBefore = seconds(now);
    ticking = on;
    tickingSince = now;
  }

  double seconds(long now) {
    return ticking ? secondsBefore + (now - tickingSince) / 1e9 : secondsBefore;
  }

  boolean isBudgetSpent(long now) {
    return seconds(now) >= budget.seconds() || environmentSteps >= budget.environmentSteps();
  }

  /**
   * How much of the budget is used up, by time or by steps, whichever is further. A larger budget
   * makes it smaller again, and learning rate and entropy with it larger: the run has further to go
   * than was thought.
   *
   * @return 0..1
   */
  double usedShare(long now) {
    double share =
        Math.max(
            seconds(now) / budget.seconds(), (double) environmentSteps / budget.environmentSteps());
    return Math.min(1, share);
  }

  SavedRun toSave(byte[] checkpoint, long now) {
    return toSave(now).apply(checkpoint);
  }

  /** The run as it is now, for a checkpoint that is yet to come. */
  Function<byte[], SavedRun> toSave(long now) {
    State stateNow = state;
    long numberNow = number;
    long stepsNow = environmentSteps;
    double secondsNow = seconds(now);
    TrainingBudget budgetNow = budget;
    return checkpoint ->
        new SavedRun(name, seed, stateNow, numberNow, stepsNow, secondsNow, budgetNow, checkpoint);
  }

  TrainingProgress progress(Figures figures, int workers, long now) {
    EpisodeSummary episodes = figures.episodes();
    // 0 / 0 is NaN, as wanted before the first episode.
    double count = episodes.count();
    return new TrainingProgress(
        name,
        state,
        epoch,
        number,
        workers,
        environmentSteps,
        state == State.RUNNING ? figures.stepsPerSecond(now) : 0,
        seconds(now),
        budget,
        episodes.returns() / count,
        episodes.sloAttainment() / count,
        episodes.gpuHours() / count,
        lastUpdate);
  }

  /** Where there is no run. */
  static TrainingProgress none(long epoch, int workers) {
    return new TrainingProgress(
        "",
        State.IDLE,
        epoch,
        0,
        workers,
        0,
        0,
        0,
        NO_LIMIT,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        UpdateStatistics.NONE);
  }
}
