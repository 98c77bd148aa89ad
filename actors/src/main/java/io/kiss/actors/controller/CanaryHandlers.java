package io.kiss.actors.controller;

import akka.actor.typed.javadsl.ActorContext;
import akka.persistence.typed.javadsl.CommandHandlerBuilderByState;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EffectFactories;
import io.kiss.actors.lifecycle.CanarySettings;
import io.kiss.actors.lifecycle.CanaryWatch;
import io.kiss.actors.protocol.Canary;
import io.kiss.actors.protocol.CanaryObserved;
import io.kiss.actors.protocol.CanaryStatus;
import io.kiss.actors.protocol.Lifecycle.Rollout;
import java.util.Optional;

/** Watches the candidate that is being tried, and takes it further or back by itself. */
final class CanaryHandlers extends Handlers {
  private final ActorContext<Object> context;
  private final NamespaceHandlers namespaces;
  private final CanarySettings settings;
  private CanaryWatch watch;

  CanaryHandlers(
      EffectFactories<ControllerEvent, ControllerState> effects,
      ActorContext<Object> context,
      NamespaceHandlers namespaces,
      CanarySettings settings) {
    super(effects);
    this.context = context;
    this.namespaces = namespaces;
    this.settings = settings;
  }

  @Override
  void addTo(
      CommandHandlerBuilderByState<Object, ControllerEvent, ControllerState, ControllerState>
          builder) {
    builder.onCommand(CanaryObserved.class, this::onObserved);
  }

  /** How the candidate does; empty: none is being tried. */
  Optional<CanaryStatus> status(ControllerState state) {
    return watching(state).map(CanaryWatch::status);
  }

  /** The watch of the stage that is on; a fresh one where another was before. */
  private Optional<CanaryWatch> watching(ControllerState state) {
    Optional<Rollout> rollout = state.lifecycle().rollout();
    Optional<Canary> canary = state.assignment().canary();
    if (rollout.isEmpty() || canary.isEmpty()) {
      watch = null;
    } else if (watch == null || !watch.watches(canary.get(), rollout.get().stage())) {
      watch = new CanaryWatch(settings, canary.get(), rollout.get().stage());
    }
    return Optional.ofNullable(watch);
  }

  private Effect<ControllerEvent, ControllerState> onObserved(
      ControllerState state, CanaryObserved observed) {
    Optional<CanaryWatch> watching = watching(state);
    // Pins change the term and leave the arms as they are; a late report of the stage before does
    // no harm beyond one tick, but is none of this stage's.
    if (watching.isEmpty()
        || state.lifecycle().paused()
        || observed.term() != state.assignment().term()) {
      return effects.none();
    }
    return switch (watching.get().observe(observed)) {
      case WAIT -> effects.none();
      case ADVANCE -> decide(advance(state));
      case ROLL_BACK ->
          decide(
              new ControllerEvent.CanaryEnded(
                  nextTerm(state),
                  state.assignment().canary().orElseThrow().candidate(),
                  ControllerEvent.CanaryEnded.Cause.ROLLED_BACK,
                  System.currentTimeMillis(),
                  watch.sentence()));
    };
  }

  private ControllerEvent advance(ControllerState state) {
    Rollout rollout = state.lifecycle().rollout().orElseThrow();
    Canary canary = state.assignment().canary().orElseThrow();
    int next = rollout.stage() + 1;
    if (next < settings.shares().size()) {
      double share = settings.shares().get(next);
      return new ControllerEvent.CanaryAssigned(
          nextTerm(state),
          new Canary(
              canary.candidate(), share, settings.slotSecondsFor(namespaces.scalers(), share)),
          next,
          System.currentTimeMillis(),
          rollout.forced());
    }
    return new ControllerEvent.Assigned(
        nextTerm(state),
        rollout.candidate(),
        ControllerEvent.Assigned.Cause.CANARY_PASSED,
        System.currentTimeMillis(),
        rollout.forced(),
        watch.sentence());
  }

  private Effect<ControllerEvent, ControllerState> decide(ControllerEvent event) {
    context.getLog().info("Canary: {}; {}", event.getClass().getSimpleName(), watch.sentence());
    return effects.persist(event).thenRun(namespaces::pushAll);
  }
}
