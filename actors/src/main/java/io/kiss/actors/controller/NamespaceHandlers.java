package io.kiss.actors.controller;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.RecipientRef;
import akka.actor.typed.javadsl.ActorContext;
import akka.pattern.StatusReply;
import akka.persistence.typed.javadsl.CommandHandlerBuilderByState;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EffectFactories;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ControllerProtocol.Acknowledge;
import io.kiss.actors.protocol.ControllerProtocol.DeleteNamespace;
import io.kiss.actors.protocol.ControllerProtocol.PutNamespace;
import io.kiss.actors.protocol.ControllerProtocol.PutOverride;
import io.kiss.actors.protocol.ControllerProtocol.PutShadows;
import io.kiss.actors.protocol.NamespaceProtocol;
import io.kiss.actors.protocol.RegisteredPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/** Attached namespaces: what their entities are told, and what they answer. */
final class NamespaceHandlers extends Handlers {

  /** Time to tell every entity again. */
  enum PushDue {
    INSTANCE
  }

  /** The entity has given its lease back; or did not answer, and is asked again. */
  private record DetachAnswered(NamespaceRef namespace, Optional<Throwable> failure) {}

  private final ActorContext<Object> context;
  private static final double LEAST_SECONDS_WITHOUT_SCALERS = 60;
  private static final double TICKS_WITHOUT_SCALERS = 3;

  private final ControllerSettings settings;
  private final Function<NamespaceRef, ? extends RecipientRef<NamespaceProtocol.Command>> entities;

  /** Known again soon after a restart, since every push is acknowledged: not persisted. */
  private final Map<String, Acknowledge> acknowledged = new TreeMap<>();

  /** How often in a row a namespace has acknowledged without any scaler. */
  private final Map<String, Integer> withoutScalers = new HashMap<>();

  /**
   * Detached, and not yet confirmed by the entity. An entity that missed it falls silent anyway.
   */
  private final Set<String> detaching = new TreeSet<>();

  NamespaceHandlers(
      EffectFactories<ControllerEvent, ControllerState> effects,
      ActorContext<Object> context,
      ControllerSettings settings,
      Function<NamespaceRef, ? extends RecipientRef<NamespaceProtocol.Command>> entities) {
    super(effects);
    this.context = context;
    this.settings = settings;
    this.entities = entities;
  }

  @Override
  void addTo(
      CommandHandlerBuilderByState<Object, ControllerEvent, ControllerState, ControllerState>
          builder) {
    builder
        .onCommand(PutNamespace.class, this::onPut)
        .onCommand(PutOverride.class, this::onPutOverride)
        .onCommand(PutShadows.class, this::onPutShadows)
        .onCommand(DeleteNamespace.class, this::onDelete)
        .onCommand(Acknowledge.class, this::onAcknowledge)
        .onCommand(PushDue.class, this::onPushDue)
        .onCommand(DetachAnswered.class, this::onDetachAnswered);
  }

  /** What each attached namespace's scalers run. */
  List<Acknowledge> acknowledged() {
    return List.copyOf(acknowledged.values());
  }

  /**
   * Whether a namespace has been there for a minute and three of its ticks without a scaler: its
   * Deployments cannot be read, or it has none. What has no scaler goes nowhere.
   */
  boolean withoutScalers(Attachment attachment) {
    double seconds =
        Math.max(LEAST_SECONDS_WITHOUT_SCALERS, TICKS_WITHOUT_SCALERS * attachment.tickSeconds());
    int times = withoutScalers.getOrDefault(NamespaceRef.of(attachment).toString(), 0);
    return times * settings.pushInterval().toMillis() > 1000 * seconds;
  }

  /** How many scalers there are, as far as they have said so. */
  int scalers() {
    return acknowledged.values().stream().mapToInt(Acknowledge::scalers).sum();
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
    return attach(
        state,
        state.attachment(ref).map(before -> kept(attachment, before)).orElse(attachment),
        command.replyTo());
  }

  private Effect<ControllerEvent, ControllerState> onPutOverride(
      ControllerState state, PutOverride command) {
    NamespaceRef ref = new NamespaceRef(command.cluster(), command.namespace());
    Optional<Attachment> attachment = state.attachment(ref);
    return attachment.isEmpty()
        ? refuse(command.replyTo(), "namespace " + ref + " is not attached")
        : attach(state, attachment.get().with(command.override()), command.replyTo());
  }

  private static Attachment kept(Attachment attachment, Attachment before) {
    return attachment.withOverrides(before.overrides()).withShadows(before.shadows());
  }

  private Effect<ControllerEvent, ControllerState> onPutShadows(
      ControllerState state, PutShadows command) {
    NamespaceRef ref = new NamespaceRef(command.cluster(), command.namespace());
    Optional<Attachment> attachment = state.attachment(ref);
    if (attachment.isEmpty()) {
      return refuse(command.replyTo(), "namespace " + ref + " is not attached");
    }
    try {
      return attach(
          state,
          attachment
              .get()
              .withShadows(
                  ShadowNames.resolve(
                      id -> state.policy(id).map(RegisteredPolicy::ref), command.shadows())),
          command.replyTo());
    } catch (IllegalArgumentException e) {
      return refuse(command.replyTo(), e.getMessage());
    }
  }

  private Effect<ControllerEvent, ControllerState> attach(
      ControllerState state, Attachment attachment, ActorRef<StatusReply<Done>> replyTo) {
    if (state.attachments().contains(attachment)) {
      push(state, attachment);
      return effects.reply(replyTo, StatusReply.ack());
    }
    return effects
        .persist(new ControllerEvent.NamespaceAttached(attachment))
        .thenRun((ControllerState after) -> push(after, attachment))
        .thenReply(replyTo, after -> StatusReply.ack());
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
    return effects
        .persist(new ControllerEvent.NamespaceDetached(ref.cluster(), ref.namespace()))
        .thenRun(
            (ControllerState after) -> {
              acknowledged.remove(ref.toString());
              withoutScalers.remove(ref.toString());
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
      if (acknowledge.scalers() == 0) {
        withoutScalers.merge(ref.toString(), 1, Integer::sum);
      } else {
        withoutScalers.remove(ref.toString());
      }
    }
    return effects.none();
  }

  private Effect<ControllerEvent, ControllerState> onPushDue(
      ControllerState state, PushDue message) {
    pushAll(state);
    detaching.forEach(namespace -> detach(NamespaceRef.parse(namespace)));
    return effects.none();
  }

  private Effect<ControllerEvent, ControllerState> onDetachAnswered(
      ControllerState state, DetachAnswered message) {
    if (message.failure().isEmpty()) {
      detaching.remove(message.namespace().toString());
    }
    return effects.none();
  }

  /** Tells every attached namespace how it is attached, and its assignment. */
  void pushAll(ControllerState state) {
    state.attachments().forEach(attachment -> push(state, attachment));
  }

  private void push(ControllerState state, Attachment attachment) {
    NamespaceProtocol.Attach attach =
        new NamespaceProtocol.Attach(
            attachment,
            state.assignment().in(attachment.cluster(), attachment.namespace()),
            state.cluster(attachment.cluster()));
    reach(NamespaceRef.of(attachment), entity -> entity.tell(attach));
  }

  /** Tells one namespace's entity something. */
  void tell(NamespaceRef ref, NamespaceProtocol.Command message) {
    reach(ref, entity -> entity.tell(message));
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
}
