package io.kiss.actors.controller;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.RecipientRef;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.pattern.StatusReply;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.RetentionCriteria;
import akka.persistence.typed.javadsl.SignalHandler;
import io.kiss.actors.controller.ControllerEvent.Assigned;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.ControllerProtocol.Acknowledge;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.actors.protocol.ControllerProtocol.DeleteNamespace;
import io.kiss.actors.protocol.ControllerProtocol.GetView;
import io.kiss.actors.protocol.ControllerProtocol.Promote;
import io.kiss.actors.protocol.ControllerProtocol.PutNamespace;
import io.kiss.actors.protocol.ControllerProtocol.RegisterPolicy;
import io.kiss.actors.protocol.ControllerProtocol.Rollback;
import io.kiss.actors.protocol.NamespaceProtocol;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Owns attachments, the policy registry and assignments.
 *
 * <p>What it decided is persisted first and then pushed to the namespaces' entities, on each change
 * and again on a timer: a message may be lost, an entity may move or die, and all converge.
 */
public final class ControllerActor
    extends EventSourcedBehavior<Object, ControllerEvent, ControllerState> {

  /** The journal's name for the controller. */
  public static final PersistenceId PERSISTENCE_ID = PersistenceId.ofUniqueId("controller");

  // Internal messages are no ControllerProtocol.Command: those cross nodes, these never do.
  private enum PushDue {
    INSTANCE
  }

  /** The entity has given its lease back; or did not answer, and is asked again. */
  private record DetachAnswered(NamespaceRef namespace, Optional<Throwable> failure) {}

  private final ActorContext<Object> context;
  private final ControllerSettings settings;
  private final Function<NamespaceRef, ? extends RecipientRef<NamespaceProtocol.Command>> entities;

  /** Known again soon after a restart, since every push is acknowledged: not persisted. */
  private final Map<String, Acknowledge> acknowledged = new TreeMap<>();

  /**
   * Detached, and not yet confirmed by the entity. An entity that missed it falls silent anyway.
   */
  private final Set<String> detaching = new TreeSet<>();

  /**
   * Makes the controller.
   *
   * @param entities finds the entity of a namespace
   */
  public static Behavior<ControllerProtocol.Command> create(
      ControllerSettings settings,
      Function<NamespaceRef, ? extends RecipientRef<NamespaceProtocol.Command>> entities) {
    return Behaviors.<Object>setup(
            context ->
                Behaviors.withTimers(
                    timers -> new ControllerActor(context, timers, settings, entities)))
        .narrow();
  }

  private ControllerActor(
      ActorContext<Object> context,
      TimerScheduler<Object> timers,
      ControllerSettings settings,
      Function<NamespaceRef, ? extends RecipientRef<NamespaceProtocol.Command>> entities) {
    super(
        PERSISTENCE_ID,
        SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(10), 0.2));
    this.context = context;
    this.settings = settings;
    this.entities = entities;
    timers.startTimerWithFixedDelay(PushDue.INSTANCE, settings.pushInterval());
  }

  @Override
  public ControllerState emptyState() {
    return ControllerState.EMPTY;
  }

  @Override
  public EventHandler<ControllerState, ControllerEvent> eventHandler() {
    return ControllerState::apply;
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    return RetentionCriteria.snapshotEvery(settings.snapshotEvery(), settings.keepSnapshots());
  }

  @Override
  public SignalHandler<ControllerState> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.class, (state, signal) -> pushAll(state))
        .build();
  }

  @Override
  public CommandHandler<Object, ControllerEvent, ControllerState> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(RegisterPolicy.class, this::onRegister)
        .onCommand(Promote.class, this::onPromote)
        .onCommand(Rollback.class, this::onRollback)
        .onCommand(PutNamespace.class, this::onPut)
        .onCommand(DeleteNamespace.class, this::onDelete)
        .onCommand(Acknowledge.class, this::onAcknowledge)
        .onCommand(GetView.class, this::onView)
        .onCommand(PushDue.class, this::onPushDue)
        .onCommand(DetachAnswered.class, this::onDetachAnswered)
        .build();
  }

  private Effect<ControllerEvent, ControllerState> onRegister(
      ControllerState state, RegisterPolicy command) {
    RegisteredPolicy policy = command.policy();
    PolicyRef ref = policy.ref();
    Optional<RegisteredPolicy> known = state.policy(ref.id());
    if (known.isPresent()) {
      String hash = known.get().ref().sha256();
      return hash.equals(ref.sha256())
          ? Effect().reply(command.replyTo(), StatusReply.ack())
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
    return Effect()
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
      return Effect().reply(command.replyTo(), StatusReply.success(state.assignment()));
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
    return Effect()
        .persist(new Assigned(state.assignment().term() + 1, policy, cause))
        .thenRun(this::pushAll)
        .thenReply(replyTo, after -> StatusReply.success(after.assignment()));
  }

  private Effect<ControllerEvent, ControllerState> onPut(
      ControllerState state, PutNamespace command) {
    Attachment attachment = command.attachment();
    NamespaceRef ref;
    try {
      ref = NamespaceRef.of(attachment);
    } catch (IllegalArgumentException e) {
      return refuse(command.replyTo(), "cannot attach: " + e.getMessage());
    }
    if (!(attachment.tickSeconds() > 0) || Double.isInfinite(attachment.tickSeconds())) {
      return refuse(
          command.replyTo(),
          "cannot attach "
              + ref
              + ": tickSeconds must be a positive number, not "
              + attachment.tickSeconds());
    }
    detaching.remove(ref.toString());
    if (state.attachment(ref).equals(Optional.of(attachment))) {
      push(state, attachment);
      return Effect().reply(command.replyTo(), StatusReply.ack());
    }
    return Effect()
        .persist(new ControllerEvent.NamespaceAttached(attachment))
        .thenRun((ControllerState after) -> push(after, attachment))
        .thenReply(command.replyTo(), after -> StatusReply.ack());
  }

  private Effect<ControllerEvent, ControllerState> onDelete(
      ControllerState state, DeleteNamespace command) {
    NamespaceRef ref;
    try {
      ref = new NamespaceRef(command.cluster(), command.namespace());
    } catch (IllegalArgumentException e) {
      return refuse(command.replyTo(), "cannot detach: " + e.getMessage());
    }
    if (state.attachment(ref).isEmpty()) {
      return refuse(command.replyTo(), "namespace " + ref + " is not attached");
    }
    return Effect()
        .persist(new ControllerEvent.NamespaceDetached(ref.cluster(), ref.namespace()))
        .thenRun(
            (ControllerState after) -> {
              acknowledged.remove(ref.toString());
              detaching.add(ref.toString());
              detach(ref);
            })
        .thenReply(command.replyTo(), after -> StatusReply.ack());
  }

  private Effect<ControllerEvent, ControllerState> onAcknowledge(
      ControllerState state, Acknowledge acknowledge) {
    NamespaceRef ref = new NamespaceRef(acknowledge.cluster(), acknowledge.namespace());
    Optional<Attachment> attachment = state.attachment(ref);
    if (attachment.isEmpty()) {
      // It missed that it was detached, perhaps while this controller was moving.
      detaching.add(ref.toString());
      detach(ref);
    } else {
      acknowledged.put(ref.toString(), acknowledge);
    }
    return Effect().none();
  }

  private Effect<ControllerEvent, ControllerState> onView(ControllerState state, GetView command) {
    return Effect()
        .reply(
            command.replyTo(),
            new ControllerView(
                state.policies(),
                state.assignment(),
                state.previousChampion().map(PolicyRef::id),
                state.attachments(),
                List.copyOf(acknowledged.values())));
  }

  private Effect<ControllerEvent, ControllerState> onPushDue(
      ControllerState state, PushDue message) {
    pushAll(state);
    detaching.forEach(namespace -> detach(NamespaceRef.parse(namespace)));
    return Effect().none();
  }

  private Effect<ControllerEvent, ControllerState> onDetachAnswered(
      ControllerState state, DetachAnswered message) {
    if (message.failure().isEmpty()) {
      detaching.remove(message.namespace().toString());
    }
    return Effect().none();
  }

  private void pushAll(ControllerState state) {
    state.attachments().forEach(attachment -> push(state, attachment));
  }

  private void push(ControllerState state, Attachment attachment) {
    NamespaceProtocol.Attach attach = new NamespaceProtocol.Attach(attachment, state.assignment());
    reach(NamespaceRef.of(attachment), entity -> entity.tell(attach));
  }

  private void detach(NamespaceRef ref) {
    reach(
        ref,
        entity ->
            context.askWithStatus(
                Done.class,
                entity,
                settings.pushInterval(),
                NamespaceProtocol.Detach::new,
                (done, failure) -> new DetachAnswered(ref, Optional.ofNullable(failure))));
  }

  private void reach(
      NamespaceRef ref, Consumer<RecipientRef<NamespaceProtocol.Command>> conversation) {
    try {
      conversation.accept(entities.apply(ref));
    } catch (IllegalArgumentException | IllegalStateException e) {
      // Sharding has not started on this node yet; the timer says it again.
      context.getLog().warn("Cannot reach namespace {} yet: {}", ref, e.getMessage());
    }
  }

  private <T> Effect<ControllerEvent, ControllerState> refuse(
      ActorRef<StatusReply<T>> replyTo, String sentence) {
    return Effect().reply(replyTo, StatusReply.error(sentence));
  }
}
