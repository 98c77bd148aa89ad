package io.kiss.learner;

import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.actors.protocol.UpdateStatistics;
import io.kiss.learner.TrainingStore.SavedRun;

/**
 * The run in training: its counters, and a clock that bridges restarts and stands still while there
 * is nothing to learn from. Times are {@code System.nanoTime}'s.
 */
final class TrainingRun {
  private final String name;
  private final long seed;
  private final long epoch;
  private double secondsBefore;
  private boolean ticking;
  private long tickingSince;

  TrainingProgress.State state;
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
    state = TrainingProgress.State.RUNNING;
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

  SavedRun toSave(byte[] checkpoint, long now) {
    return new SavedRun(
        name, seed, state, number, environmentSteps, seconds(now), budget, checkpoint);
  }
}
