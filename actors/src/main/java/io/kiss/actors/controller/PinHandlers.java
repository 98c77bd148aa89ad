package io.kiss.actors.controller;

import akka.actor.typed.ActorRef;
import akka.japi.function.Procedure;
import akka.pattern.StatusReply;
import akka.persistence.typed.javadsl.CommandHandlerBuilderByState;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EffectFactories;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.ControllerProtocol.PausePolicies;
import io.kiss.actors.protocol.ControllerProtocol.PinPolicy;
import io.kiss.actors.protocol.ControllerProtocol.UnpinPolicy;
import io.kiss.actors.protocol.Pin;
import io.kiss.actors.protocol.RegisteredPolicy;
import java.util.Optional;

/** What holds policies where they are: pins for some scalers, a pause for all. */
final class PinHandlers extends Handlers {
  private final Procedure<ControllerState> push;

  /**
   * Makes the handlers.
   *
   * @param push tells all scalers their assignment
   */
  PinHandlers(
      EffectFactories<ControllerEvent, ControllerState> effects, Procedure<ControllerState> push) {
    super(effects);
    this.push = push;
  }

  @Override
  void addTo(
      CommandHandlerBuilderByState<Object, ControllerEvent, ControllerState, ControllerState>
          builder) {
    builder
        .onCommand(PinPolicy.class, this::onPin)
        .onCommand(UnpinPolicy.class, this::onUnpin)
        .onCommand(PausePolicies.class, this::onPause);
  }

  private Effect<ControllerEvent, ControllerState> onPin(ControllerState state, PinPolicy command) {
    if (state.lifecycle().paused()) {
      return refuse(command.replyTo(), PAUSED);
    }
    Optional<RegisteredPolicy> policy = state.policy(command.policyId());
    if (policy.isEmpty()) {
      return refuse(command.replyTo(), "no policy '" + command.policyId() + "' is registered");
    }
    Pin pin =
        new Pin(command.cluster(), command.namespace(), command.deployment(), policy.get().ref());
    try {
      NamespaceRef ref = new NamespaceRef(command.cluster(), command.namespace());
      if (state.attachment(ref).isEmpty()) {
        return refuse(command.replyTo(), "namespace " + ref + " is not attached");
      }
    } catch (IllegalArgumentException e) {
      return refuse(command.replyTo(), "cannot pin: " + e.getMessage());
    }
    return state.assignment().pins().contains(pin)
        ? effects.reply(command.replyTo(), StatusReply.success(state.assignment()))
        : assign(
            new ControllerEvent.Pinned(nextTerm(state), pin, System.currentTimeMillis()),
            command.replyTo());
  }

  private Effect<ControllerEvent, ControllerState> onUnpin(
      ControllerState state, UnpinPolicy command) {
    if (state.lifecycle().paused()) {
      return refuse(command.replyTo(), PAUSED);
    }
    Optional<Pin> pin =
        state.assignment().pins().stream()
            .filter(
                p ->
                    p.cluster().equals(command.cluster())
                        && p.namespace().equals(command.namespace())
                        && p.deployment().equals(command.deployment()))
            .findFirst();
    return pin.isEmpty()
        ? refuse(
            command.replyTo(),
            "nothing is pinned at "
                + command.cluster()
                + "/"
                + command.namespace()
                + command.deployment().map(name -> "/" + name).orElse(""))
        : assign(
            new ControllerEvent.Unpinned(nextTerm(state), pin.get(), System.currentTimeMillis()),
            command.replyTo());
  }

  private Effect<ControllerEvent, ControllerState> assign(
      ControllerEvent event, ActorRef<StatusReply<Assignment>> replyTo) {
    return effects
        .persist(event)
        .thenRun(push)
        .thenReply(replyTo, after -> StatusReply.success(after.assignment()));
  }

  private Effect<ControllerEvent, ControllerState> onPause(
      ControllerState state, PausePolicies command) {
    if (state.lifecycle().paused() == command.paused()) {
      return effects.reply(command.replyTo(), StatusReply.ack());
    }
    return effects
        .persist(new ControllerEvent.Paused(command.paused(), System.currentTimeMillis()))
        .thenReply(command.replyTo(), after -> StatusReply.ack());
  }
}
