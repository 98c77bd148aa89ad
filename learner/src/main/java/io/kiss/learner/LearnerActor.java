package io.kiss.learner;

import akka.Done;
import akka.actor.Cancellable;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.delivery.ConsumerController;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.BehaviorBuilder;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.StashBuffer;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.pattern.StatusReply;
import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.LearnerProtocol.Candidate;
import io.kiss.actors.protocol.LearnerProtocol.Command;
import io.kiss.actors.protocol.LearnerProtocol.GetCandidate;
import io.kiss.actors.protocol.LearnerProtocol.GetProgress;
import io.kiss.actors.protocol.LearnerProtocol.JoinWorker;
import io.kiss.actors.protocol.LearnerProtocol.Pause;
import io.kiss.actors.protocol.LearnerProtocol.Resume;
import io.kiss.actors.protocol.LearnerProtocol.Start;
import io.kiss.actors.protocol.LearnerProtocol.Stop;
import io.kiss.actors.protocol.LearnerProtocol.Subscribe;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.actors.protocol.TrainingProgress.State;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.actors.protocol.WorkerProtocol;
import io.kiss.actors.protocol.WorkerProtocol.Rest;
import io.kiss.actors.protocol.WorkerProtocol.UseIteration;
import io.kiss.learner.LearnerEvents.CheckpointFailed;
import io.kiss.learner.LearnerEvents.CheckpointMade;
import io.kiss.learner.LearnerEvents.Prepared;
import io.kiss.learner.LearnerEvents.PreparingFailed;
import io.kiss.learner.LearnerEvents.Recover;
import io.kiss.learner.LearnerEvents.Recovered;
import io.kiss.learner.LearnerEvents.RecoveryFailed;
import io.kiss.learner.LearnerEvents.Saved;
import io.kiss.learner.LearnerEvents.SegmentArrived;
import io.kiss.learner.LearnerEvents.Shutdown;
import io.kiss.learner.LearnerEvents.SubscriberGone;
import io.kiss.learner.LearnerEvents.Tick;
import io.kiss.learner.LearnerEvents.UpdateFailed;
import io.kiss.learner.LearnerEvents.Updated;
import io.kiss.learner.LearnerEvents.WorkerGone;
import io.kiss.learner.OptimizerThread.Weights;
import io.kiss.learner.TrainingStore.SavedRun;
import io.kiss.learner.TrainingStore.StaleEpoch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains: announces iterations to the workers that joined, makes batches of their segments, has the
 * optimiser update the weights, and keeps the run in the store.
 *
 * <p>Its states: recovering → idle, or preparing → collecting ⇄ updating, resting (paused, complete
 * or stopped), closing, and fenced once a newer learner has taken over. The optimiser works on a
 * thread of its own; nothing here waits.
 */
public final class LearnerActor {
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration STORE_RETRY = Duration.ofSeconds(2);

  /** Just below the shutdown phase's own limit. */
  private static final Duration CLOSING = Duration.ofSeconds(19);

  private static final int MOST_FAILURES = 3;
  private static final int MOST_STASHED = 1000;
  private static final Logger log = LoggerFactory.getLogger(LearnerActor.class);

  /** Why an optimiser is being made. */
  private enum Preparing {
    NEW_RUN,
    SAVED_RUN,
    AFTER_FAILURE
  }

  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final StashBuffer<Command> stash;
  private final LearnerSettings settings;
  private final TrainingStore store;
  private final LongSupplier nanoTime;
  private final OptimizerThread optimizer;
  private final Intake intake;
  private final Figures figures;
  private final Roster roster;
  private final Cancellable shutdownTask;
  private final Set<ActorRef<TrainingProgress>> subscribers = new LinkedHashSet<>();

  private long epoch;
  private TrainingRun run;
  private Weights weights;

  private Preparing preparing = Preparing.NEW_RUN;
  private boolean updateUnderWay;

  /** Updates that failed since the last that did not: while above 0, the optimiser is suspect. */
  private int failures;

  private Checkpoints checkpoints;

  /** A state to rest in when the update under way is done. */
  private Optional<State> restAfterUpdate = Optional.empty();

  private final List<ActorRef<StatusReply<Done>>> restReplies = new ArrayList<>();
  private Optional<Shutdown> closeRequest = Optional.empty();

  /** The learner; to be run as a singleton (see {@link LearnerSingleton}). */
  public static Behavior<Command> create(
      LearnerSettings settings, TrainingStore store, PolicyOptimizer.Factory optimizers) {
    return create(settings, store, optimizers, System::nanoTime);
  }

