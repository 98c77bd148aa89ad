package io.kiss.cluster.train;

import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.learner.PolicyOptimizer;
import io.kiss.learner.SingleWorkerTraining;
import io.kiss.learner.SingleWorkerTraining.Outcome;
import io.kiss.learner.ppo.PpoSettings;
import io.kiss.rollout.EnvironmentFactory;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A run with a budget on this machine. All calls come from one thread, the optimiser's.
 *
 * <p>Which weights collect which segment is fixed, and the collectors are waited for in every
 * iteration. So a run with a budget of steps alone gives the same weights each time, however its
 * threads are scheduled and wherever it was stopped in between.
 */
public final class LocalTraining implements AutoCloseable {
  private final Setup setup;
  private final Collectors collectors;
  private final SingleWorkerTraining training;
  private double seconds;
  private long rollbacks;
  private Optional<RunState> state;

  /**
   * What a run is made of.
   *
   * @param budget a run may go beyond it by less than an iteration
   * @param optimizers make the optimiser, on the thread that trains
   * @param nanos a clock that only counts up
   */
  public record Setup(
      TrainingPlan plan,
      TrainingBudget budget,
      PpoSettings settings,
      PolicyOptimizer.Factory optimizers,
      EnvironmentFactory environments,
      LongSupplier nanos) {}

  private LocalTraining(Setup setup, Optional<RunState> from) {
    this.setup = setup;
    state = from;
    seconds = from.map(RunState::seconds).orElse(0.0);
    rollbacks = from.map(RunState::rollbacks).orElse(0L);
    collectors =
        new Collectors(
            setup.plan(),
            setup.environments(),
            from.map(RunState::episodesSince).orElse(0L),
            from.map(RunState::iteration).orElse(0L));
    try {
      training =
          from.isPresent()
              ? SingleWorkerTraining.resume(setup.optimizers(), collectors, from.get().training())
              : SingleWorkerTraining.start(
                  setup.optimizers(), collectors, setup.plan().overlaps(), setup.plan().seed());
    } catch (RuntimeException e) {
      collectors.close();
      throw e;
    }
  }

  /** Starts a run from random weights. */
  public static LocalTraining begin(Setup setup) {
    return new LocalTraining(setup, Optional.empty());
  }

  /**
   * Goes on with a run; exactly, if its episodes can be taken up ({@link #episodesGoOn}).
   *
   * @throws IllegalArgumentException if the optimiser cannot go on from its checkpoint
   */
  public static LocalTraining goOn(Setup setup, RunState state) {
    return new LocalTraining(setup, Optional.of(state));
  }

  /** Whether the environments are where the run left them; else they started new episodes. */
  public boolean episodesGoOn() {
    return !collectors.anew();
  }

  /** Whether there is nothing left of the budget. */
  public boolean isBudgetSpent() {
    return seconds >= setup.budget().seconds()
        || training.environmentSteps() >= setup.budget().environmentSteps();
  }

  /** One update, with the next segment collected meanwhile where the plan has it so. */
  public IterationReport iterate() {
    long begun = setup.nanos().getAsLong();
    double share = usedShare();
    training.progress(share);
    // Every time: nobody knows which iteration is the last before somebody presses Ctrl-C.
    Outcome outcome = training.iterate(true);
    double took = (setup.nanos().getAsLong() - begun) / 1e9;
    seconds += took;
    rollbacks += outcome.statistics().epochs() == 0 ? 1 : 0;
    state =
        outcome
            .checkpoint()
            .map(
                checkpoint ->
                    new RunState(
                        setup.plan(),
                        training.iteration(),
                        training.environmentSteps(),
                        seconds,
                        rollbacks,
                        collectors.episodesSince(),
                        checkpoint));
    return new IterationReport(
        training.iteration(),
        training.environmentSteps(),
        seconds,
        outcome.environmentSteps() / took,
        outcome.episodes(),
        outcome.statistics(),
        setup.settings().learningRateAt(share),
        rollbacks);
  }

  private double usedShare() {
    TrainingBudget budget = setup.budget();
    return Math.min(
        1,
        Math.max(
            seconds / budget.seconds(),
            (double) training.environmentSteps() / budget.environmentSteps()));
  }

  /** The run as it stands; empty before the first update. */
  public Optional<RunState> state() {
    return state;
  }

  /** The present weights. */
  public PolicySnapshot policy() {
    return training.policy();
  }

  @Override
  public void close() {
    training.close();
    collectors.close();
  }
}
