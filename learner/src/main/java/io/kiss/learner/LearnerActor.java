package io.kiss.learner;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.BehaviorBuilder;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.StashBuffer;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.pattern.StatusReply;
import io.kiss.actors.protocol.LearnerProtocol.Command;
import io.kiss.actors.protocol.LearnerProtocol.JoinWorker;
import io.kiss.actors.protocol.LearnerProtocol.Start;
import io.kiss.actors.protocol.TrainingProgress.State;
import io.kiss.learner.LearnerEvents.CheckpointFailed;
import io.kiss.learner.LearnerEvents.CheckpointMade;
import io.kiss.learner.LearnerEvents.Saved;
import io.kiss.learner.LearnerEvents.Shutdown;
import io.kiss.learner.LearnerEvents.Tick;
import io.kiss.learner.TrainingStore.StaleEpoch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Trains: announces iterations to the workers that joined, makes batches of their segments, has the
 * optimiser update the weights, and keeps the run in the store.
 *
 * <p>Its states: recovering → idle, or preparing ({@link Loading}) → collecting ⇄ updating ({@link
 * Running}), resting ({@link Resting}), closing, and fenced once a newer learner has taken over
 * ({@link Closing}). Here is how they lead to each other, and what is the same in all of them. The
 * optimiser works on a thread of its own; nothing here waits.
 */
public final class LearnerActor {
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final int MOST_STASHED = 1000;

  private final Training training;
  private final Audience audience;
  private final Loading loading;
  private final Running running;
  private final Resting resting;
  private final Closing closing;

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
                        timers -> {
                          var training =
                              new Training(context, settings, store, optimizers, nanoTime);
                          return new LearnerActor(training, timers, stash).loading.recover();
                        })));
  }

  private LearnerActor(
      Training training, TimerScheduler<Command> timers, StashBuffer<Command> stash) {
    this.training = training;
    Transitions transitions = new Transitions();
    audience = new Audience(training);
    loading = new Loading(training, timers, stash, transitions);
    running = new Running(training, timers, transitions);
    resting = new Resting(training, transitions);
    closing = new Closing(training);
    timers.startTimerWithFixedDelay(Tick.INSTANCE, TICK);
  }

  /** From each state to those it may lead to. */
  private final class Transitions implements Loading.Context, Running.Context, Resting.Context {

    @Override
    public BehaviorBuilder<Command> common() {
      return audience
          .answering(Behaviors.receive(Command.class))
          .onMessage(JoinWorker.class, LearnerActor.this::onJoinWorker)
          .onMessage(CheckpointMade.class, LearnerActor.this::onCheckpointMade)
          .onMessage(CheckpointFailed.class, LearnerActor.this::onCheckpointFailed)
          .onMessage(Saved.class, this::onSaved)
          .onSignal(PostStop.class, this::onPostStop);
    }

    @Override
    public Behavior<Command> idle() {
      return resting.idle();
    }

    @Override
    public Behavior<Command> startRun(Start start) {
      return loading.startRun(start.budget(), Optional.of(start.replyTo()));
    }

    @Override
    public Behavior<Command> restoreLatest() {
      return loading.restoreLatest();
    }

    @Override
    public Behavior<Command> begin() {
      return running.begin();
    }

    @Override
    public Behavior<Command> changeBudget(Start start) {
      return resting.changeBudget(start);
    }

    @Override
    public Behavior<Command> rest(State state) {
      return resting.rest(state, List.of());
    }

    @Override
    public Behavior<Command> rest(State state, List<ActorRef<StatusReply<Done>>> replies) {
      return resting.rest(state, replies);
    }

    @Override
    public Behavior<Command> restOn() {
      return resting.restOn();
    }

    @Override
    public Behavior<Command> close(Shutdown shutdown) {
      return closing.close(shutdown, List.of());
    }

    @Override
    public Behavior<Command> close(Shutdown shutdown, List<ActorRef<StatusReply<Done>>> replies) {
      return closing.close(shutdown, replies);
    }

    @Override
    public Behavior<Command> onSaved(Saved saved) {
      Optional<StaleEpoch> stale = training.checkpoints.onSaved(saved);
      return stale.isPresent() ? fence(stale.get()) : Behaviors.same();
    }

    @Override
    public Behavior<Command> onPostStop(PostStop signal) {
      return closing.onPostStop(signal);
    }

    @Override
    public void publish() {
      audience.publish();
    }
  }

  private Behavior<Command> fence(StaleEpoch stale) {
    Optional<Shutdown> shutdown = running.closeAfterUpdate();
    Behavior<Command> last = closing.fence(stale, running.takeRestReplies(), shutdown);
    return shutdown.isPresent() ? last : loading.unstashed(last);
  }

  private Behavior<Command> onJoinWorker(JoinWorker join) {
    training.welcome(join);
    return Behaviors.same();
  }

  private Behavior<Command> onCheckpointMade(CheckpointMade made) {
    training.checkpoints.made(made.run(), made.replies());
    return Behaviors.same();
  }

  private Behavior<Command> onCheckpointFailed(CheckpointFailed failed) {
    training.checkpoints.failed(Answers.unwrap(failed.cause()), failed.replies());
    return Behaviors.same();
  }
}