  static Behavior<Command> create(
      LearnerSettings settings,
      TrainingStore store,
      PolicyOptimizer.Factory optimizers,
      LongSupplier nanoTime) {
    return Behaviors.setup(
        context ->
            Behaviors.withStash(
                MOST_STASHED,
                stash ->
                    Behaviors.withTimers(
                        timers ->
                            new LearnerActor(
                                    context, timers, stash, settings, store, optimizers, nanoTime)
                                .recover())));
  }

  private LearnerActor(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      StashBuffer<Command> stash,
      LearnerSettings settings,
      TrainingStore store,
      PolicyOptimizer.Factory optimizers,
      LongSupplier nanoTime) {
    this.context = context;
    this.timers = timers;
    this.stash = stash;
    this.settings = settings;
    this.store = store;
    this.nanoTime = nanoTime;
    intake = new Intake(settings);
    figures = new Figures(settings);
    optimizer =
        new OptimizerThread(
            optimizers,
            context
                .getSystem()
                .dispatchers()
                .lookup(DispatcherSelector.fromConfig(LearnerSettings.DISPATCHER)));
    roster = new Roster(context, intake);
    shutdownTask = saveOnShutdown();
    timers.startTimerWithFixedDelay(Tick.INSTANCE, TICK);
  }

  private Cancellable saveOnShutdown() {
    ActorRef<Command> self = context.getSelf();
    var system = context.getSystem();
    return CoordinatedShutdown.get(system)
        .addCancellableTask(
            "kiss-checkpoint",
            "save-training",
            () ->
                AskPattern.<Command, Done>ask(
                    self, to -> new Shutdown(Optional.of(to)), CLOSING, system.scheduler()));
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
        .onMessage(Shutdown.class, this::close)
        .onMessage(Command.class, this::later)
        .onSignal(PostStop.class, this::onPostStop)
        .build();
  }

  private Behavior<Command> idle() {
    return common()
        .onMessageEquals(Tick.INSTANCE, Behaviors::same)
        .onMessage(SegmentArrived.class, this::refuseSegment)
        .onMessage(Start.class, start -> startRun(start.budget(), Optional.of(start.replyTo())))
        .onMessage(Pause.class, pause -> no(pause.replyTo(), "there is no training to pause"))
        .onMessage(Resume.class, resume -> no(resume.replyTo(), "there is no training to resume"))
        .onMessage(Stop.class, stop -> no(stop.replyTo(), "there is no training to stop"))
        .onMessage(Shutdown.class, this::close)
        .build();
  }

  /** The optimiser is being made or restored. */
  private Behavior<Command> preparing(Optional<ActorRef<StatusReply<Done>>> replyTo) {
    return Behaviors.receive(Command.class)
        .onMessage(Prepared.class, prepared -> onPrepared(prepared, replyTo))
        .onMessage(PreparingFailed.class, failed -> onPreparingFailed(failed, replyTo))
        .onMessage(Saved.class, this::onSaved)
        .onMessage(WorkerGone.class, this::forgetGone)
        .onMessage(SegmentArrived.class, this::park)
        .onMessageEquals(Tick.INSTANCE, Behaviors::same)
        .onMessage(JoinWorker.class, join -> Behaviors.same())
        .onMessage(Command.class, this::later)
        .onSignal(PostStop.class, this::onPostStop)
        .build();
  }

  private Behavior<Command> collecting() {
    return common()
        .onMessageEquals(Tick.INSTANCE, this::onTick)
        .onMessage(SegmentArrived.class, this::onSegment)
        .onMessage(Start.class, this::changeBudget)
        .onMessage(Pause.class, pause -> rest(State.PAUSED, List.of(pause.replyTo())))
        .onMessage(Resume.class, resume -> yes(resume.replyTo()))
        .onMessage(Stop.class, stop -> rest(State.STOPPED, List.of(stop.replyTo())))
        .onMessage(Shutdown.class, this::close)
        .build();
  }

  private Behavior<Command> updating() {
    return common()
        .onMessageEquals(Tick.INSTANCE, Behaviors::same)
        .onMessage(SegmentArrived.class, this::park)
        .onMessage(Updated.class, this::onUpdated)
        .onMessage(UpdateFailed.class, this::onUpdateFailed)
        .onMessage(Start.class, this::changeBudget)
        .onMessage(Pause.class, pause -> restLater(State.PAUSED, pause.replyTo()))
        .onMessage(Resume.class, resume -> yes(resume.replyTo()))
        .onMessage(Stop.class, stop -> restLater(State.STOPPED, stop.replyTo()))
        .onMessage(Shutdown.class, this::closeLater)
        .build();
  }

