package io.kiss.actors.controller;

import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import akka.persistence.typed.javadsl.CommandHandlerBuilderByState;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EffectFactories;

/** What the controller does about one subject; used on the controller's thread only. */
abstract class Handlers {
  static final String PAUSED =
      "policies are paused, so nothing is assigned; resume them first (kiss policy resume)";

  final EffectFactories<ControllerEvent, ControllerState> effects;

  Handlers(EffectFactories<ControllerEvent, ControllerState> effects) {
    this.effects = effects;
  }

  /** Takes the commands of its subject. */
  abstract void addTo(
      CommandHandlerBuilderByState<Object, ControllerEvent, ControllerState, ControllerState>
          builder);

  final <T> Effect<ControllerEvent, ControllerState> refuse(
      ActorRef<StatusReply<T>> replyTo, String sentence) {
    return effects.reply(replyTo, StatusReply.error(sentence));
  }

  static long nextTerm(ControllerState state) {
    return state.assignment().term() + 1;
  }
}
