package io.kiss.learner;

import static io.kiss.learner.Answers.yes;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.BehaviorBuilder;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.pattern.StatusReply;
import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.LearnerProtocol.Command;
import io.kiss.actors.protocol.LearnerProtocol.Pause;
import io.kiss.actors.protocol.LearnerProtocol.Resume;
import io.kiss.actors.protocol.LearnerProtocol.Start;
import io.kiss.actors.protocol.LearnerProtocol.Stop;
import io.kiss.actors.protocol.TrainingProgress.State;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.learner.LearnerEvents.BatchOverdue;
import io.kiss.learner.LearnerEvents.SegmentArrived;
import io.kiss.learner.LearnerEvents.Shutdown;
import io.kiss.learner.LearnerEvents.Tick;
import io.kiss.learner.LearnerEvents.UpdateFailed;
import io.kiss.learner.LearnerEvents.Updated;
import io.kiss.learner.LearnerEvents.WorkerGone;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The states of a run that goes on: collecting, until there is a batch, and updating, until the
 * optimiser has learned from it. Whoever wants the run to rest or the learner to close waits for
 * the update under way.
 */
final class Running {
  private static final int MOST_FAILURES = 3;
  private static final Logger log = LoggerFactory.getLogger(Running.class);

  /** Where it goes from here. */
  interface Context {
    /** What every state understands. */
    BehaviorBuilder<Command> common();

    /** Rests, saved. */
    Behavior<Command> rest(State state, List<ActorRef<StatusReply<Done>>> replies);

    /** Goes on with the newest checkpoint. */
    Behavior<Command> restoreLatest();

    Behavior<Command> changeBudget(Start start);

    /** Saves and stops. */
    Behavior<Command> close(Shutdown shutdown, List<ActorRef<StatusReply<Done>>> replies);

    void publish();
  }

  private final Training training;
  private final Intake intake;
  private final TimerScheduler<Command> timers;
  private final Context next;

  /** The batch need not be complete any more. */
  private boolean overdue;

  /** A state to rest in when the update under way is done. */
  private Optional<State> restAfterUpdate = Optional.empty();

  private final List<ActorRef<StatusReply<Done>>> restReplies = new ArrayList<>();

  /** Wanted when the update under way is done. */
  private Optional<Shutdown> closeAfterUpdate = Optional.empty();

  Running(Training training, TimerScheduler<Command> timers, Context next) {
    this.training = training;
    this.timers = timers;
    this.next = next;
    intake = training.intake;
  }

  // ---- states ----

  private Behavior<Command> collecting() {
    return next.common()
        .onMessageEquals(Tick.INSTANCE, this::onTick)
        .onMessage(SegmentArrived.class, this::onSegment)
        .onMessage(WorkerGone.class, this::onWorkerGone)
        .onMessageEquals(BatchOverdue.INSTANCE, this::onBatchOverdue)
        .onMessage(Start.class, next::changeBudget)
        .onMessage(Pause.class, pause -> rest(State.PAUSED, List.of(pause.replyTo())))
        .onMessage(Resume.class, resume -> yes(resume.replyTo()))
        .onMessage(Stop.class, stop -> rest(State.STOPPED, List.of(stop.replyTo())))
        .onMessage(Shutdown.class, shutdown -> next.close(shutdown, List.of()))
        .build();
  }

  private Behavior<Command> updating() {
    return next.common()
        .onMessageEquals(Tick.INSTANCE, Behaviors::same)
        .onMessage(SegmentArrived.class, this::park)
        .onMessage(WorkerGone.class, this::forget)
        .onMessage(Updated.class, this::onUpdated)
        .onMessage(UpdateFailed.class, this::onUpdateFailed)
        .onMessage(Start.class, next::changeBudget)
        .onMessage(Pause.class, pause -> restLater(State.PAUSED, pause.replyTo()))
        .onMessage(Resume.class, resume -> yes(resume.replyTo()))
        .onMessage(Stop.class, stop -> restLater(State.STOPPED, stop.replyTo()))
        .onMessage(Shutdown.class, this::closeLater)
        .build();
  }

  // ---- collecting ----

  /** Begins, or goes on after a rest. */
  Behavior<Command> begin() {
    training.run.state = State.RUNNING;
    training.figures.startRate(training.now());
    training.tickClock();
    training.announce();
    next.publish();
    return collecting();
  }

  private Behavior<Command> onTick() {
    return training.isBudgetSpent() ? rest(State.COMPLETE, List.of()) : Behaviors.same();
  }

  private Behavior<Command> onSegment(SegmentArrived arrived) {
    intake.offer(arrived.delivery(), training.run.iteration());
    return updateOr(Behaviors.same());
  }

  private Behavior<Command> onWorkerGone(WorkerGone gone) {
    training.forget(gone);
    // The batch may have been waiting for this worker alone.
    return updateOr(Behaviors.same());
  }

  private Behavior<Command> onBatchOverdue() {
    overdue = true;
    return updateOr(Behaviors.same());
  }

