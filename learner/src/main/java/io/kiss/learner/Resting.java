package io.kiss.learner;

import static io.kiss.learner.Answers.no;
import static io.kiss.learner.Answers.yes;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.delivery.ConsumerController;
import akka.actor.typed.javadsl.BehaviorBuilder;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import io.kiss.actors.protocol.LearnerProtocol.Command;
import io.kiss.actors.protocol.LearnerProtocol.Pause;
import io.kiss.actors.protocol.LearnerProtocol.Resume;
import io.kiss.actors.protocol.LearnerProtocol.Start;
import io.kiss.actors.protocol.LearnerProtocol.Stop;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress.State;
import io.kiss.learner.LearnerEvents.SegmentArrived;
import io.kiss.learner.LearnerEvents.Shutdown;
import io.kiss.learner.LearnerEvents.Tick;
import io.kiss.learner.LearnerEvents.WorkerGone;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The states in which nothing is learned: idle, without a run, and resting, with one that is
 * paused, complete or stopped.
 */
final class Resting {
  private static final Logger log = LoggerFactory.getLogger(Resting.class);

  /** Where it goes from here. */
  interface Context {
    /** What every state understands. */
    BehaviorBuilder<Command> common();

    /** Makes a new run. */
    Behavior<Command> startRun(Start start);

    /** Goes on with the run. */
    Behavior<Command> begin();

    /** Goes on with the newest checkpoint of the run. */
    Behavior<Command> restoreLatest();

    /** Saves and stops. */
    Behavior<Command> close(Shutdown shutdown);

    void publish();
  }

  private final Training training;
  private final Context next;

  Resting(Training training, Context next) {
    this.training = training;
    this.next = next;
  }

  // ---- states ----

  /** There is no run. */
  Behavior<Command> idle() {
    return atRest()
        .onMessage(Start.class, next::startRun)
        .onMessage(Pause.class, pause -> no(pause.replyTo(), "there is no training to pause"))
        .onMessage(Resume.class, resume -> no(resume.replyTo(), "there is no training to resume"))
        .onMessage(Stop.class, stop -> no(stop.replyTo(), "there is no training to stop"))
        .build();
  }

  private Behavior<Command> resting() {
    return atRest()
        .onMessage(Start.class, this::startAgain)
        .onMessage(Pause.class, this::pause)
        .onMessage(Resume.class, this::resume)
        .onMessage(Stop.class, stop -> rest(State.STOPPED, List.of(stop.replyTo())))
        .build();
  }

  private BehaviorBuilder<Command> atRest() {
    return next.common()
        .onMessageEquals(Tick.INSTANCE, Behaviors::same)
        .onMessage(SegmentArrived.class, this::refuseSegment)
        .onMessage(WorkerGone.class, this::onWorkerGone)
        .onMessage(Shutdown.class, next::close);
  }

  // ---- coming to rest ----

  /**
   * The run rests from now on.
   *
   * @param replies hear of it once that is saved
   */
  Behavior<Command> rest(State state, List<ActorRef<StatusReply<Done>>> replies) {
    TrainingRun run = training.run;
    run.state = state;
    training.tickClock();
    training.intake.clear();
    training.sendToRest();
    log.info(
        "Training {} is {} at iteration {}, {} steps",
        run.name(),
        state,
        run.number,
        run.environmentSteps);
    next.publish();
    training.checkpoint(replies);
    return resting();
  }

  /** The run rested when it was saved, and rests on. */
  Behavior<Command> restOn() {
    training.sendToRest();
    next.publish();
    return resting();
  }

  private Behavior<Command> refuseSegment(SegmentArrived arrived) {
    arrived.delivery().confirmTo().tell(ConsumerController.confirmed());
    return Behaviors.same();
  }

  private Behavior<Command> onWorkerGone(WorkerGone gone) {
    training.forget(gone);
    return Behaviors.same();
  }

  // ---- going on ----

  /** Sets the budget of the run, which goes on with it; one that is spent already is refused. */
  Behavior<Command> changeBudget(Start start) {
    if (!takeBudget(start)) {
      return refuseSpent(start);
    }
    next.publish();
    return yes(start.replyTo());
  }

  /** Whether there is anything left of it; otherwise the run keeps the one it has. */
  private boolean takeBudget(Start start) {
    TrainingBudget before = training.run.budget;
    training.run.budget = start.budget();
    if (training.isBudgetSpent()) {
      training.run.budget = before;
      return false;
    }
    return true;
  }

  private Behavior<Command> refuseSpent(Start start) {
    TrainingRun run = training.run;
    return no(
        start.replyTo(),
        "%s has trained for %.0f s and %d steps already; give it a larger budget"
            .formatted(run.name(), run.seconds(training.now()), run.environmentSteps));
  }

  private Behavior<Command> startAgain(Start start) {
    if (!takeBudget(start)) {
      return refuseSpent(start);
    }
    TrainingRun run = training.run;
    if (training.failures > 0) {
      training.failures = 0;
      run.state = State.RUNNING;
      yes(start.replyTo());
      return next.restoreLatest();
    }
    return goOn(start.replyTo());
  }

  private Behavior<Command> pause(Pause pause) {
    return training.run.state == State.PAUSED
        ? yes(pause.replyTo())
        : no(pause.replyTo(), "training is not running, it is " + training.run.state);
  }

  private Behavior<Command> resume(Resume resume) {
    return training.run.state == State.PAUSED
        ? goOn(resume.replyTo())
        : no(
            resume.replyTo(),
            "training is " + training.run.state + "; start it again with a larger budget");
  }

  private Behavior<Command> goOn(ActorRef<StatusReply<Done>> replyTo) {
    Behavior<Command> running = next.begin();
    training.checkpoint(List.of(replyTo));
    return running;
  }
}
