package io.kiss.cluster.train;

import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.actors.protocol.UpdateStatistics;
import io.kiss.cluster.train.Collectors.Batch;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.learner.PolicyOptimizer;
import io.kiss.learner.ppo.PpoSettings;
import io.kiss.rollout.EnvironmentFactory;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collect, update, again, on this machine. All calls come from one thread, the optimiser's.
 *
 * <p>A batch is a function of the plan, its number, the policy and the environments' states, and is
 * waited for before the one after it begins. So a run with a budget of steps alone gives the same
 * weights each time, however its threads are scheduled and wherever it was stopped in between.
 */
public final class LocalTraining implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LocalTraining.class);

  private final Setup setup;
  private final PolicyOptimizer optimizer;
  private final Collectors collectors;
  private final boolean episodesGoOn;

  /** Collected while the last update was under way. */
  private Optional<Batch> next = Optional.empty();

  private long iteration;
  private long environmentSteps;
  private double seconds;
  private long rollbacks;

  /**
   * What a run is made of.
   *
   * @param run its name
   * @param budget a run may go beyond it by less than an iteration
   * @param optimizers make the optimiser, on the thread that trains
   * @param nanos a clock that only counts up
   */
  public record Setup(
      String run,
      TrainingPlan plan,
      TrainingBudget budget,
      PpoSettings settings,
      PolicyOptimizer.Factory optimizers,
      EnvironmentFactory environments,
      LongSupplier nanos) {}

  private LocalTraining(Setup setup, Optional<RunState> from) {
    this.setup = setup;
    from.ifPresent(
        state -> {
          iteration = state.iteration();
          environmentSteps = state.environmentSteps();
          seconds = state.seconds();
          rollbacks = state.rollbacks();
        });
    optimizer =
        from.map(state -> setup.optimizers().restore(state.optimizer()))
            .orElseGet(() -> setup.optimizers().create(setup.plan().seed()));
    try {
      collectors = new Collectors(setup.plan(), setup.run(), setup.environments(), iteration);
    } catch (RuntimeException e) {
      optimizer.close();
      throw e;
    }
    episodesGoOn = from.map(this::takeUp).orElse(true);
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

  private boolean takeUp(RunState state) {
    try {
      collectors.restore(state.environments());
    } catch (IllegalArgumentException e) {
      log.info("Episodes start anew: {}", e.getMessage());
      return false;
    }
    if (setup.plan().overlaps()) {
      next = state.acting().map(policy -> collectors.begin(iteration, iteration - 1, policy));
    }
    return true;
  }

  /** Whether the environments are where the run left them; else they started new episodes. */
  public boolean episodesGoOn() {
    return episodesGoOn;
  }

  /** Whether there is nothing left of the budget. */
  public boolean isBudgetSpent() {
    return seconds >= setup.budget().seconds()
        || environmentSteps >= setup.budget().environmentSteps();
  }

  /** One update, with the next batch collected meanwhile where the plan has it so. */
  public IterationReport iterate() {
    long begun = setup.nanos().getAsLong();
    List<TrajectorySegment> segments =
        next.orElseGet(() -> collectors.begin(iteration, iteration, optimizer.snapshot()))
            .segments()
            .await();
    double share = usedShare();
    optimizer.progress(share);
    next =
        setup.plan().overlaps()
            ? Optional.of(collectors.begin(iteration + 1, iteration, optimizer.snapshot()))
            : Optional.empty();
    UpdateStatistics update = optimizer.update(segments);
    next.ifPresent(batch -> batch.segments().await());
    return account(segments, update, share, (setup.nanos().getAsLong() - begun) / 1e9);
  }

  private IterationReport account(
      List<TrajectorySegment> segments, UpdateStatistics update, double share, double took) {
    EpisodeSummary episodes = EpisodeSummary.NONE;
    long steps = 0;
    for (TrajectorySegment segment : segments) {
      episodes = episodes.plus(segment.episodes());
      steps += segment.environmentSteps();
    }
    iteration++;
    environmentSteps += steps;
    seconds += took;
    rollbacks += update.epochs() == 0 ? 1 : 0;
    PpoSettings settings = setup.settings();
    double learningRate =
        settings.learningRateEnd()
            + (settings.learningRate() - settings.learningRateEnd()) * (1 - share);
    return new IterationReport(
        iteration,
        environmentSteps,
        seconds,
        steps / took,
        episodes,
        update,
        learningRate,
        rollbacks);
  }

  private double usedShare() {
    TrainingBudget budget = setup.budget();
    return Math.min(
        1,
        Math.max(
            seconds / budget.seconds(), (double) environmentSteps / budget.environmentSteps()));
  }

  /** The run as it stands. */
  public RunState state() {
    return new RunState(
        setup.plan(),
        iteration,
        environmentSteps,
        seconds,
        rollbacks,
        optimizer.checkpoint(),
        next.map(Batch::policy),
        next.map(Batch::before).orElseGet(collectors::states));
  }

  /** The present weights. */
  public PolicySnapshot policy() {
    return optimizer.snapshot();
  }

  @Override
  public void close() {
    collectors.close();
    optimizer.close();
  }
}
