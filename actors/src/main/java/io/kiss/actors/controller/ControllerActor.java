package io.kiss.actors.controller;

import akka.actor.typed.Behavior;
import akka.actor.typed.RecipientRef;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.CommandHandlerBuilder;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.RetentionCriteria;
import akka.persistence.typed.javadsl.SignalHandler;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.actors.protocol.ControllerProtocol.GetView;
import io.kiss.actors.protocol.NamespaceProtocol;
import io.kiss.actors.protocol.PolicyRef;
import java.time.Duration;
import java.util.function.Function;

/**
 * Owns clusters, attachments, the policy registry and assignments.
 *
 * <p>What it decided is persisted first and then pushed to the namespaces' entities, on each change
 * and again on a timer: a message may be lost, an entity may move or die, and all converge.
 */
public final class ControllerActor
    extends EventSourcedBehavior<Object, ControllerEvent, ControllerState> {

  /** The journal's name for the controller. */
  public static final PersistenceId PERSISTENCE_ID = PersistenceId.ofUniqueId("controller");

  private final ControllerSettings settings;
  private final ClusterHandlers clusters;
  private final NamespaceHandlers namespaces;
  private final PolicyHandlers policies;
  private final PinHandlers pins;
  private final CanaryHandlers canaries;
  private final BudgetHandlers budgets;

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
    this.settings = settings;
    // Internal messages are no ControllerProtocol.Command: those cross nodes, these never do.
    namespaces = new NamespaceHandlers(Effect(), context, settings, entities);
    clusters = new ClusterHandlers(Effect(), namespaces::pushAll);
    policies = new PolicyHandlers(Effect(), namespaces, settings.canary());
    pins = new PinHandlers(Effect(), namespaces::pushAll);
    canaries = new CanaryHandlers(Effect(), context, namespaces, settings.canary());
    budgets = new BudgetHandlers(Effect(), namespaces);
    timers.startTimerWithFixedDelay(NamespaceHandlers.PushDue.INSTANCE, settings.pushInterval());
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
        .onSignal(RecoveryCompleted.class, (state, signal) -> namespaces.pushAll(state))
        .build();
  }

  @Override
  public CommandHandler<Object, ControllerEvent, ControllerState> commandHandler() {
    CommandHandlerBuilder<Object, ControllerEvent, ControllerState> builder =
        newCommandHandlerBuilder();
    var anyState = builder.forAnyState();
    clusters.addTo(anyState);
    namespaces.addTo(anyState);
    policies.addTo(anyState);
    pins.addTo(anyState);
    canaries.addTo(anyState);
    budgets.addTo(anyState);
    anyState.onCommand(GetView.class, this::onView);
    return builder.build();
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
                namespaces.acknowledged(),
                state.lifecycle(),
                canaries.status(state),
                state.clusters(),
                budgets.view(state)));
  }
}
