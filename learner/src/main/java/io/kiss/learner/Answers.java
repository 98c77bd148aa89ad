package io.kiss.learner;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import io.kiss.actors.protocol.LearnerProtocol.Command;
import java.util.concurrent.CompletionException;

/** Yes, no, and why. */
final class Answers {
  private Answers() {}

  /** Acknowledges, and stays as it is. */
  static Behavior<Command> yes(ActorRef<StatusReply<Done>> replyTo) {
    replyTo.tell(StatusReply.ack());
    return Behaviors.same();
  }

  /** Refuses with a sentence, and stays as it is. */
  static <T> Behavior<Command> no(ActorRef<StatusReply<T>> replyTo, String sentence) {
    replyTo.tell(StatusReply.error(sentence));
    return Behaviors.same();
  }

  /** What made a stage fail, without the wrapping. */
  static Throwable unwrap(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? unwrap(failure.getCause())
        : failure;
  }

  /** Why a stage failed, in words. */
  static String reason(Throwable failure) {
    Throwable cause = unwrap(failure);
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
