package io.kiss.cluster.http;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.pattern.StatusReply;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Asks the controller. */
record ControllerClient(
    ActorSystem<?> system, ActorRef<ControllerProtocol.Command> controller, Duration timeout) {

  CompletionStage<ControllerView> view() {
    return AskPattern.ask(controller, ControllerProtocol.GetView::new, timeout, system.scheduler());
  }

  <T> CompletionStage<T> order(
      Function<ActorRef<StatusReply<T>>, ControllerProtocol.Command> command) {
    return AskPattern.askWithStatus(controller, command::apply, timeout, system.scheduler());
  }
}
