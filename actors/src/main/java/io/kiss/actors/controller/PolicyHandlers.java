package io.kiss.actors.controller;

import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import akka.persistence.typed.javadsl.CommandHandlerBuilderByState;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EffectFactories;
import io.kiss.actors.controller.ControllerEvent.Assigned;
import io.kiss.actors.controller.ControllerEvent.CanaryAssigned;
import io.kiss.actors.controller.ControllerEvent.CanaryEnded;
import io.kiss.actors.lifecycle.CanarySettings;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.Canary;
import io.kiss.actors.protocol.ControllerProtocol.Promote;
import io.kiss.actors.protocol.ControllerProtocol.RecordGate;
import io.kiss.actors.protocol.ControllerProtocol.RegisterPolicy;
import io.kiss.actors.protocol.ControllerProtocol.Rollback;
import io.kiss.actors.protocol.GateReport;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;
import java.util.Optional;
import java.util.stream.Collectors;

/** The registry of policies, and which of them scalers are to run. */
final class PolicyHandlers extends Handlers {
  private final NamespaceHandlers namespaces;
  private final CanarySettings settings;

  PolicyHandlers(
      EffectFactories<ControllerEvent, ControllerState> effects,
      NamespaceHandlers namespaces,
      CanarySettings settings) {
    super(effects);
    this.namespaces = namespaces;
    this.settings = settings;
  }

  @Override
  void addTo(
      CommandHandlerBuilderByState<Object, ControllerEvent, ControllerState, ControllerState>
          builder) {
    builder
        .onCommand(RegisterPolicy.class, this::onRegister)
        .onCommand(RecordGate.class, this::onGate)
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

  private Effect<ControllerEvent, ControllerState> onGate(
      ControllerState state, RecordGate command) {
    GateReport report = command.report();
    Optional<RegisteredPolicy> policy = state.policy(report.policyId());
    if (policy.isEmpty() || !policy.get().ref().sha256().equals(report.sha256())) {
      return refuse(
          command.replyTo(),
          "no policy '" + report.policyId() + "' of SHA-256 " + report.sha256() + " is registered");
    }
    return effects
        .persist(new ControllerEvent.PolicyEvaluated(report))
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
    Optional<PolicyRef> tried = state.assignment().canary().map(Canary::candidate);
    boolean champion = state.assignment().policy().equals(Optional.of(ref));
    boolean onItsWay = tried.equals(Optional.of(ref)) && !command.direct();
    if ((champion && tried.isEmpty()) || onItsWay) {
      return effects.reply(command.replyTo(), StatusReply.success(state.assignment()));
    }
    Optional<String> refusal = refusal(state, ref, tried, command.force());
    if (refusal.isPresent()) {
      return refuse(command.replyTo(), refusal.get());
    }
    double share = settings.shares().get(0);
    boolean direct = command.direct() || state.champions().isEmpty() || !acting(state);
    return assign(
        direct
            ? new Assigned(
                nextTerm(state),
                ref,
                Assigned.Cause.PROMOTION,
                System.currentTimeMillis(),
                command.force(),
                "")
            : new CanaryAssigned(
                nextTerm(state),
                new Canary(ref, share, settings.slotSecondsFor(namespaces.scalers(), share)),
                0,
                System.currentTimeMillis(),
                command.force()),
        command.replyTo());
  }

  /** Why a policy may not be promoted now; empty: it may. */
  private static Optional<String> refusal(
      ControllerState state, PolicyRef policy, Optional<PolicyRef> tried, boolean force) {
    if (state.lifecycle().paused()) {
      return Optional.of(PAUSED);
    }
    if (tried.isPresent() && !tried.get().equals(policy)) {
      return Optional.of(
          "policy '%s' is being tried; wait until it went to all or back, or roll it back"
              .formatted(tried.get().id()));
    }
    if (force) {
      return Optional.empty();
    }
    Optional<GateReport> report = state.lifecycle().report(policy.id());
    if (report.isEmpty()) {
      return Optional.of(
          "policy '%s' has not been through the gate; evaluate it first, or force it"
              .formatted(policy.id()));
    }
    if (!report.get().passed()) {
      return Optional.of(
          report.get().checks().stream()
              .filter(check -> !check.passed())
              .map(GateReport.Check::sentence)
              .collect(
                  Collectors.joining(
                      "; ",
                      "policy '" + policy.id() + "' did not pass the gate: ",
                      "; force it to promote it all the same")));
    }
    return state.lifecycle().rejected().contains(policy.id())
        ? Optional.of(
            "policy '%s' was rolled back before; force it to try it again".formatted(policy.id()))
        : Optional.empty();
  }

  /** Whether decisions are carried out anywhere, so that there is something to observe. */
  private static boolean acting(ControllerState state) {
    return state.attachments().stream().anyMatch(Attachment::acts);
  }

  private Effect<ControllerEvent, ControllerState> onRollback(
      ControllerState state, Rollback command) {
    if (state.lifecycle().paused()) {
      return refuse(command.replyTo(), PAUSED);
    }
    if (state.assignment().canary().isPresent()) {
      return assign(
          new CanaryEnded(
              nextTerm(state),
              state.assignment().canary().get().candidate(),
              CanaryEnded.Cause.WITHDRAWN,
              System.currentTimeMillis(),
              "taken back by hand"),
          command.replyTo());
    }
    Optional<PolicyRef> previous = state.previousChampion();
    return previous.isPresent()
        ? assign(
            new Assigned(
                nextTerm(state),
                previous.get(),
                Assigned.Cause.ROLLBACK,
                System.currentTimeMillis(),
                false,
                "taken back by hand"),
            command.replyTo())
        : refuse(command.replyTo(), "there is no champion before the one in force to roll back to");
  }

  private Effect<ControllerEvent, ControllerState> assign(
      ControllerEvent event, ActorRef<StatusReply<Assignment>> replyTo) {
    return effects
        .persist(event)
        .thenRun((ControllerState after) -> namespaces.pushAll(after))
        .thenReply(replyTo, after -> StatusReply.success(after.assignment()));
  }
}
