package io.kiss.actors.controller;

import akka.actor.typed.ActorRef;
import akka.japi.function.Procedure;
import akka.pattern.StatusReply;
import akka.persistence.typed.javadsl.CommandHandlerBuilderByState;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EffectFactories;
import io.kiss.actors.controller.ControllerEvent.Assigned;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.ControllerProtocol.Promote;
import io.kiss.actors.protocol.ControllerProtocol.RegisterPolicy;
import io.kiss.actors.protocol.ControllerProtocol.Rollback;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;
import java.util.Optional;

/** The registry of policies, and which of them scalers are to run. */
final class PolicyHandlers extends Handlers {
  private final Procedure<ControllerState> push;

  /**
   * Makes the handlers.
   *
   * @param push tells all scalers their assignment
   */
  PolicyHandlers(
      EffectFactories<ControllerEvent, ControllerState> effects, Procedure<ControllerState> push) {
    super(effects);
    this.push = push;
  }

  @Override
  void addTo(
      CommandHandlerBuilderByState<Object, ControllerEvent, ControllerState, ControllerState>
          builder) {
    builder
        .onCommand(RegisterPolicy.class, this::onRegister)
        .onCommand(Promote.class, this::onPromote)
        .onCommand(Rollback.class, this::onRollback);
  }

  private Effect<ControllerEvent, ControllerState> onRegister(
      ControllerState state, RegisterPolicy command) {
    RegisteredPolicy policy = command.policy();
    PolicyRef ref = policy.ref();
    Optional<RegisteredPolicy> known = state.policy(ref.id());
    if (known.isPresent()) {
      String hash = known.get().ref().sha256();
      return hash.equals(ref.sha256())
          ? effects.reply(command.replyTo(), StatusReply.ack())
          : refuse(
              command.replyTo(),
              "policy '"
                  + ref.id()
                  + "' is registered with SHA-256 "
                  + hash
                  + " and never changes; register "
                  + ref.sha256()
                  + " under another id");
    }
    if (ref.id().isBlank() || !ref.sha256().matches("[0-9a-f]{64}")) {
      return refuse(
          command.replyTo(),
          "a policy needs an id and a SHA-256 of 64 hexadecimal digits, not '"
              + ref.id()
              + "' and '"
              + ref.sha256()
              + "'");
    }
    return effects
        .persist(new ControllerEvent.PolicyRegistered(policy))
        .thenReply(command.replyTo(), after -> StatusReply.ack());
  }

  private Effect<ControllerEvent, ControllerState> onPromote(
      ControllerState state, Promote command) {
    Optional<RegisteredPolicy> policy = state.policy(command.policyId());
    if (policy.isEmpty()) {
      return refuse(
          command.replyTo(),
          "no policy '" + command.policyId() + "' is registered; register it before promoting it");
    }
    PolicyRef ref = policy.get().ref();
    if (state.assignment().policy().equals(Optional.of(ref))) {
      return effects.reply(command.replyTo(), StatusReply.success(state.assignment()));
    }
    return assign(state, ref, Assigned.Cause.PROMOTION, command.replyTo());
  }

  private Effect<ControllerEvent, ControllerState> onRollback(
      ControllerState state, Rollback command) {
    Optional<PolicyRef> previous = state.previousChampion();
    return previous.isPresent()
        ? assign(state, previous.get(), Assigned.Cause.ROLLBACK, command.replyTo())
        : refuse(command.replyTo(), "there is no champion before the one in force to roll back to");
  }

  private Effect<ControllerEvent, ControllerState> assign(
      ControllerState state,
      PolicyRef policy,
      Assigned.Cause cause,
      ActorRef<StatusReply<Assignment>> replyTo) {
    return effects
        .persist(new Assigned(state.assignment().term() + 1, policy, cause))
        .thenRun(push)
        .thenReply(replyTo, after -> StatusReply.success(after.assignment()));
  }
}
