package io.kiss.learner;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.ActorContext;
import akka.pattern.StatusReply;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.LearnerProtocol.Command;
import io.kiss.actors.protocol.LearnerProtocol.JoinWorker;
import io.kiss.actors.protocol.LearnerProtocol.Workers;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.actors.protocol.TrainingProgress.State;
import io.kiss.actors.protocol.WorkerProtocol;
import io.kiss.actors.protocol.WorkerProtocol.Rest;
import io.kiss.actors.protocol.WorkerProtocol.UseIteration;
import io.kiss.learner.LearnerEvents.WorkerGone;
import io.kiss.learner.OptimizerThread.Weights;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What all states of the learner work on: the run, its weights, and who and what takes part.
 * Touched by the actor alone.
 */
final class Training {
  final ActorContext<Command> context;
  final LearnerSettings settings;
  final OptimizerThread optimizer;
  final Intake intake;
  final Figures figures;
  final Roster roster;
  private final TrainingStore store;
  private final LongSupplier nanoTime;

  long epoch;

  /** There from recovery on. */
  Checkpoints checkpoints;

  /** Null while there is none. */
  TrainingRun run;

  /** Null before the optimiser was there for the first time. */
  Weights weights;

  /** Updates that failed since the last that did not: while above 0, the optimiser is suspect. */
  int failures;

  Training(
      ActorContext<Command> context,
      LearnerSettings settings,
      TrainingStore store,
      PolicyOptimizer.Factory optimizers,
      LongSupplier nanoTime) {
    this.context = context;
    this.settings = settings;
    this.store = store;
    this.nanoTime = nanoTime;
    intake = new Intake(settings, nanoTime);
    figures = new Figures(settings);
    roster = new Roster(context, intake, settings, nanoTime);
    optimizer =
        new OptimizerThread(
            optimizers,
            context
                .getSystem()
                .dispatchers()
                .lookup(DispatcherSelector.fromConfig(LearnerSettings.DISPATCHER)));
  }

  /** {@code System.nanoTime}'s. */
  long now() {
    return nanoTime.getAsLong();
  }

  TrainingStore store() {
    return store;
  }

  boolean isRunning() {
    return run != null && run.state == State.RUNNING;
  }

  boolean isBudgetSpent() {
    return run.isBudgetSpent(now());
  }

  /** Time counts while there are workers to learn from. */
  void tickClock() {
    if (run != null) {
      run.tick(isRunning() && roster.size() > 0, now());
    }
  }

  /** Lets a worker in and tells it what to do. */
  void welcome(JoinWorker join) {
    if (roster.join(join)) {
      tickClock();
      join.replyTo().tell(whatToDo());
    }
  }

  private WorkerProtocol.Command whatToDo() {
    if (isRunning()) {
      return new UseIteration(run.iteration(), weights.policy());
    }
    return new Rest(iterationNow());
  }

  void forget(WorkerGone gone) {
    roster.leave(gone);
    tickClock();
  }

  /** Tells all workers to collect with the weights there are. */
  void announce() {
    roster.tellAll(new UseIteration(run.iteration(), weights.policy()));
  }

  /** Tells all workers to rest. */
  void sendToRest() {
    roster.tellAll(new Rest(run.iteration()));
  }

  /** Finds out what was saved; to be called once, when the store has answered. */
  void recovered(long epoch, Optional<TrainingStore.SavedRun> saved) {
    this.epoch = epoch;
    checkpoints = new Checkpoints(context, store, epoch, saved);
    saved.ifPresent(found -> run = new TrainingRun(found, epoch));
  }

  /** Writes the run down as it is; only while no update is under way. */
  void checkpoint(List<ActorRef<StatusReply<Done>>> replies) {
    if (failures > 0) {
      checkpoints.saveNow(run.toSave(checkpoints.latest(), now()), now(), replies);
    } else {
      checkpoints.request(run, optimizer, now(), replies);
    }
  }

  private Iteration iterationNow() {
    return run == null ? new Iteration("", epoch, 0) : run.iteration();
  }

  Workers workers() {
    return intake.status(iterationNow());
  }

  TrainingProgress progress() {
    return run == null
        ? TrainingRun.none(epoch, roster.size())
        : run.progress(figures, roster.size(), now());
  }
}