  /** Paused, complete or stopped. */
  private Behavior<Command> resting() {
    return common()
        .onMessageEquals(Tick.INSTANCE, Behaviors::same)
        .onMessage(SegmentArrived.class, this::refuseSegment)
        .onMessage(Start.class, this::startAgain)
        .onMessage(Pause.class, this::pauseAtRest)
        .onMessage(Resume.class, this::resume)
        .onMessage(Stop.class, stop -> rest(State.STOPPED, List.of(stop.replyTo())))
        .onMessage(Shutdown.class, this::close)
        .build();
  }

  private Behavior<Command> closing() {
    return Behaviors.receive(Command.class)
        .onMessage(CheckpointMade.class, this::onCheckpointMade)
        .onMessage(CheckpointFailed.class, this::onCheckpointFailed)
        .onMessage(Saved.class, this::onSaved)
        .onMessage(Command.class, ignored -> Behaviors.same())
        .onSignal(PostStop.class, this::onPostStop)
        .build();
  }

  /** A newer learner has taken over; this one only says so. */
  private Behavior<Command> fenced() {
    String why = "a newer learner has taken over";
    return Behaviors.receive(Command.class)
        .onMessage(Start.class, start -> no(start.replyTo(), why))
        .onMessage(Pause.class, pause -> no(pause.replyTo(), why))
        .onMessage(Resume.class, resume -> no(resume.replyTo(), why))
        .onMessage(Stop.class, stop -> no(stop.replyTo(), why))
        .onMessage(GetCandidate.class, get -> no(get.replyTo(), why))
        .onMessage(Shutdown.class, this::stopNow)
        .onMessage(Command.class, ignored -> Behaviors.same())
        .onSignal(PostStop.class, this::onPostStop)
        .build();
  }

  private BehaviorBuilder<Command> common() {
    return Behaviors.receive(Command.class)
        .onMessage(JoinWorker.class, this::onJoinWorker)
        .onMessage(WorkerGone.class, this::onWorkerGone)
        .onMessage(GetProgress.class, this::onGetProgress)
        .onMessage(Subscribe.class, this::onSubscribe)
        .onMessage(SubscriberGone.class, this::onSubscriberGone)
        .onMessage(GetCandidate.class, this::onGetCandidate)
        .onMessage(CheckpointMade.class, this::onCheckpointMade)
        .onMessage(CheckpointFailed.class, this::onCheckpointFailed)
        .onMessage(Saved.class, this::onSaved)
        .onSignal(PostStop.class, this::onPostStop);
  }

  // ---- recovery ----

