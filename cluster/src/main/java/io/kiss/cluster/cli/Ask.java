package io.kiss.cluster.cli;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.RecipientRef;
import akka.actor.typed.javadsl.AskPattern;
import akka.pattern.StatusReply;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Asks actors on behalf of the terminal. */
final class Ask {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ActorSystem<?> system;

  Ask(ActorSystem<?> system) {
    this.system = system;
  }

  <C, R> CompletionStage<R> later(RecipientRef<C> whom, Function<ActorRef<R>, C> question) {
    return AskPattern.ask(whom, question::apply, PATIENCE, system.scheduler());
  }

  <C, R> R now(RecipientRef<C> whom, Function<ActorRef<R>, C> question) {
    return Await.reply(later(whom, question));
  }

  /** As {@link #now}, of an actor that may say no; its sentence comes out as an exception. */
  <C, R> R request(RecipientRef<C> whom, Function<ActorRef<StatusReply<R>>, C> question) {
    return Await.reply(
        AskPattern.askWithStatus(whom, question::apply, PATIENCE, system.scheduler()));
  }
}
