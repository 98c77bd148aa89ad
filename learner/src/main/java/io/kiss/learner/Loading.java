package io.kiss.learner;

import static io.kiss.learner.Answers.reason;
import static io.kiss.learner.Answers.unwrap;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.StashBuffer;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.pattern.StatusReply;
import io.kiss.actors.protocol.LearnerProtocol.Command;
import io.kiss.actors.protocol.LearnerProtocol.JoinWorker;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress.State;
import io.kiss.learner.LearnerEvents.Prepared;
import io.kiss.learner.LearnerEvents.PreparingFailed;
import io.kiss.learner.LearnerEvents.Recover;
import io.kiss.learner.LearnerEvents.Recovered;
import io.kiss.learner.LearnerEvents.RecoveryFailed;
import io.kiss.learner.LearnerEvents.Saved;
import io.kiss.learner.LearnerEvents.SegmentArrived;
import io.kiss.learner.LearnerEvents.Shutdown;
import io.kiss.learner.LearnerEvents.Tick;
import io.kiss.learner.LearnerEvents.WorkerGone;
import io.kiss.learner.OptimizerThread.Weights;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The states in which there is no optimiser yet: recovering, until the store has said where the
 * last learner stopped, and preparing, until the optimiser is made or restored. What is asked
 * meanwhile waits.
 */
final class Loading {
  private static final Duration STORE_RETRY = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(Loading.class);

  /** Where it goes from here. */
  interface Context {
    /** There is no run. */
    Behavior<Command> idle();

    /** The run goes on. */
    Behavior<Command> begin();

    /** The run was at rest, and stays so. */
    Behavior<Command> restOn();

    /** The run cannot go on. */
    Behavior<Command> rest(State state);

    Behavior<Command> close(Shutdown shutdown);

    Behavior<Command> onSaved(Saved saved);

    Behavior<Command> onPostStop(PostStop signal);
  }

  /** Why an optimiser is being made. */
  private enum Reason {
    NEW_RUN,
    SAVED_RUN,
    AFTER_FAILURE
  }

  private final Training training;
  private final TimerScheduler<Command> timers;
  private final StashBuffer<Command> stash;
  private final Context next;
  private Reason why = Reason.NEW_RUN;

  Loading(
      Training training, TimerScheduler<Command> timers, StashBuffer<Command> stash, Context next) {
    this.training = training;
    this.timers = timers;
    this.stash = stash;
    this.next = next;
  }

  // ---- states ----

  private Behavior<Command> recovering() {
    return Behaviors.receive(Command.class)
        .onMessage(Recovered.class, this::onRecovered)
        .onMessage(RecoveryFailed.class, this::onRecoveryFailed)
        .onMessageEquals(Recover.INSTANCE, this::recover)
        .onMessageEquals(Tick.INSTANCE, Behaviors::same)
        // Said again until answered.
        .onMessage(JoinWorker.class, join -> Behaviors.same())
        .onMessage(Shutdown.class, next::close)
        .onMessage(Command.class, this::later)
        .onSignal(PostStop.class, next::onPostStop)
        .build();
  }

  private Behavior<Command> preparing(Optional<ActorRef<StatusReply<Done>>> replyTo) {
    return Behaviors.receive(Command.class)
        .onMessage(Prepared.class, prepared -> onPrepared(prepared, replyTo))
        .onMessage(PreparingFailed.class, failed -> onPreparingFailed(failed, replyTo))
        .onMessage(Saved.class, next::onSaved)
        .onMessage(WorkerGone.class, this::onWorkerGone)
        .onMessage(SegmentArrived.class, this::park)
        .onMessageEquals(Tick.INSTANCE, Behaviors::same)
        .onMessage(JoinWorker.class, join -> Behaviors.same())
        .onMessage(Command.class, this::later)
        .onSignal(PostStop.class, next::onPostStop)
        .build();
  }

  // ---- recovery ----

  /** Takes an epoch and asks for the saved run. */
  Behavior<Command> recover() {
    TrainingStore store = training.store();
    CompletionStage<Recovered> recovery =
        store
            .takeEpoch()
            .thenCompose(taken -> store.load().thenApply(saved -> new Recovered(taken, saved)));
    training.context.pipeToSelf(
        recovery,
        (recovered, failure) -> failure == null ? recovered : new RecoveryFailed(failure));
    return recovering();
  }

