package io.kiss.learner;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.BehaviorBuilder;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import io.kiss.actors.protocol.LearnerProtocol.Candidate;
import io.kiss.actors.protocol.LearnerProtocol.Command;
import io.kiss.actors.protocol.LearnerProtocol.GetCandidate;
import io.kiss.actors.protocol.LearnerProtocol.GetProgress;
import io.kiss.actors.protocol.LearnerProtocol.GetWorkers;
import io.kiss.actors.protocol.LearnerProtocol.Subscribe;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.learner.LearnerEvents.SubscriberGone;
import java.util.LinkedHashSet;
import java.util.Set;

/** Answers whoever asks how training goes, and tells those who want to be told. */
final class Audience {
  private final Training training;
  private final Set<ActorRef<TrainingProgress>> subscribers = new LinkedHashSet<>();

  Audience(Training training) {
    this.training = training;
  }

  /** Adds what a state in which questions are answered understands. */
  BehaviorBuilder<Command> answering(BehaviorBuilder<Command> state) {
    return state
        .onMessage(GetProgress.class, this::onGetProgress)
        .onMessage(GetWorkers.class, this::onGetWorkers)
        .onMessage(Subscribe.class, this::onSubscribe)
        .onMessage(SubscriberGone.class, this::onSubscriberGone)
        .onMessage(GetCandidate.class, this::onGetCandidate);
  }

  private Behavior<Command> onGetProgress(GetProgress get) {
    get.replyTo().tell(training.progress());
    return Behaviors.same();
  }

  private Behavior<Command> onGetWorkers(GetWorkers get) {
    get.replyTo().tell(training.workers());
    return Behaviors.same();
  }

  private Behavior<Command> onSubscribe(Subscribe subscribe) {
    ActorRef<TrainingProgress> subscriber = subscribe.subscriber();
    if (subscribers.add(subscriber)) {
      training.context.watchWith(subscriber, new SubscriberGone(subscriber));
    }
    subscriber.tell(training.progress());
    return Behaviors.same();
  }

  private Behavior<Command> onSubscriberGone(SubscriberGone gone) {
    subscribers.remove(gone.subscriber());
    return Behaviors.same();
  }

  private Behavior<Command> onGetCandidate(GetCandidate get) {
    if (training.run == null) {
      return Answers.no(get.replyTo(), "there is no training yet, so there are no weights");
    }
    Candidate candidate =
        new Candidate(training.run.iteration(), training.weights.policy(), training.progress());
    get.replyTo().tell(StatusReply.success(candidate));
    return Behaviors.same();
  }

  /** Tells the subscribers where the run stands. */
  void publish() {
    if (!subscribers.isEmpty()) {
      TrainingProgress progress = training.progress();
      subscribers.forEach(subscriber -> subscriber.tell(progress));
    }
  }
}