  private Behavior<Command> rest(State state, List<ActorRef<StatusReply<Done>>> replies) {
    stopWaiting();
    return next.rest(state, replies);
  }

  private void waitForStragglers() {
    if (!overdue && !intake.isBatchEmpty() && !timers.isTimerActive(BatchOverdue.INSTANCE)) {
      timers.startSingleTimer(BatchOverdue.INSTANCE, training.settings.stragglerTimeout());
    }
  }

  private void stopWaiting() {
    timers.cancel(BatchOverdue.INSTANCE);
    overdue = false;
  }

  /** Updates, if there is a batch to do it with. */
  private Behavior<Command> updateOr(Behavior<Command> otherwise) {
    if (intake.isBatchComplete()) {
      return update();
    } else if (overdue && intake.isBatchHalfComplete()) {
      intake.giveUpOnMissing();
      return update();
    }
    intake.askForMissing();
    waitForStragglers();
    return otherwise;
  }

  private Behavior<Command> update() {
    stopWaiting();
    List<TrajectorySegment> segments = intake.takeBatch();
    if (training.settings.maxLag() > 0) {
      intake.releaseHeld();
    }
    long steps = segments.stream().mapToLong(TrajectorySegment::environmentSteps).sum();
    EpisodeSummary episodes =
        segments.stream()
            .map(TrajectorySegment::episodes)
            .reduce(EpisodeSummary.NONE, EpisodeSummary::plus);
    boolean withCheckpoint =
        training.checkpoints.isDue(training.settings.checkpointInterval(), training.now());
    training.context.pipeToSelf(
        training.optimizer.update(segments, training.run.usedShare(training.now()), withCheckpoint),
        (update, failure) ->
            failure == null ? new Updated(update, steps, episodes) : new UpdateFailed(failure));
    return updating();
  }

  // ---- updating ----

  private Behavior<Command> park(SegmentArrived arrived) {
    intake.park(arrived.delivery());
    return Behaviors.same();
  }

  private Behavior<Command> forget(WorkerGone gone) {
    training.forget(gone);
    return Behaviors.same();
  }

  private Behavior<Command> restLater(State state, ActorRef<StatusReply<Done>> replyTo) {
    restAfterUpdate = Optional.of(state);
    restReplies.add(replyTo);
    return Behaviors.same();
  }

  private Behavior<Command> closeLater(Shutdown shutdown) {
    closeAfterUpdate = Optional.of(shutdown);
    return Behaviors.same();
  }

  /** A shutdown that waits for the update under way. */
  Optional<Shutdown> closeAfterUpdate() {
    return closeAfterUpdate;
  }

  /** Those who wait for the run to rest; from now on somebody else answers them. */
  List<ActorRef<StatusReply<Done>>> takeRestReplies() {
    List<ActorRef<StatusReply<Done>>> replies = List.copyOf(restReplies);
    restReplies.clear();
    restAfterUpdate = Optional.empty();
    return replies;
  }

  private Behavior<Command> onUpdated(Updated updated) {
    long now = training.now();
    TrainingRun run = training.run;
    training.failures = 0;
    training.weights = updated.update().weights();
    run.number++;
    run.environmentSteps += updated.steps();
    run.lastUpdate = updated.update().statistics();
    training.figures.addSteps(now, updated.steps());
    training.figures.addEpisodes(updated.episodes());
    updated
        .update()
        .checkpoint()
        .ifPresent(bytes -> training.checkpoints.saveNow(run.toSave(bytes, now), now, List.of()));
    if (closeAfterUpdate.isPresent()) {
      return next.close(closeAfterUpdate.get(), takeRestReplies());
    }
    if (restAfterUpdate.isPresent()) {
      State state = restAfterUpdate.get();
      return next.rest(state, takeRestReplies());
    }
    if (run.isBudgetSpent(now)) {
      return next.rest(State.COMPLETE, List.of());
    }
    training.announce();
    next.publish();
    intake.releaseHeld();
    intake.admitWaiting(run.iteration());
    return updateOr(collecting());
  }

  private Behavior<Command> onUpdateFailed(UpdateFailed failed) {
    TrainingRun run = training.run;
    training.failures++;
    // The weights will be those of the checkpoint, and count what those have learned from.
    run.environmentSteps = training.checkpoints.latestSteps();
    if (closeAfterUpdate.isPresent()) {
      return next.close(closeAfterUpdate.get(), takeRestReplies());
    }
    if (training.failures >= MOST_FAILURES || restAfterUpdate.isPresent()) {
      log.error(
          "Training {} stops after {} failed updates in a row",
          run.name(),
          training.failures,
          failed.cause());
      return next.rest(State.STOPPED, takeRestReplies());
    }
    log.warn(
        "An update of {} failed; going on with the last checkpoint", run.name(), failed.cause());
    intake.clear();
    run.number++;
    return next.restoreLatest();
  }
}