  private Behavior<Command> onRecoveryFailed(RecoveryFailed failed) {
    log.warn("The training store does not answer; trying again: {}", reason(failed.cause()));
    timers.startSingleTimer(Recover.INSTANCE, STORE_RETRY);
    return Behaviors.same();
  }

  private Behavior<Command> onRecovered(Recovered recovered) {
    training.recovered(recovered.epoch(), recovered.run());
    return training.run == null ? stash.unstashAll(next.idle()) : restore(Reason.SAVED_RUN);
  }

  // ---- the optimiser ----

  /**
   * Starts a new run from random weights.
   *
   * @param replyTo hears of it once the run is saved
   */
  Behavior<Command> startRun(TrainingBudget budget, Optional<ActorRef<StatusReply<Done>>> replyTo) {
    training.checkpoints.forgetLatest();
    training.run =
        new TrainingRun("run-" + training.epoch, training.settings.seed(), training.epoch, budget);
    return prepare(Reason.NEW_RUN, training.optimizer.create(training.run.seed()), replyTo);
  }

  /** Goes on with the newest checkpoint, since the optimiser is suspect. */
  Behavior<Command> restoreLatest() {
    return restore(Reason.AFTER_FAILURE);
  }

  private Behavior<Command> restore(Reason reason) {
    return prepare(
        reason, training.optimizer.restore(training.checkpoints.latest()), Optional.empty());
  }

  private Behavior<Command> prepare(
      Reason reason,
      CompletionStage<Weights> optimizerReady,
      Optional<ActorRef<StatusReply<Done>>> replyTo) {
    why = reason;
    training.context.pipeToSelf(
        optimizerReady,
        (ready, failure) -> failure == null ? new Prepared(ready) : new PreparingFailed(failure));
    return preparing(replyTo);
  }

  private Behavior<Command> onPrepared(
      Prepared prepared, Optional<ActorRef<StatusReply<Done>>> replyTo) {
    training.weights = prepared.weights();
    training.intake.expect(training.weights.features(), training.weights.heads());
    Behavior<Command> state;
    if (training.isRunning()) {
      TrainingRun run = training.run;
      log.info(
          "Training {} at iteration {}, {} steps, epoch {}",
          run.name(),
          run.number,
          run.environmentSteps,
          training.epoch);
      state = next.begin();
    } else {
      state = next.restOn();
    }
    if (why == Reason.NEW_RUN) {
      training.checkpoint(replyTo.map(List::of).orElse(List.of()));
    }
    return stash.unstashAll(state);
  }

  private Behavior<Command> onPreparingFailed(
      PreparingFailed failed, Optional<ActorRef<StatusReply<Done>>> replyTo) {
    String reason = reason(failed.cause());
    TrainingRun run = training.run;
    if (why == Reason.AFTER_FAILURE) {
      log.error("Training {} stops, its last checkpoint is of no use: {}", run.name(), reason);
      return stash.unstashAll(next.rest(State.STOPPED));
    }
    if (why == Reason.SAVED_RUN
        && unwrap(failed.cause()) instanceof IllegalArgumentException
        && run.state == State.RUNNING) {
      log.error("The checkpoint of {} is of no use, training starts anew: {}", run.name(), reason);
      return startRun(run.budget, Optional.empty());
    }
    log.error("There is no training: the optimiser could not be made: {}", reason);
    replyTo.ifPresent(
        to -> to.tell(StatusReply.error("the optimiser could not be made: " + reason)));
    training.run = null;
    return stash.unstashAll(next.idle());
  }

  // ---- meanwhile ----

  private Behavior<Command> onWorkerGone(WorkerGone gone) {
    training.forget(gone);
    return Behaviors.same();
  }

  private Behavior<Command> park(SegmentArrived arrived) {
    training.intake.park(arrived.delivery());
    return Behaviors.same();
  }

  private Behavior<Command> later(Command command) {
    stash.stash(command);
    return Behaviors.same();
  }

  /** Another state, which is told first what had to wait. */
  Behavior<Command> unstashed(Behavior<Command> state) {
    return stash.unstashAll(state);
  }
}
