package io.kiss.kisim.autoscale;

import io.kiss.kisim.telemetry.Telemetry;

/**
 * The rules a decision never breaks, as one function of settings, memory, telemetry and proposal.
 *
 * <p>A hold never scales down. Everything else moves inside the step limits, the stabilisation
 * window and the flap budget, asks for nothing more while pods are unschedulable, and ends inside
 * min and max.
 */
final class Guardrails {
  private Guardrails() {}

  /**
   * Turns a proposal into the replicas to set, and remembers it.
   *
   * @param fired {@code fired[0]} gains the bits of the guards that changed something
   * @return replicas to set as {@code spec.replicas}
   */
  static int apply(
      GuardSettings settings,
      WorkloadSpec workload,
      GuardState state,
      Telemetry telemetry,
      DecisionSource source,
      int proposal,
      int[] fired) {
    double now = telemetry.timeSeconds();
    int current = telemetry.desiredReplicas();
    int replicas =
        source == DecisionSource.HOLD
            ? hold(settings, workload, state, telemetry, fired)
            : move(settings, workload, state, telemetry, proposal, fired);
    if (replicas != current) {
      state.changed(now, Integer.signum(replicas - current));
    }
    return replicas;
  }

  private static int hold(
      GuardSettings settings,
      WorkloadSpec workload,
      GuardState state,
      Telemetry telemetry,
      int[] fired) {
    int current = telemetry.desiredReplicas();
    int failsafe = Math.min(settings.failsafeReplicas(), workload.maxReplicas());
    boolean goneForLong =
        telemetry.timeSeconds() - state.missingSinceSeconds >= settings.failsafeAfterSeconds();
    if (goneForLong
        && failsafe > current
        && telemetry.unschedulableReplicas() == 0
        && !telemetry.rolloutInProgress()) {
      fired[0] |= Guard.FAILSAFE.bit();
      return up(settings, telemetry, current, failsafe, fired);
    }
    return current;
  }

  private static int move(
      GuardSettings settings,
      WorkloadSpec workload,
      GuardState state,
      Telemetry telemetry,
      int proposal,
      int[] fired) {
    int current = telemetry.desiredReplicas();
    int wanted = workload.clamp(proposal);
    if (wanted != proposal) {
      fired[0] |= (wanted > proposal ? Guard.MIN_REPLICAS : Guard.MAX_REPLICAS).bit();
    }
    boolean anew = startsAnew(settings, workload, state, telemetry, fired[0]);
    state.startedAnew = anew;
    state.addProposal(telemetry.timeSeconds(), anew ? Math.max(wanted, current) : wanted);
    if (wanted > current) {
      return up(settings, telemetry, current, wanted, fired);
    }
    if (wanted < current) {
      return down(settings, workload, state, telemetry, wanted, fired);
    }
    return current;
  }

  /**
   * Whether the present replicas count as proposed now: where nothing is remembered of the window,
   * as after a restart or a long silence, and where somebody else has just set them. One proposal
   * alone then takes nothing away, as with the Horizontal Pod Autoscaler's first recommendation.
   */
  private static boolean startsAnew(
      GuardSettings settings,
      WorkloadSpec workload,
      GuardState state,
      Telemetry telemetry,
      int fired) {
    double span = Math.max(settings.stabilisationSeconds(), 2 * workload.tickSeconds());
    return settings.stabilisationSeconds() > 0
        && ((fired & Guard.EXTERNAL_CHANGE.bit()) != 0
            || !state.proposedSince(telemetry.timeSeconds() - span));
  }

  private static int up(
      GuardSettings settings, Telemetry telemetry, int current, int wanted, int[] fired) {
    if (telemetry.unschedulableReplicas() > 0) {
      fired[0] |= Guard.UNSCHEDULABLE.bit();
      return current;
    }
    int most =
        Math.max(
            (int) Math.ceil(current * settings.maxStepUpFactor()),
            current + settings.maxStepUpPods());
    if (wanted > most) {
      fired[0] |= Guard.STEP_UP.bit();
      return most;
    }
    return wanted;
  }

  /**
   * The fewest replicas that the rules of scaling down allow at the tick just decided, had as few
   * been proposed: what a budget may take away.
   */
  static int lowest(
      GuardSettings settings, WorkloadSpec workload, GuardState state, Telemetry telemetry) {
    int current = telemetry.desiredReplicas();
    double now = telemetry.timeSeconds();
    if (state.startedAnew || flapsSpent(settings, state, now)) {
      return current;
    }
    int highest = state.highestEarlierProposalSince(now - settings.stabilisationSeconds());
    int least = Math.max(fewestInOneTick(settings, current), workload.minReplicas());
    return Math.min(current, Math.max(highest, least));
  }

  private static boolean flapsSpent(GuardSettings settings, GuardState state, double now) {
    return state.lastDirection > 0
        && state.flapsSince(now - settings.flapWindowSeconds()) >= settings.flapBudget();
  }

  private static int fewestInOneTick(GuardSettings settings, int current) {
    return Math.min(current - 1, (int) Math.ceil(current * (1 - settings.maxStepDownFraction())));
  }

  private static int down(
      GuardSettings settings,
      WorkloadSpec workload,
      GuardState state,
      Telemetry telemetry,
      int wanted,
      int[] fired) {
    int current = telemetry.desiredReplicas();
    double now = telemetry.timeSeconds();
    if (flapsSpent(settings, state, now)) {
      fired[0] |= Guard.FLAP_BUDGET.bit();
      return current;
    }
    int replicas = wanted;
    int highest = state.highestProposalSince(now - settings.stabilisationSeconds());
    if (highest > replicas) {
      fired[0] |= Guard.STABILISATION.bit();
      replicas = Math.min(current, highest);
    }
    int least = fewestInOneTick(settings, current);
    if (replicas < least) {
      fired[0] |= Guard.STEP_DOWN.bit();
      replicas = least;
    }
    return Math.max(replicas, workload.minReplicas());
  }
}
