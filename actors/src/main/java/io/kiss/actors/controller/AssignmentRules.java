package io.kiss.actors.controller;

import io.kiss.actors.controller.ControllerEvent.Assigned;
import io.kiss.actors.controller.ControllerEvent.CanaryAssigned;
import io.kiss.actors.controller.ControllerEvent.CanaryEnded;
import io.kiss.actors.controller.ControllerEvent.Paused;
import io.kiss.actors.controller.ControllerEvent.Pinned;
import io.kiss.actors.controller.ControllerEvent.Unpinned;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Lifecycle;
import io.kiss.actors.protocol.Lifecycle.Change;
import io.kiss.actors.protocol.Lifecycle.Rollout;
import io.kiss.actors.protocol.Pin;
import io.kiss.actors.protocol.PolicyRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What events make of the assignment in force, and of the way that led to it. */
final class AssignmentRules {
  private AssignmentRules() {}

  static ControllerState assigned(ControllerState state, Assigned event) {
    List<PolicyRef> champions = state.champions();
    Lifecycle way = state.lifecycle().with(Optional.empty());
    List<PolicyRef> line;
    if (event.cause() == Assigned.Cause.ROLLBACK) {
      PolicyRef taken = champions.get(champions.size() - 1);
      line = champions.subList(0, champions.size() - 1);
      way = way.rejecting(taken.id());
    } else {
      List<PolicyRef> longer = ControllerState.with(champions, event.policy());
      line =
          longer.subList(Math.max(0, longer.size() - ControllerState.MAX_CHAMPIONS), longer.size());
      way = way.accepting(event.policy().id());
    }
    Change change =
        new Change(
            event.term(),
            event.atMillis(),
            event.policy().id(),
            event.cause().name(),
            event.forced(),
            event.sentence());
    Assignment assignment =
        new Assignment(
            event.term(), Optional.of(event.policy()), Optional.empty(), state.assignment().pins());
    return state.assigning(assignment, line, way.with(change));
  }

  static ControllerState canary(ControllerState state, CanaryAssigned event) {
    PolicyRef candidate = event.canary().candidate();
    Change change =
        new Change(
            event.term(),
            event.atMillis(),
            candidate.id(),
            "CANARY",
            event.forced(),
            "a share of %s of %s"
                .formatted(
                    event.canary().share(),
                    event.canary().byTime() ? "each scaler's time" : "the scalers"));
    Rollout rollout = new Rollout(candidate, event.stage(), event.atMillis(), event.forced());
    Assignment before = state.assignment();
    return state.assigning(
        new Assignment(event.term(), before.policy(), Optional.of(event.canary()), before.pins()),
        state.champions(),
        state.lifecycle().with(Optional.of(rollout)).with(change));
  }

  static ControllerState canaryEnded(ControllerState state, CanaryEnded event) {
    Change change =
        new Change(
            event.term(),
            event.atMillis(),
            event.candidate().id(),
            event.cause().name(),
            false,
            event.sentence());
    Assignment before = state.assignment();
    return state.assigning(
        new Assignment(event.term(), before.policy(), Optional.empty(), before.pins()),
        state.champions(),
        state.lifecycle().with(Optional.empty()).rejecting(event.candidate().id()).with(change));
  }

  static ControllerState pinned(ControllerState state, Pinned event) {
    List<Pin> pins = new ArrayList<>(others(state, event.pin()));
    pins.add(event.pin());
    return pins(
        state, event.term(), pins, change(event.term(), event.pin(), event.atMillis(), "PIN"));
  }

  static ControllerState unpinned(ControllerState state, Unpinned event) {
    return pins(
        state,
        event.term(),
        others(state, event.pin()),
        change(event.term(), event.pin(), event.atMillis(), "UNPIN"));
  }

  private static List<Pin> others(ControllerState state, Pin pin) {
    return state.assignment().pins().stream().filter(p -> !p.sameTarget(pin)).toList();
  }

  private static Change change(long term, Pin pin, long atMillis, String what) {
    return new Change(term, atMillis, pin.policy().id(), what, false, pin.target());
  }

  private static ControllerState pins(
      ControllerState state, long term, List<Pin> pins, Change change) {
    Assignment before = state.assignment();
    return state.assigning(
        new Assignment(term, before.policy(), before.canary(), pins),
        state.champions(),
        state.lifecycle().with(change));
  }

  static Lifecycle paused(ControllerState state, Paused event) {
    Change change =
        new Change(
            state.assignment().term(),
            event.atMillis(),
            "",
            event.paused() ? "PAUSE" : "RESUME",
            false,
            "");
    return state.lifecycle().withPaused(event.paused()).with(change);
  }
}