  private Behavior<Command> recover() {
    CompletionStage<Recovered> recovery =
        store
            .takeEpoch()
            .thenCompose(taken -> store.load().thenApply(saved -> new Recovered(taken, saved)));
    context.pipeToSelf(
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
    epoch = recovered.epoch();
    checkpoints = new Checkpoints(context, store, epoch, recovered.run());
    if (recovered.run().isEmpty()) {
      return stash.unstashAll(idle());
    }
    SavedRun saved = recovered.run().get();
    run = new TrainingRun(saved, epoch);
    return prepare(Preparing.SAVED_RUN, optimizer.restore(checkpoints.latest()), Optional.empty());
  }

  private Behavior<Command> prepare(
      Preparing why,
      CompletionStage<Weights> optimizerReady,
      Optional<ActorRef<StatusReply<Done>>> replyTo) {
    preparing = why;
    context.pipeToSelf(
        optimizerReady,
        (ready, failure) -> failure == null ? new Prepared(ready) : new PreparingFailed(failure));
    return preparing(replyTo);
  }

  private Behavior<Command> onPrepared(
      Prepared prepared, Optional<ActorRef<StatusReply<Done>>> replyTo) {
    weights = prepared.weights();
    intake.expectFeatures(weights.features());
    Behavior<Command> next;
    if (run.state == State.RUNNING) {
      log.info(
          "Training {} at iteration {}, {} steps, epoch {}",
          run.name(),
          run.number,
          run.environmentSteps,
          epoch);
      next = begin();
    } else {
      next = resting();
      roster.tellAll(new Rest(run.iteration()));
      publish();
    }
    if (preparing == Preparing.NEW_RUN) {
      checkpoint(replyTo.map(List::of).orElse(List.of()));
    }
    return stash.unstashAll(next);
  }

  private Behavior<Command> onPreparingFailed(
      PreparingFailed failed, Optional<ActorRef<StatusReply<Done>>> replyTo) {
    String why = reason(failed.cause());
    if (preparing == Preparing.AFTER_FAILURE) {
      log.error("Training {} stops, its last checkpoint is of no use: {}", run.name(), why);
      return stash.unstashAll(rest(State.STOPPED, takeRestReplies()));
    }
    if (preparing == Preparing.SAVED_RUN
        && unwrap(failed.cause()) instanceof IllegalArgumentException
        && run.state == State.RUNNING) {
      log.error("The checkpoint of {} is of no use, training starts anew: {}", run.name(), why);
      return startRun(run.budget, Optional.empty());
    }
    log.error("There is no training: the optimiser could not be made: {}", why);
    replyTo.ifPresent(to -> to.tell(StatusReply.error("the optimiser could not be made: " + why)));
    run = null;
    return stash.unstashAll(idle());
  }

  // ---- control ----

  private Behavior<Command> startRun(
      TrainingBudget budget, Optional<ActorRef<StatusReply<Done>>> replyTo) {
    run = new TrainingRun("run-" + epoch, settings.seed(), epoch, budget);
    return prepare(Preparing.NEW_RUN, optimizer.create(run.seed()), replyTo);
  }

  private Behavior<Command> begin() {
    run.state = State.RUNNING;
    figures.startRate(nanoTime.getAsLong());
    tickClock();
    announce();
    publish();
    return collecting();
  }

  private Behavior<Command> changeBudget(Start start) {
    run.budget = start.budget();
    publish();
    return yes(start.replyTo());
  }

  private Behavior<Command> startAgain(Start start) {
    if (run.state == State.PAUSED) {
      return changeBudget(start);
    }
    TrainingBudget before = run.budget;
    run.budget = start.budget();
    if (run.isBudgetSpent(nanoTime.getAsLong())) {
      run.budget = before;
      return no(
          start.replyTo(),
          "%s has trained for %.0f s and %d steps already; give it a larger budget"
              .formatted(run.name(), run.seconds(nanoTime.getAsLong()), run.environmentSteps));
    }
    if (failures > 0) {
      failures = 0;
      run.state = State.RUNNING;
      yes(start.replyTo());
      return restoreLatest();
    }
    Behavior<Command> next = begin();
    checkpoint(List.of(start.replyTo()));
    return next;
  }

  private Behavior<Command> restoreLatest() {
    return prepare(
        Preparing.AFTER_FAILURE, optimizer.restore(checkpoints.latest()), Optional.empty());
  }

  private Behavior<Command> pauseAtRest(Pause pause) {
    return run.state == State.PAUSED
        ? yes(pause.replyTo())
        : no(pause.replyTo(), "training is not running, it is " + run.state);
  }

  private Behavior<Command> resume(Resume resume) {
    if (run.state != State.PAUSED) {
      return no(
          resume.replyTo(), "training is " + run.state + "; start it again with a larger budget");
    }
    Behavior<Command> next = begin();
    checkpoint(List.of(resume.replyTo()));
    return next;
  }

  private Behavior<Command> restLater(State state, ActorRef<StatusReply<Done>> replyTo) {
    restAfterUpdate = Optional.of(state);
    restReplies.add(replyTo);
    return Behaviors.same();
  }

  private Behavior<Command> rest(State state, List<ActorRef<StatusReply<Done>>> replies) {
    run.state = state;
    tickClock();
    intake.clear();
    roster.tellAll(new Rest(run.iteration()));
    log.info(
        "Training {} is {} at iteration {}, {} steps",
        run.name(),
        state,
        run.number,
        run.environmentSteps);
    publish();
    checkpoint(replies);
    return resting();
  }

  private List<ActorRef<StatusReply<Done>>> takeRestReplies() {
    List<ActorRef<StatusReply<Done>>> replies = List.copyOf(restReplies);
    restReplies.clear();
    restAfterUpdate = Optional.empty();
    return replies;
  }

  private Behavior<Command> onTick() {
    return run.isBudgetSpent(nanoTime.getAsLong())
        ? rest(State.COMPLETE, List.of())
        : Behaviors.same();
  }

  // ---- workers and segments ----

  private Behavior<Command> onJoinWorker(JoinWorker join) {
    if (roster.join(join)) {
      tickClock();
      join.replyTo().tell(whatToDo());
    }
    return Behaviors.same();
  }

  private Behavior<Command> onWorkerGone(WorkerGone gone) {
    forgetGone(gone);
    // The batch may have been waiting for this worker alone.
    return run != null && run.state == State.RUNNING && !updateUnderWay
        ? updateIfComplete()
        : Behaviors.same();
  }

  private Behavior<Command> forgetGone(WorkerGone gone) {
    roster.leave(gone);
    tickClock();
    return Behaviors.same();
  }

  private WorkerProtocol.Command whatToDo() {
    if (run != null && run.state == State.RUNNING) {
      return new UseIteration(run.iteration(), weights.policy());
    }
    return new Rest(run == null ? new Iteration("", epoch, 0) : run.iteration());
  }

  private void announce() {
    roster.tellAll(new UseIteration(run.iteration(), weights.policy()));
  }

  private Behavior<Command> refuseSegment(SegmentArrived arrived) {
    arrived.delivery().confirmTo().tell(ConsumerController.confirmed());
    return Behaviors.same();
  }

  private Behavior<Command> park(SegmentArrived arrived) {
    intake.park(arrived.delivery());
    return Behaviors.same();
  }

  private Behavior<Command> onSegment(SegmentArrived arrived) {
    intake.offer(arrived.delivery(), run.iteration());
    return updateIfComplete();
  }

  private Behavior<Command> updateIfComplete() {
    if (!intake.isBatchComplete()) {
      intake.askForMissing();
      return Behaviors.same();
    }
    List<TrajectorySegment> segments = intake.takeBatch();
    if (settings.maxLag() > 0) {
      intake.releaseHeld();
    }
    long steps = segments.stream().mapToLong(TrajectorySegment::environmentSteps).sum();
    EpisodeSummary episodes =
        segments.stream()
            .map(TrajectorySegment::episodes)
            .reduce(EpisodeSummary.NONE, EpisodeSummary::plus);
    boolean withCheckpoint = checkpoints.isDue(settings.checkpointInterval(), nanoTime.getAsLong());
    updateUnderWay = true;
    context.pipeToSelf(
        optimizer.update(segments, withCheckpoint),
        (update, failure) ->
            failure == null ? new Updated(update, steps, episodes) : new UpdateFailed(failure));
    return updating();
  }

  // ---- updates ----

  private Behavior<Command> onUpdated(Updated updated) {
    updateUnderWay = false;
    failures = 0;
    long now = nanoTime.getAsLong();
    weights = updated.update().weights();
    run.number++;
    run.environmentSteps += updated.steps();
    run.lastUpdate = updated.update().statistics();
    figures.addSteps(now, updated.steps());
    figures.addEpisodes(updated.episodes());
    updated
        .update()
        .checkpoint()
        .ifPresent(bytes -> checkpoints.saveNow(run.toSave(bytes, now), now, List.of()));
    if (closeRequest.isPresent()) {
      return close(closeRequest.get());
    }
    if (restAfterUpdate.isPresent()) {
      State state = restAfterUpdate.get();
      return rest(state, takeRestReplies());
    }
    if (run.isBudgetSpent(now)) {
      return rest(State.COMPLETE, List.of());
    }
    announce();
    publish();
    return collectOn();
  }

  private Behavior<Command> collectOn() {
    intake.releaseHeld();
    intake.admitWaiting(run.iteration());
    Behavior<Command> next = updateIfComplete();
    return updateUnderWay ? next : collecting();
  }

  private Behavior<Command> onUpdateFailed(UpdateFailed failed) {
    updateUnderWay = false;
    failures++;
    if (closeRequest.isPresent()) {
      return close(closeRequest.get());
    }
    if (failures >= MOST_FAILURES || restAfterUpdate.isPresent()) {
      log.error(
          "Training {} stops after {} failed updates in a row",
          run.name(),
          failures,
          failed.cause());
      return rest(State.STOPPED, takeRestReplies());
    }
    log.warn(
        "An update of {} failed; going on with the last checkpoint", run.name(), failed.cause());
    intake.clear();
    run.number++;
    return restoreLatest();
  }

  // ---- checkpoints and closing ----

  /** Writes the run down as it is; only while no update is under way. */
  private void checkpoint(List<ActorRef<StatusReply<Done>>> replies) {
    long now = nanoTime.getAsLong();
    if (failures > 0) {
      checkpoints.saveNow(run.toSave(checkpoints.latest(), now), now, replies);
    } else {
      checkpoints.request(run, optimizer, now, replies);
    }
  }

  private Behavior<Command> onCheckpointMade(CheckpointMade made) {
    checkpoints.made(made.run(), made.replies());
    return Behaviors.same();
  }

  private Behavior<Command> onCheckpointFailed(CheckpointFailed failed) {
    checkpoints.failed(unwrap(failed.cause()), failed.replies());
    return stopIfClosed();
  }

  private Behavior<Command> onSaved(Saved saved) {
    Optional<Throwable> failure = saved.failure().map(LearnerActor::unwrap);
    checkpoints.onSaved(failure, saved.replies());
    return failure.isPresent() && failure.get() instanceof StaleEpoch
        ? fence(failure.get())
        : stopIfClosed();
  }

  private Behavior<Command> stopIfClosed() {
    return closeRequest.isPresent() && !updateUnderWay && checkpoints.isIdle()
        ? stopNow(closeRequest.get())
        : Behaviors.same();
  }

  private Behavior<Command> fence(Throwable stale) {
    log.error("This learner stops, a newer one has taken over: {}", stale.getMessage());
    roster.leaveAll();
    takeRestReplies().forEach(to -> to.tell(StatusReply.error("a newer learner has taken over")));
    optimizer.close();
    return closeRequest.isPresent() ? stopNow(closeRequest.get()) : stash.unstashAll(fenced());
  }

  private Behavior<Command> closeLater(Shutdown shutdown) {
    closeRequest = Optional.of(shutdown);
    return Behaviors.same();
  }

  private Behavior<Command> close(Shutdown shutdown) {
    closeRequest = Optional.of(shutdown);
    if (run == null || weights == null) {
      return stopNow(shutdown);
    }
    run.tick(false, nanoTime.getAsLong());
    checkpoint(takeRestReplies());
    return closing();
  }

  private Behavior<Command> stopNow(Shutdown shutdown) {
    shutdown.replyTo().ifPresent(to -> to.tell(Done.getInstance()));
    return Behaviors.stopped();
  }

  private Behavior<Command> onPostStop(PostStop signal) {
    shutdownTask.cancel();
    optimizer.close();
    return Behaviors.same();
  }

  // ---- questions ----

  private Behavior<Command> onGetProgress(GetProgress get) {
    get.replyTo().tell(progress());
    return Behaviors.same();
  }

  private Behavior<Command> onSubscribe(Subscribe subscribe) {
    if (subscribers.add(subscribe.subscriber())) {
      context.watchWith(subscribe.subscriber(), new SubscriberGone(subscribe.subscriber()));
    }
    subscribe.subscriber().tell(progress());
    return Behaviors.same();
  }

  private Behavior<Command> onSubscriberGone(SubscriberGone gone) {
    subscribers.remove(gone.subscriber());
    return Behaviors.same();
  }

  private Behavior<Command> onGetCandidate(GetCandidate get) {
    if (run == null) {
      return no(get.replyTo(), "there is no training yet, so there are no weights");
    }
    get.replyTo()
        .tell(StatusReply.success(new Candidate(run.iteration(), weights.policy(), progress())));
    return Behaviors.same();
  }

  private TrainingProgress progress() {
    long now = nanoTime.getAsLong();
    return run == null
        ? TrainingRun.none(epoch, roster.size())
        : run.progress(figures, roster.size(), now);
  }

  private void publish() {
    if (!subscribers.isEmpty()) {
      TrainingProgress progress = progress();
      subscribers.forEach(subscriber -> subscriber.tell(progress));
    }
  }

  // ---- small things ----

  /** Time counts while there are workers to learn from. */
  private void tickClock() {
    if (run != null) {
      run.tick(run.state == State.RUNNING && roster.size() > 0, nanoTime.getAsLong());
    }
  }

  private Behavior<Command> later(Command command) {
    stash.stash(command);
    return Behaviors.same();
  }

  private static Behavior<Command> yes(ActorRef<StatusReply<Done>> replyTo) {
    replyTo.tell(StatusReply.ack());
    return Behaviors.same();
  }

  private static <T> Behavior<Command> no(ActorRef<StatusReply<T>> replyTo, String sentence) {
    replyTo.tell(StatusReply.error(sentence));
    return Behaviors.same();
  }

  private static Throwable unwrap(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? unwrap(failure.getCause())
        : failure;
  }

  private static String reason(Throwable failure) {
    Throwable cause = unwrap(failure);
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
